// What the store costs against the least that durable, hashed storing can cost: a plain
// write, SHA-256 of the same bytes and one fsync (yardstick P4), and what a verified
// read costs. Smoke-sized; the real thing is
//   ASSAY_BENCH_MIB=1024 evidence_blobs_benchmark --benchmark_min_time=5
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "services/evidence/blobs/fd.h"
#include "services/evidence/blobs/file_blob_store.h"
#include "services/evidence/blobs/sha256.h"
#include "services/platform/log/log.h"
#include "services/platform/testing/fakes.h"

namespace assay::evidence {
namespace {

std::int64_t BlobBytes() {
  const char* mib = std::getenv("ASSAY_BENCH_MIB");
  return static_cast<std::int64_t>(platform::MiB(mib == nullptr ? 4 : std::atoi(mib)));
}

const std::string& Piece() {
  static const std::string& piece = *new std::string(platform::KiB(256), 'x');
  return piece;
}

void BM_PlainWriteHashSync(benchmark::State& state) {
  platform::testing::TempDir dir;
  for (auto _ : state) {
    Fd fd(open((dir / "plain").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0640));
    Sha256 hash;
    for (std::int64_t done = 0; done < BlobBytes(); done += Piece().size()) {
      hash.Update(Piece());
      ASSAY_CHECK(write(fd.get(), Piece().data(), Piece().size()) > 0);
    }
    benchmark::DoNotOptimize(hash.Hex());
    ASSAY_CHECK(fsync(fd.get()) == 0);
  }
  state.SetBytesProcessed(state.iterations() * BlobBytes());
}
BENCHMARK(BM_PlainWriteHashSync)->UseRealTime();

std::string PutOne(BlobStore& store) {
  auto writer = store.NewWriter("tenant-a", BlobBytes());
  ASSAY_CHECK(writer.ok());
  for (std::int64_t done = 0; done < BlobBytes(); done += Piece().size()) {
    ASSAY_CHECK((*writer)->Write(Piece()).ok());
  }
  auto blob = (*writer)->Commit("");
  ASSAY_CHECK(blob.ok());
  return blob->sha256;
}

void BM_StoreBlob(benchmark::State& state) {
  platform::testing::TempDir dir;
  platform::testing::FakeEntropy entropy;
  auto store = OpenFileBlobStore({.root = dir.path(), .entropy = entropy});
  ASSAY_CHECK(store.ok());
  for (auto _ : state) benchmark::DoNotOptimize(PutOne(**store));
  state.SetBytesProcessed(state.iterations() * BlobBytes());
}
BENCHMARK(BM_StoreBlob)->UseRealTime();

void BM_ReadVerified(benchmark::State& state) {
  platform::testing::TempDir dir;
  platform::testing::FakeEntropy entropy;
  auto store = OpenFileBlobStore({.root = dir.path(), .entropy = entropy});
  ASSAY_CHECK(store.ok());
  const std::string sha256 = PutOne(**store);
  for (auto _ : state) {
    auto reader = (*store)->NewReader("tenant-a", sha256, BlobBytes());
    ASSAY_CHECK(reader.ok());
    for (;;) {
      auto piece = (*reader)->Next();
      ASSAY_CHECK(piece.ok());
      if (piece->empty()) break;
    }
  }
  state.SetBytesProcessed(state.iterations() * BlobBytes());
}
BENCHMARK(BM_ReadVerified)->UseRealTime();

}  // namespace
}  // namespace assay::evidence
