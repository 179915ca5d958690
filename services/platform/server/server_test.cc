#include "services/platform/server/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using std::chrono::system_clock;
using testing::IsOk;
using testing::TempDir;

constexpr char kWait[] = "/assay.servertest.Waits/Wait";

// Answers when told to, or once the call is cancelled.
class WaitService final : public grpc::Service {
 public:
  WaitService() {
    AddMethod(new grpc::internal::RpcServiceMethod(kWait, grpc::internal::RpcMethod::NORMAL_RPC,
                                                   nullptr));
    MarkMethodRawCallback(
        0, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
               [this](grpc::CallbackServerContext*, const grpc::ByteBuffer*,
                      grpc::ByteBuffer* response) -> grpc::ServerUnaryReactor* {
                 const grpc::Slice slice("done");
                 *response = grpc::ByteBuffer(&slice, 1);
                 return new Reactor(*this);
               }));
  }
  void Answer() {
    std::lock_guard lock(mutex_);
    open_ = true;
    for (Reactor* reactor : waiting_) reactor->End(grpc::Status::OK);
    waiting_.clear();
  }
  int arrived() {
    std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  class Reactor final : public grpc::ServerUnaryReactor {
   public:
    explicit Reactor(WaitService& service) : service_(service) {
      std::lock_guard lock(service_.mutex_);
      ++service_.arrived_;
      if (service_.open_) {
        End(grpc::Status::OK);
      } else {
        service_.waiting_.push_back(this);
      }
    }
    void End(const grpc::Status& status) {
      if (!std::exchange(ended_, true)) Finish(status);
    }
    void OnCancel() override {
      std::lock_guard lock(service_.mutex_);
      std::erase(service_.waiting_, this);
      End(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    WaitService& service_;
    bool ended_ = false;
  };

  std::mutex mutex_;
  std::vector<Reactor*> waiting_;
  bool open_ = false;
  int arrived_ = 0;
};

grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel, std::size_t bytes = 0,
                 std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + limit);
  const std::string body(bytes, 'x');
  const grpc::Slice slice(body);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  return grpc::internal::BlockingUnaryCall(
      channel.get(), grpc::internal::RpcMethod(kWait, grpc::internal::RpcMethod::NORMAL_RPC),
      &context, request, &response);
}

std::shared_ptr<grpc::Channel> ChannelTo(
    const Server& server,
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials()) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server.port()), credentials,
                                   arguments);
}

bool Eventually(const std::function<bool()>& holds) {
  std::mutex mutex;
  std::condition_variable pace;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::unique_lock lock(mutex);
    pace.wait_for(lock, std::chrono::milliseconds(2));
  }
  return true;
}

TEST(ServerTest, ServesOnAFreePortAndInProcess) {
  WaitService service;
  service.Answer();
  auto server = Server::Create({.name = "x"});
  server->Register(&service);
  ASSERT_THAT(server->Start(), IsOk());
  EXPECT_GT(server->port(), 0);
  EXPECT_TRUE(Ask(ChannelTo(*server)).ok());
  EXPECT_TRUE(Ask(server->InProcessChannel()).ok());
}

TEST(ServerTest, CallsAtHandFinishDuringTheDrain) {
  WaitService service;
  auto server = Server::Create({.name = "x", .drain_limit = absl::Seconds(20)});
  server->Register(&service);
  ASSERT_THAT(server->Start(), IsOk());
  const auto channel = ChannelTo(*server);
  grpc::Status answer(grpc::StatusCode::UNKNOWN, "");
  std::thread client([&] { answer = Ask(channel); });
  EXPECT_TRUE(Eventually([&] { return service.arrived() == 1; }));
  std::thread stopper([&] { server->Stop(); });
  // New calls are refused while the old one is still being served. One that comes before the
  // drain has begun is taken and waits too, so each gets little time.
  EXPECT_TRUE(Eventually([&] {
    return Ask(ChannelTo(*server), 0, std::chrono::milliseconds(200)).error_code() ==
           grpc::StatusCode::UNAVAILABLE;
  }));
  service.Answer();
  client.join();
  stopper.join();
  EXPECT_TRUE(answer.ok()) << answer.error_message();
}

TEST(ServerTest, WhatOutlastsTheDrainIsCancelled) {
  WaitService service;
  auto server = Server::Create({.name = "x", .drain_limit = absl::Milliseconds(50)});
  server->Register(&service);
  ASSERT_THAT(server->Start(), IsOk());
  const auto channel = ChannelTo(*server);
  grpc::Status answer;
  std::thread client([&] { answer = Ask(channel); });
  EXPECT_TRUE(Eventually([&] { return service.arrived() == 1; }));
  server->Stop();
  client.join();
  EXPECT_EQ(answer.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ServerTest, ClosersRunLastAddedFirstAndAllOfThem) {
  std::vector<std::string> closed;
  auto server = Server::Create({.name = "x"});
  for (const std::string what : {"database", "relay", "consumer"}) {
    server->AddCloser(what, [&closed, what]() -> absl::Status {
      closed.push_back(what);
      if (what == "relay") return absl::UnavailableError("was gone already");
      return absl::OkStatus();
    });
  }
  ASSERT_THAT(server->Start(), IsOk());
  server->Stop();
  server->Stop();
  EXPECT_EQ(closed, (std::vector<std::string>{"consumer", "relay", "database"}));
}

TEST(ServerTest, DoesNotShareAPort) {
  auto first = Server::Create({.name = "x"});
  ASSERT_THAT(first->Start(), IsOk());
  auto second = Server::Create({.name = "y", .listen = absl::StrCat("127.0.0.1:", first->port())});
  EXPECT_EQ(second->Start().code(), absl::StatusCode::kUnavailable);
}

TEST(ServerTest, RefusesMessagesAboveItsLimit) {
  WaitService service;
  service.Answer();
  auto server = Server::Create({.name = "x", .message_bytes_max = 1000});
  server->Register(&service);
  ASSERT_THAT(server->Start(), IsOk());
  EXPECT_TRUE(Ask(ChannelTo(*server), 900).ok());
  EXPECT_EQ(Ask(ChannelTo(*server), 1100).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(ServerTest, TellsItsHealth) {
  auto server = Server::Create({.name = "x"});
  ASSERT_THAT(server->Start(), IsOk());
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + std::chrono::seconds(20));
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  const grpc::Status status = grpc::internal::BlockingUnaryCall(
      ChannelTo(*server).get(),
      grpc::internal::RpcMethod("/grpc.health.v1.Health/Check",
                                grpc::internal::RpcMethod::NORMAL_RPC),
      &context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  grpc::Slice slice;
  ASSERT_TRUE(response.TrySingleSlice(&slice).ok());
  // HealthCheckResponse{status: SERVING}.
  EXPECT_EQ(std::string(slice.begin(), slice.end()), "\x08\x01");
}

// A private authority and certificates of it, for 127.0.0.1.
class Authority {
 public:
  explicit Authority(const TempDir& dir, const std::string& name) : dir_(dir), name_(name) {
    key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    certificate_ = Sign(key_, "authority " + name, true);
    Write(name + "-ca.pem", [&](BIO* bio) { PEM_write_bio_X509(bio, certificate_); });
  }
  ~Authority() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  TlsFiles Issue(const std::string& whom) {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    X509* certificate = Sign(key, whom, false);
    const absl::Cleanup free_both = [&] {
      X509_free(certificate);
      EVP_PKEY_free(key);
    };
    const TlsFiles files{.certificate = dir_ / (name_ + whom + ".pem"),
                         .key = dir_ / (name_ + whom + ".key"),
                         .authority = dir_ / (name_ + "-ca.pem")};
    Write(name_ + whom + ".pem", [&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
    Write(name_ + whom + ".key", [&](BIO* bio) {
      PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    return files;
  }

 private:
  X509* Sign(EVP_PKEY* subject, const std::string& common_name, bool authority) {
    X509* made = X509_new();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(made), -60);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(made, X509_get_subject_name(authority ? made : certificate_));
    X509_set_pubkey(made, subject);
    AddExtension(made, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!authority) AddExtension(made, NID_subject_alt_name, "IP:127.0.0.1");
    X509_sign(made, key_, EVP_sha256());
    return made;
  }
  static void AddExtension(X509* to, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, to, to, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    X509_add_ext(to, extension, -1);
    X509_EXTENSION_free(extension);
  }
  void Write(const std::string& name, const std::function<void(BIO*)>& write) {
    BIO* bio = BIO_new_file((dir_ / name).c_str(), "w");
    write(bio);
    BIO_free(bio);
  }

  const TempDir& dir_;
  const std::string name_;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  long serial_ = 0;
};

TEST(ServerTlsTest, TakesOnlyPeersOfTheSameAuthority) {
  TempDir dir;
  Authority ours(dir, "ours"), others(dir, "others");
  WaitService service;
  service.Answer();
  auto server = Server::Create({.name = "x", .tls = ours.Issue("server")});
  server->Register(&service);
  ASSERT_THAT(server->Start(), IsOk());

  const auto peer = ChannelCredentialsOf(ours.Issue("client"));
  ASSERT_THAT(peer, IsOk());
  const grpc::Status good = Ask(ChannelTo(*server, *peer));
  EXPECT_TRUE(good.ok()) << good.error_message();

  TlsFiles forged = others.Issue("client");
  forged.authority = ours.Issue("client").authority;  // Trusts us, but is not trusted.
  const auto stranger = ChannelCredentialsOf(forged);
  ASSERT_THAT(stranger, IsOk());
  EXPECT_EQ(Ask(ChannelTo(*server, *stranger)).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Ask(ChannelTo(*server)).error_code(), grpc::StatusCode::UNAVAILABLE) << "plain text";
}

TEST(ServerTlsTest, DoesNotStartWithHalfOfItsFiles) {
  auto server = Server::Create({.name = "x", .tls = {.certificate = "/nowhere.pem"}});
  EXPECT_EQ(server->Start().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace assay::platform
