// Test-only: the NotesService of testdata behind a Router, over loopback TCP.
//
// Each method does what its std::function says, so that a test states only what it
// is about. Tokens are "role[,role]@tenant/subject"; anything else is malformed.
#pragma once
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/rpctest/v1/notes_service.pb.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/error/to_grpc.h"
#include "services/platform/rpc/router.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform::testing {

using rpctest::v1::CreateNoteRequest;
using rpctest::v1::GetNoteRequest;
using rpctest::v1::Note;
using rpctest::v1::NoteChunk;

inline constexpr char kNotes[] = "assay.rpctest.v1.NotesService/";
inline constexpr char kQuality[] = "quality@t1/users/ann";

class FakeAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<std::shared_ptr<const Principal>> Authenticate(std::string_view bearer) override {
    ++calls;
    const std::vector<std::string> halves = absl::StrSplit(View(bearer), absl::MaxSplits('@', 1));
    if (halves.size() != 2) {
      return Error(absl::StatusCode::kUnauthenticated, "TOKEN_MALFORMED", "not one of ours");
    }
    const std::vector<std::string> who = absl::StrSplit(halves[1], absl::MaxSplits('/', 1));
    auto principal = std::make_shared<Principal>();
    principal->roles = absl::StrSplit(halves[0], ',');
    principal->tenant = who[0];
    principal->subject = who.size() > 1 ? who[1] : "";
    return principal;
  }
  std::atomic<int> calls = 0;
};

// Waits for what other threads do; nobody notifies, the condition only paces.
inline bool Eventually(const std::function<bool()>& holds) {
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

// Opens once; then all who wait go on.
class Gate {
 public:
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Runs every command twice, as a conflict or a rolled-back batch may.
class RerunningDatabase final : public Database {
 public:
  explicit RerunningDatabase(std::unique_ptr<Database> inner) : inner_(std::move(inner)) {}
  void Read(Body body, Done done) override {
    inner_->Read(Twice(std::move(body)), std::move(done));
  }
  void Write(Body body, Done done) override {
    inner_->Write(Twice(std::move(body)), std::move(done));
  }
  Engine engine() const override { return inner_->engine(); }
  absl::Status CheckReady() override { return inner_->CheckReady(); }

 private:
  static Body Twice(Body body) {
    return [body = std::move(body), first = true](Transaction& tx) mutable {
      if (std::exchange(first, false)) static_cast<void>(body(tx).ok());
      return body(tx);
    };
  }
  std::unique_ptr<Database> inner_;
};

struct NotesHandlers {
  using InTx =
      std::function<absl::StatusOr<Note>(const Call&, const CreateNoteRequest&, Transaction&)>;
  std::function<absl::StatusOr<Note>(const Call&, const GetNoteRequest&, Transaction&)> get =
      [](const Call&, const GetNoteRequest& request, Transaction&) -> absl::StatusOr<Note> {
    Note note;
    note.set_name(request.name());
    return note;
  };
  InTx create = [](const Call&, const CreateNoteRequest& request,
                   Transaction&) -> absl::StatusOr<Note> { return request.note(); };
  std::function<absl::StatusOr<int>(const Call&, const CreateNoteRequest&)> ask =
      [](const Call&, const CreateNoteRequest&) -> absl::StatusOr<int> { return 1; };
  std::function<absl::StatusOr<Note>(const Call&, const GetNoteRequest&)> check =
      [](const Call&, const GetNoteRequest& request) -> absl::StatusOr<Note> {
    Note note;
    note.set_name(request.name());
    return note;
  };
  std::function<absl::StatusOr<std::unique_ptr<UploadSink<NoteChunk, Note>>>(const Call&,
                                                                             const NoteChunk&)>
      upload =
          [](const Call&,
             const NoteChunk&) -> absl::StatusOr<std::unique_ptr<UploadSink<NoteChunk, Note>>> {
    return Error(absl::StatusCode::kUnimplemented, "METHOD_UNKNOWN", "not in this test");
  };
  std::function<absl::StatusOr<std::unique_ptr<DownloadSource<NoteChunk>>>(const Call&,
                                                                           const GetNoteRequest&)>
      download =
          [](const Call&,
             const GetNoteRequest&) -> absl::StatusOr<std::unique_ptr<DownloadSource<NoteChunk>>> {
    return Error(absl::StatusCode::kUnimplemented, "METHOD_UNKNOWN", "not in this test");
  };
};

struct NotesOptions {
  const Clock* clock = nullptr;  // Instead of a FakeClock.
  absl::Duration deadline_default = absl::Seconds(15);
  absl::Duration deadline_max = absl::Minutes(5);
  int pool_threads = 8;
  int pool_queue_max = 1024;
  int port = 0;
  bool rerun = false;  // Every command twice.
};

class NotesServer {
 public:
  explicit NotesServer(NotesHandlers handlers, NotesOptions options = {})
      : ids_(MakeIdSource(entropy_)), metrics_(Metrics::Create()) {
    DatabaseOptions database_options;
    database_options.uri = "sqlite::memory:";
    auto database = OpenDatabase(std::move(database_options));
    EXPECT_THAT(database, IsOk());
    database_ = *std::move(database);
    if (options.rerun) database_ = std::make_unique<RerunningDatabase>(std::move(database_));
    EXPECT_THAT(Migrate(*database_, Migrations()), IsOk());
    router_ = std::make_unique<Router>(
        RouterOptions{.error_domain = "notes.assay.example",
                      .database = *database_,
                      .authenticator = authenticator,
                      .clock = options.clock == nullptr ? clock : *options.clock,
                      .ids = *ids_,
                      .metrics = *metrics_,
                      .deadline_default = options.deadline_default,
                      .deadline_max = options.deadline_max,
                      .pool_threads = options.pool_threads,
                      .pool_queue_max = options.pool_queue_max});
    Register(handlers);
    const auto services = router_->Finish();
    EXPECT_THAT(services, IsOk());
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", options.port),
                             grpc::InsecureServerCredentials(), &port_);
    for (grpc::Service* service : *services) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    // A connection of its own, so that tests do not share one with those before.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ = grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments);
  }
  ~NotesServer() { Stop(); }
  void Stop() {
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
    }
    server_.reset();
  }

  int port() const { return port_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  std::string MetricsText() const { return metrics_->Text(); }

  static void Prepare(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  }

  template <typename Req>
  absl::StatusOr<Note> Ask(const std::string& method, const Req& request,
                           const std::string& token = kQuality) {
    grpc::ClientContext context;
    Prepare(context, token);
    return Ask(context, method, request);
  }
  template <typename Req>
  absl::StatusOr<Note> Ask(grpc::ClientContext& context, const std::string& method,
                           const Req& request) {
    const std::string path = absl::StrCat("/", kNotes, method);
    Note note;
    const grpc::Status status = grpc::internal::BlockingUnaryCall(
        channel_.get(), grpc::internal::RpcMethod(path.c_str(), kUnary), &context, request, &note);
    if (!status.ok()) return FromGrpc(status);
    return note;
  }
  std::unique_ptr<grpc::ClientWriter<NoteChunk>> Upload(grpc::ClientContext& context, Note& note) {
    static const std::string path = absl::StrCat("/", kNotes, "UploadNote");
    return std::unique_ptr<grpc::ClientWriter<NoteChunk>>(
        grpc::internal::ClientWriterFactory<NoteChunk>::Create(
            channel_.get(),
            grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::CLIENT_STREAMING),
            &context, &note));
  }
  std::unique_ptr<grpc::ClientReader<NoteChunk>> Download(grpc::ClientContext& context,
                                                          const std::string& name) {
    static const std::string path = absl::StrCat("/", kNotes, "DownloadNote");
    GetNoteRequest request;
    request.set_name(name);
    return std::unique_ptr<grpc::ClientReader<NoteChunk>>(
        grpc::internal::ClientReaderFactory<NoteChunk>::Create(
            channel_.get(),
            grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING),
            &context, request));
  }

  FakeClock clock;
  FakeAuthenticator authenticator;

 private:
  static constexpr auto kUnary = grpc::internal::RpcMethod::NORMAL_RPC;

  void Register(const NotesHandlers& handlers) {
    const auto name = [](const char* method) { return absl::StrCat(kNotes, method); };
    router_->Read<GetNoteRequest, Note>(name("GetNote"), handlers.get);
    router_->Write<CreateNoteRequest, Note>(name("CreateNote"), handlers.create);
    router_->AskThenWrite<CreateNoteRequest, Note, int>(
        name("CreateCheckedNote"), handlers.ask,
        [create = handlers.create](const Call& call, const CreateNoteRequest& request,
                                   const int& facts, Transaction& tx) -> absl::StatusOr<Note> {
          absl::StatusOr<Note> note = create(call, request, tx);
          if (note.ok()) note->set_version(facts);
          return note;
        });
    router_->Ask<GetNoteRequest, Note>(name("CheckNote"), handlers.check);
    router_->Upload<NoteChunk, Note>(name("UploadNote"), handlers.upload);
    router_->Download<GetNoteRequest, NoteChunk>(name("DownloadNote"), handlers.download);
  }

  FakeEntropy entropy_;
  std::unique_ptr<IdSource> ids_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  int port_ = 0;
};

inline GetNoteRequest Named(const std::string& name) {
  GetNoteRequest request;
  request.set_name(name);
  return request;
}
inline CreateNoteRequest NewNote(const std::string& name, const std::string& request_id = "") {
  CreateNoteRequest request;
  request.mutable_note()->set_name(name);
  request.set_request_id(request_id);
  return request;
}

}  // namespace assay::platform::testing
