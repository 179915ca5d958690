// ShopService (../testdata/shop_service.proto) on a real gRPC server: what the
// gateway's tests stand before. As a program (main.cc) it is what load tests stand before.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace assay::gateway::testing {

class TestBackend {
 public:
  // Port 0: any.
  explicit TestBackend(int port = 0);
  ~TestBackend();

  int port() const;
  std::string address() const;
  // Lets uploads with `hold` read on.
  void Release();
  // Calls that began, that ended with the client's cancellation, and upload bytes read.
  std::int64_t calls() const;
  std::int64_t cancelled() const;
  std::int64_t upload_bytes() const;
  std::int64_t download_bytes() const;  // Given to gRPC to send.
  // Stops at once: calls under way break off.
  void Stop();
  // Stops politely: GOAWAY, calls under way end.
  void Drain();

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

// FNV-1a over `bytes`, going on from `digest`.
inline constexpr std::uint64_t kDigestStart = 0xcbf29ce484222325ull;
std::uint64_t Digest(std::string_view bytes, std::uint64_t digest = kDigestStart);

}  // namespace assay::gateway::testing
