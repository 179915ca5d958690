// What the path of a call costs, on one real loopback connection with 64 calls in
// flight, client and server in one process:
//
//   P1  an authenticated read of one row by name, against a bare callback echo of the
//       same size (yardstick: at least 0.5 of it, aim 0.8);
//   P3  an authenticated durable write (row, outbox, request id), against one commit
//       after the other (yardstick: at least 2.0 of it).
//
// Both sides of a pair alternate in one run; `ratio` is the median over the pairs.
// The `cpu_us` counters are the process's processor time for one call, client and
// server together: they hardly change if the machine is busy with something else.
// The tests run it at smoke size. For figures that mean something:
//
//   ASSAY_BENCH_SECONDS=2 ASSAY_BENCH_PAIRS=7 ./platform_rpc_benchmark
//
// ASSAY_BENCH_DIR is where the database lies (default: a temporary folder), and
// ASSAY_BENCH_CALLS how many calls are in flight.
#include <benchmark/benchmark.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "assay/rpctest/v1/notes_service.pb.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/auth/issuer.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/rpc/emit.h"
#include "services/platform/rpc/router.h"
#include "services/platform/storage/migrate.h"

namespace assay::platform {
namespace {

using rpctest::v1::CreateNoteRequest;
using rpctest::v1::GetNoteRequest;
using rpctest::v1::Note;
using rpctest::v1::NoteChunk;
using Steady = std::chrono::steady_clock;

constexpr char kNotes[] = "assay.rpctest.v1.NotesService/";
constexpr char kEcho[] = "/assay.rpctest.bench.Echo/Echo";
constexpr char kIssuer[] = "https://issuer.bench";
constexpr int kRows = 1000;
const std::string& Text() {
  static const std::string text(200, 'x');
  return text;
}

double Setting(const char* name, double otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atof(text);
}

// What generated code would make of a unary method.
class EchoService final : public grpc::Service {
 public:
  EchoService() {
    AddMethod(new grpc::internal::RpcServiceMethod(kEcho, grpc::internal::RpcMethod::NORMAL_RPC,
                                                   nullptr));
    MarkMethodCallback(
        0, new grpc::internal::CallbackUnaryHandler<GetNoteRequest, Note>(
               [](grpc::CallbackServerContext* context, const GetNoteRequest* request, Note* note) {
                 note->set_name(request->name());
                 note->set_text(Text());
                 note->set_version(1);
                 grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
                 reactor->Finish(grpc::Status::OK);
                 return reactor;
               }));
  }
};

class Bench {
 public:
  Bench() : dir_(MakeDir()), ids_(MakeIdSource(SystemEntropy())), metrics_(Metrics::Create()) {
    StartLogging({.service = "bench", .least = Severity::kInfo, .file = dir_ + "/log"});
    DatabaseOptions options;
    options.uri = "sqlite:" + dir_ + "/bench.db";
    database_ = *OpenDatabase(std::move(options));
    ASSAY_CHECK(Migrate(*database_, Migrations()).ok());
    Fill();
    key_ = *SigningKey::Generate(KeyKind::kEs256);
    std::ofstream(dir_ + "/jwks.json") << JwksOf({key_.get()});
    AuthOptions auth;
    auth.issuer = kIssuer;
    auth.jwks = "file:" + dir_ + "/jwks.json";
    authenticator_ = *MakeAuthenticator(std::move(auth), SystemClock());
    TokenRequest token;
    token.issuer = kIssuer;
    token.principal = {.tenant = "tenant-a",
                       .subject = "users/01hzy3q8v5k2m4n6p8r0t2v4x6",
                       .roles = {"portal", "quality"}};
    token_ = "Bearer " + *MintToken(*key_, token, SystemClock().Now());
    Serve();
  }
  ~Bench() {
    server_->Shutdown();
    router_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  // Keeps `calls` unary calls in flight for about `seconds`; returns calls a second.
  template <typename Req>
  double Load(const std::string& path, bool authenticated, double seconds,
              const std::function<void(int, Req&)>& fill) {
    struct Slot {
      std::unique_ptr<grpc::ClientContext> context;
      std::unique_ptr<grpc::ClientAsyncResponseReader<Note>> reader;
      Note note;
      grpc::Status status;
    };
    grpc::TemplatedGenericStub<Req, Note> stub(channel_);
    grpc::CompletionQueue queue;
    std::vector<Slot> slots(static_cast<std::size_t>(Setting("ASSAY_BENCH_CALLS", 64)));
    Req request;
    int sent = 0;
    const auto send = [&](Slot& slot) {
      fill(sent++, request);
      slot.context = std::make_unique<grpc::ClientContext>();
      if (authenticated) slot.context->AddMetadata("authorization", token_);
      slot.reader = stub.PrepareUnaryCall(slot.context.get(), path, request, &queue);
      slot.reader->StartCall();
      slot.reader->Finish(&slot.note, &slot.status, &slot);
    };
    const auto begun = Steady::now();
    const auto end = begun + std::chrono::duration<double>(seconds);
    for (Slot& slot : slots) send(slot);
    int done = 0;
    for (std::size_t open = slots.size(); open > 0;) {
      void* tag = nullptr;
      bool ok = false;
      ASSAY_CHECK(queue.Next(&tag, &ok) && ok);
      Slot& slot = *static_cast<Slot*>(tag);
      if (!slot.status.ok()) {
        Log(Severity::kError, "bench.failed", {{"error", slot.status.error_message()}});
        FlushLogs();
        ASSAY_CHECK(slot.status.ok());
      }
      ++done;
      if (Steady::now() < end) {
        send(slot);
      } else {
        --open;
      }
    }
    const std::chrono::duration<double> taken = Steady::now() - begun;
    queue.Shutdown();
    return done / taken.count();
  }

  double Echo(double seconds) {
    return Load<GetNoteRequest>(kEcho, false, seconds, [](int i, GetNoteRequest& request) {
      request.set_name(absl::StrCat("notes/", i % kRows));
    });
  }
  double Read(double seconds) {
    return Load<GetNoteRequest>(absl::StrCat("/", kNotes, "GetNote"), true, seconds,
                                [](int i, GetNoteRequest& request) {
                                  request.set_name(absl::StrCat("notes/", i % kRows));
                                });
  }
  double Write(double seconds) {
    return Load<CreateNoteRequest>(
        absl::StrCat("/", kNotes, "CreateNote"), true, seconds,
        [this](int, CreateNoteRequest& request) {
          request.mutable_note()->set_name(absl::StrCat("notes/w", ++written_));
          request.mutable_note()->set_text(Text());
          request.set_request_id(absl::StrFormat("8e03978e-40d5-43dd-bc93-%012x", written_));
        });
  }
  // One row, one commit, one after the other.
  double SingleCommits(double seconds) {
    const auto begun = Steady::now();
    const auto end = begun + std::chrono::duration<double>(seconds);
    int done = 0;
    do {
      const std::string name = absl::StrCat("notes/s", ++written_);
      ASSAY_CHECK(
          database_->WriteNow([&](Transaction& tx) { return Insert(tx, name, Text()); }).ok());
      ++done;
    } while (Steady::now() < end);
    const std::chrono::duration<double> taken = Steady::now() - begun;
    return done / taken.count();
  }

 private:
  static std::string MakeDir() {
    const char* base = std::getenv("ASSAY_BENCH_DIR");
    std::string name = absl::StrCat(
        base == nullptr ? std::filesystem::temp_directory_path().string() : std::string(base),
        "/assay-bench-XXXXXX");
    ASSAY_CHECK(mkdtemp(name.data()) != nullptr);
    return name;
  }

  static absl::Status Insert(Transaction& tx, std::string_view name, std::string_view text) {
    return tx
        .Execute("INSERT INTO notes (tenant, name, text, version) VALUES ($1, $2, $3, 1)",
                 {"tenant-a", name, text})
        .status();
  }

  void Fill() {
    ASSAY_CHECK(database_
                    ->WriteNow([](Transaction& tx) -> absl::Status {
                      RETURN_IF_ERROR(
                          tx.Execute("CREATE TABLE notes (tenant TEXT NOT NULL, name TEXT NOT"
                                     " NULL, text TEXT NOT NULL, version BIGINT NOT NULL,"
                                     " PRIMARY KEY (tenant, name)) WITHOUT ROWID",
                                     {})
                              .status());
                      for (int i = 0; i < kRows; ++i) {
                        RETURN_IF_ERROR(Insert(tx, absl::StrCat("notes/", i), Text()));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }

  void Serve() {
    router_ = std::make_unique<Router>(RouterOptions{.error_domain = "bench.assay.example",
                                                     .database = *database_,
                                                     .authenticator = *authenticator_,
                                                     .clock = SystemClock(),
                                                     .ids = *ids_,
                                                     .metrics = *metrics_});
    RegisterUnary();
    RegisterUnused();
    const auto services = router_->Finish();
    ASSAY_CHECK(services.ok());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service : *services) builder.RegisterService(service);
    builder.RegisterService(&echo_);
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  }

  void RegisterUnary() {
    router_->Read<GetNoteRequest, Note>(
        absl::StrCat(kNotes, "GetNote"),
        [](const Call& call, const GetNoteRequest& request,
           Transaction& tx) -> absl::StatusOr<Note> {
          Note note;
          RETURN_IF_ERROR(
              tx.Query("SELECT text, version FROM notes WHERE tenant = $1 AND name = $2",
                       {call.tenant(), request.name()}, [&](const SqlRow& row) {
                         const std::string_view text = row.Text(0);
                         note.set_name(request.name());
                         note.set_text(text.data(), text.size());
                         note.set_version(row.Int(1));
                         return absl::OkStatus();
                       }));
          return note;
        });
    router_->Write<CreateNoteRequest, Note>(
        absl::StrCat(kNotes, "CreateNote"),
        [this](const Call& call, const CreateNoteRequest& request,
               Transaction& tx) -> absl::StatusOr<Note> {
          RETURN_IF_ERROR(Insert(tx, request.note().name(), request.note().text()));
          rpctest::v1::NoteCreated event;
          event.set_name(request.note().name());
          RETURN_IF_ERROR(Emit(tx, call, *ids_, request.note().name(), event));
          Note note = request.note();
          note.set_version(1);
          return note;
        });
  }

  // The service has more methods than are measured, and a start needs all.
  void RegisterUnused() {
    router_->Write<CreateNoteRequest, Note>(
        absl::StrCat(kNotes, "CreateCheckedNote"),
        [](const Call&, const CreateNoteRequest&, Transaction&) { return Note(); });
    router_->Ask<GetNoteRequest, Note>(absl::StrCat(kNotes, "CheckNote"),
                                       [](const Call&, const GetNoteRequest&) { return Note(); });
    router_->Upload<NoteChunk, Note>(
        absl::StrCat(kNotes, "UploadNote"),
        [](const Call&,
           const NoteChunk&) -> absl::StatusOr<std::unique_ptr<UploadSink<NoteChunk, Note>>> {
          return absl::UnimplementedError("not measured");
        });
    router_->Download<GetNoteRequest, NoteChunk>(
        absl::StrCat(kNotes, "DownloadNote"),
        [](const Call&,
           const GetNoteRequest&) -> absl::StatusOr<std::unique_ptr<DownloadSource<NoteChunk>>> {
          return absl::UnimplementedError("not measured");
        });
  }

  const std::string dir_;
  std::unique_ptr<IdSource> ids_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SigningKey> key_;
  std::unique_ptr<Authenticator> authenticator_;
  std::string token_;
  std::unique_ptr<Router> router_;
  EchoService echo_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::int64_t written_ = 0;
};

double CpuSeconds() {
  timespec now{};
  ASSAY_CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// One side of a pair: calls a second, and microseconds of processor for each.
struct Side {
  std::vector<double> rates;
  std::vector<double> costs;
  void Run(Bench& bench, double (Bench::*load)(double), double seconds) {
    const double cpu = CpuSeconds();
    const auto begun = Steady::now();
    rates.push_back((bench.*load)(seconds));
    const std::chrono::duration<double> taken = Steady::now() - begun;
    costs.push_back((CpuSeconds() - cpu) * 1e6 / (rates.back() * taken.count()));
  }
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Compare(benchmark::State& state, double (Bench::*ours)(double),
             double (Bench::*theirs)(double)) {
  const double seconds = Setting("ASSAY_BENCH_SECONDS", 0.05);
  const int pairs = static_cast<int>(Setting("ASSAY_BENCH_PAIRS", 1));
  Bench bench;
  (bench.*theirs)(seconds / 5);  // Connections, caches, threads.
  (bench.*ours)(seconds / 5);
  for (auto _ : state) {
    Side a, b;
    std::vector<double> ratios;
    for (int i = 0; i < pairs; ++i) {
      b.Run(bench, theirs, seconds);
      a.Run(bench, ours, seconds);
      ratios.push_back(a.rates.back() / b.rates.back());
    }
    state.counters["ours_per_s"] = Median(a.rates);
    state.counters["theirs_per_s"] = Median(b.rates);
    state.counters["ours_cpu_us"] = Median(a.costs);
    state.counters["theirs_cpu_us"] = Median(b.costs);
    state.counters["ratio"] = Median(ratios);
  }
}

void P1_ReadAgainstEcho(benchmark::State& state) { Compare(state, &Bench::Read, &Bench::Echo); }
void P3_WriteAgainstSingleCommits(benchmark::State& state) {
  Compare(state, &Bench::Write, &Bench::SingleCommits);
}
BENCHMARK(P1_ReadAgainstEcho)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(P3_WriteAgainstSingleCommits)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::platform
