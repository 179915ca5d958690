#include "services/platform/rpc/router.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "services/platform/rpc/notes_server.h"

namespace assay::platform {
namespace {

using namespace testing;  // NOLINT: the harness is made for this file.

constexpr char kId[] = "8e03978e-40d5-43dd-bc93-6894a57f9324";

std::string MetaOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
                   const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return "";
  return std::string(found->second.data(), found->second.size());
}

// Every look at it costs an hour.
class HastyClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(3600 * ++looks_); }

 private:
  mutable std::atomic<int> looks_ = 0;
};

// Calls with bytes that need not be a message.
grpc::Status AskRaw(NotesServer& server, const std::string& method, const std::string& bytes,
                    const std::string& token) {
  grpc::ClientContext context;
  NotesServer::Prepare(context, token);
  const std::string path = absl::StrCat("/", kNotes, method);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  return grpc::internal::BlockingUnaryCall(
      server.channel().get(),
      grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC), &context,
      request, &response);
}

TEST(RouterPathTest, ServesACallAndTellsTheHandlerAboutIt) {
  Call seen;
  NotesHandlers handlers;
  handlers.get = [&](const Call& call, const GetNoteRequest& request, Transaction&) {
    seen = call;
    Note note;
    note.set_text("hello " + request.name());
    return note;
  };
  NotesServer server(handlers);
  const auto note = server.Ask("GetNote", Named("x"));
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(note->text(), "hello x");
  EXPECT_EQ(seen.tenant(), "t1");
  EXPECT_EQ(seen.subject(), "users/ann");
  EXPECT_EQ(seen.method, "assay.rpctest.v1.NotesService/GetNote");
  EXPECT_EQ(seen.now, server.clock.Now());
  EXPECT_EQ(seen.bearer, kQuality);
}

// Each row is wrong in two ways; the one that is checked first must answer.
TEST(RouterPathTest, ChecksInTheDocumentedOrder) {
  std::atomic<int> handled = 0;
  NotesHandlers handlers;
  handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) {
    ++handled;
    return Note();
  };
  {
    HastyClock hasty;
    NotesServer server(handlers, {.clock = &hasty});
    EXPECT_THAT(server.Ask("GetNote", Named("x"), "bad token"),
                IsError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
    EXPECT_EQ(server.authenticator.calls, 0) << "the deadline comes before the token";
  }
  NotesServer server(handlers);
  EXPECT_THAT(server.Ask("GetNote", Named("x"), ""),
              IsError(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(server.Ask("GetNote", Named("x"), "bad token"),
              IsError(absl::StatusCode::kUnauthenticated, "TOKEN_MALFORMED"));
  EXPECT_THAT(FromGrpc(AskRaw(server, "GetNote", "\xff", "")),
              IsError(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"))
      << "the token comes before the body";
  EXPECT_THAT(FromGrpc(AskRaw(server, "GetNote", "\xff", "moderator@t1/users/m")),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"))
      << "the role comes before the body";
  EXPECT_THAT(FromGrpc(AskRaw(server, "GetNote", "\xff", kQuality)),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FromGrpc(AskRaw(server, "GetNote", "\x0a\x02\xc3\x28", kQuality)),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
      << "text that is not UTF-8";
  EXPECT_EQ(handled, 0);
  const std::string metrics = server.MetricsText();
  for (const char* line :
       {"code=\"UNAUTHENTICATED\",method=\"assay.rpctest.v1.NotesService/GetNote\"} 3",
        "code=\"PERMISSION_DENIED\",method=\"assay.rpctest.v1.NotesService/GetNote\"} 1",
        "code=\"INVALID_ARGUMENT\",method=\"assay.rpctest.v1.NotesService/GetNote\"} 2",
        "assay_rpc_seconds_count{method=\"assay.rpctest.v1.NotesService/GetNote\"} 6"}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line << "\n" << metrics;
  }
}

TEST(RouterPathTest, AnyOfTheNamedRolesIsEnough) {
  NotesServer server((NotesHandlers()));
  EXPECT_THAT(server.Ask("GetNote", Named("x"), "centre_exams@t1/u"), IsOk());
  EXPECT_THAT(server.Ask("GetNote", Named("x"), "moderator,quality@t1/u"), IsOk());
  EXPECT_THAT(server.Ask("CreateNote", NewNote("x"), "centre_exams@t1/u"),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  const auto refused = server.Ask("GetNote", Named("x"), "no_such_role@t1/u");
  EXPECT_THAT(refused, IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_EQ(MetadataOf(refused.status(), "method"), "assay.rpctest.v1.NotesService/GetNote");
}

TEST(RouterPathTest, EchoesATraceThatItCanTrustToBeOne) {
  std::string seen;
  NotesHandlers handlers;
  handlers.get = [&](const Call& call, const GetNoteRequest& request,
                     Transaction&) -> absl::StatusOr<Note> {
    seen = call.trace;
    if (request.name() == "missing") {
      return Error(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND", "there is none");
    }
    return Note();
  };
  NotesServer server(handlers);
  const struct {
    std::string sent;
    bool kept;
  } cases[] = {{"abc-1.2_Z", true}, {std::string(128, 'a'), true}, {std::string(129, 'a'), false},
               {"", false},         {"two words", false},          {"a;b", false}};
  for (const auto& test : cases) {
    grpc::ClientContext context;
    NotesServer::Prepare(context, kQuality);
    context.AddMetadata("x-request-id", test.sent);
    ASSERT_THAT(server.Ask(context, "GetNote", Named("x")), IsOk());
    const std::string echoed = MetaOf(context.GetServerInitialMetadata(), "x-request-id");
    EXPECT_EQ(echoed, seen);
    EXPECT_EQ(echoed == test.sent, test.kept) << test.sent;
    EXPECT_EQ(echoed.empty(), false);
  }
  grpc::ClientContext context;
  NotesServer::Prepare(context, kQuality);
  context.AddMetadata("x-request-id", "mine");
  EXPECT_FALSE(server.Ask(context, "GetNote", Named("missing")).ok());
  EXPECT_EQ(MetaOf(context.GetServerTrailingMetadata(), "x-request-id"), "mine");
}

TEST(RouterPathTest, ErrorsKeepTheirReasonAndGetTheDomain) {
  NotesHandlers handlers;
  handlers.get = [](const Call&, const GetNoteRequest&, Transaction&) -> absl::StatusOr<Note> {
    return Error(absl::StatusCode::kFailedPrecondition, "NOTE_LOCKED", "it is locked")
        .With("note", "n1")
        .Field("name", "is locked");
  };
  NotesServer server(handlers);
  const auto answer = server.Ask("GetNote", Named("x"));
  EXPECT_THAT(answer, IsError(absl::StatusCode::kFailedPrecondition, "NOTE_LOCKED"));
  EXPECT_EQ(MetadataOf(answer.status(), "note"), "n1");
  EXPECT_EQ(FieldsOf(answer.status()).size(), 1u);
  const grpc::Status raw = AskRaw(server, "GetNote", "", kQuality);
  EXPECT_NE(raw.error_details().find("notes.assay.example"), std::string::npos);
}

TEST(RouterPathTest, OurOwnBugsLeakNothing) {
  NotesHandlers handlers;
  handlers.get = [](const Call&, const GetNoteRequest& request,
                    Transaction&) -> absl::StatusOr<Note> {
    if (request.name() == "throw") throw std::runtime_error("secret detail");
    return absl::NotFoundError("secret detail");
  };
  NotesServer server(handlers);
  for (const char* name : {"throw", "return"}) {
    grpc::ClientContext context;
    NotesServer::Prepare(context, kQuality);
    context.AddMetadata("x-request-id", "trace-7");
    const auto answer = server.Ask(context, "GetNote", Named(name));
    EXPECT_THAT(answer, IsError(absl::StatusCode::kInternal, "INTERNAL")) << name;
    EXPECT_EQ(MetadataOf(answer.status(), "reference"), "trace-7");
    EXPECT_EQ(answer.status().ToString().find("secret"), std::string::npos) << answer.status();
  }
}

TEST(RouterPathTest, WhatStorageRefusesIsWorthARetry) {
  NotesHandlers handlers;
  absl::Status refusal;
  handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) -> absl::StatusOr<Note> {
    return refusal;
  };
  NotesServer server(handlers);
  const struct {
    absl::Status refusal;
    absl::StatusCode code;
    const char* reason;
  } cases[] = {
      {absl::UnavailableError("lost"), absl::StatusCode::kUnavailable, "UNAVAILABLE"},
      {absl::AbortedError("conflict"), absl::StatusCode::kUnavailable, "UNAVAILABLE"},
      {absl::ResourceExhaustedError("full"), absl::StatusCode::kResourceExhausted, "SERVER_BUSY"},
  };
  for (const auto& test : cases) {
    refusal = test.refusal;
    EXPECT_THAT(server.Ask("GetNote", Named("x")), IsError(test.code, test.reason));
  }
}

TEST(RouterPathTest, TakesTheShortestOfTheDeadlines) {
  absl::Duration given;
  NotesHandlers handlers;
  handlers.get = [&](const Call& call, const GetNoteRequest&, Transaction&) {
    given = call.deadline - call.now;
    return Note();
  };
  handlers.check = [&](const Call& call, const GetNoteRequest&) {
    given = call.deadline - call.now;
    return Note();
  };
  NotesServer server(handlers,
                     {.deadline_default = absl::Seconds(7), .deadline_max = absl::Seconds(60)});
  const auto with_deadline = [&](const char* method, int seconds) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", std::string("Bearer ") + kQuality);
    if (seconds > 0) {
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
    }
    EXPECT_THAT(server.Ask(context, method, Named("x")), IsOk());
    return given;
  };
  EXPECT_EQ(with_deadline("GetNote", 0), absl::Seconds(7)) << "the default";
  EXPECT_EQ(with_deadline("GetNote", 600), absl::Seconds(60)) << "the maximum";
  EXPECT_GT(with_deadline("GetNote", 40), absl::Seconds(30)) << "the client's";
  EXPECT_LE(with_deadline("GetNote", 40), absl::Seconds(41));
  EXPECT_EQ(with_deadline("CheckNote", 0), absl::Seconds(5)) << "the method's";
  EXPECT_EQ(with_deadline("CheckNote", 600), absl::Seconds(5));
}

TEST(RouterPathTest, TellsAHandlerThatNobodyWaits) {
  Gate started;
  std::atomic<bool> told = false;
  NotesHandlers handlers;
  handlers.check = [&](const Call& call, const GetNoteRequest&) {
    EXPECT_FALSE(call.cancelled());
    started.Open();
    told = Eventually([&] { return call.cancelled(); });
    return Note();
  };
  NotesServer server(handlers);
  grpc::ClientContext context;
  NotesServer::Prepare(context, kQuality);
  std::thread client([&] {
    EXPECT_EQ(server.Ask(context, "CheckNote", Named("x")).status().code(),
              absl::StatusCode::kCancelled);
  });
  started.Wait();
  context.TryCancel();
  client.join();
  EXPECT_TRUE(Eventually([&] { return told.load(); }));
}

TEST(RouterPathTest, TheDeadlineIsToldToAHandlerToo) {
  std::atomic<bool> told = false;
  NotesHandlers handlers;
  NotesServer* running = nullptr;
  handlers.check = [&](const Call& call, const GetNoteRequest&) {
    running->clock.Advance(absl::Seconds(4));
    EXPECT_FALSE(call.cancelled());
    running->clock.Advance(absl::Seconds(1));
    told = call.cancelled();
    return Note();
  };
  NotesServer server(handlers);
  running = &server;
  EXPECT_THAT(server.Ask("CheckNote", Named("x")), IsOk());
  EXPECT_TRUE(told);
}

TEST(RouterWriteTest, ACommandThatNobodyWaitsForIsNotRun) {
  Gate first_runs, go_on;
  std::atomic<int> ran = 0;
  NotesHandlers handlers;
  handlers.create = [&](const Call&, const CreateNoteRequest& request, Transaction&) {
    if (request.note().name() == "first") {
      first_runs.Open();
      go_on.Wait();
    } else {
      ++ran;
    }
    return Note();
  };
  NotesServer server(handlers);
  std::thread blocker([&] { EXPECT_THAT(server.Ask("CreateNote", NewNote("first")), IsOk()); });
  first_runs.Wait();
  grpc::ClientContext context;
  NotesServer::Prepare(context, kQuality);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
  EXPECT_EQ(server.Ask(context, "CreateNote", NewNote("second")).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  server.clock.Advance(absl::Minutes(1));
  go_on.Open();
  blocker.join();
  EXPECT_TRUE(Eventually([&] {
    return server.MetricsText().find("code=\"DEADLINE_EXCEEDED\"") != std::string::npos;
  }));
  EXPECT_EQ(ran, 0);
}

TEST(RouterWriteTest, ACommandThatIsRunAgainAnswersWithItsLastRun) {
  std::atomic<int> runs = 0;
  NotesHandlers handlers;
  const auto number = [&runs] {
    Note note;
    note.set_text(absl::StrCat("run ", ++runs, std::string(10'000, ' ')));
    return note;
  };
  handlers.create = [&](const Call&, const CreateNoteRequest&, Transaction&) { return number(); };
  handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) { return number(); };
  NotesServer server(handlers, {.rerun = true});
  for (const auto& [request_id, last] : {std::pair("", "run 2 "), std::pair(kId, "run 3 ")}) {
    const auto note = server.Ask("CreateNote", NewNote("a", request_id));
    ASSERT_THAT(note, IsOk());
    EXPECT_EQ(note->text().substr(0, 6), last) << request_id;
  }
  EXPECT_EQ(server.Ask("GetNote", Named("a"))->text().substr(0, 6), "run 5 ");
}

// Counts its runs, and numbers the replies so that two are never alike.
NotesHandlers CountingHandlers(std::atomic<int>& runs) {
  NotesHandlers handlers;
  handlers.create = [&runs](const Call&, const CreateNoteRequest& request,
                            Transaction&) -> absl::StatusOr<Note> {
    if (request.note().name() == "refused") {
      ++runs;
      return Error(absl::StatusCode::kFailedPrecondition, "NOTE_LOCKED", "it is locked");
    }
    Note note = request.note();
    note.set_text(absl::StrCat("run ", ++runs));
    return note;
  };
  return handlers;
}

TEST(RouterOnceTest, ARepeatGetsTheFirstReplyWithoutAnotherRun) {
  std::atomic<int> runs = 0;
  NotesServer server(CountingHandlers(runs));
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a", kId))->text(), "run 1");
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a", kId))->text(), "run 1");
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(server.Ask("CreateNote", NewNote("b", kId)),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_THAT(server.Ask("CreateNote", NewNote("a", "not-a-uuid")),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID"));
  EXPECT_EQ(runs, 1);
}

TEST(RouterOnceTest, IdsOfOthersAndNoIdsDoNotCollide) {
  std::atomic<int> runs = 0;
  NotesServer server(CountingHandlers(runs));
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a", kId))->text(), "run 1");
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a", kId), "quality@t2/users/ann")->text(), "run 2")
      << "another tenant";
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a", kId), "quality@t1/users/bob")->text(), "run 3")
      << "another caller";
  EXPECT_EQ(server.Ask("CreateCheckedNote", NewNote("a", kId))->text(), "run 4")
      << "another method";
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a"))->text(), "run 5");
  EXPECT_EQ(server.Ask("CreateNote", NewNote("a"))->text(), "run 6");
}

TEST(RouterOnceTest, AFailureIsNotKept) {
  std::atomic<int> runs = 0;
  NotesServer server(CountingHandlers(runs));
  for (int i = 1; i <= 2; ++i) {
    EXPECT_THAT(server.Ask("CreateNote", NewNote("refused", kId)),
                IsError(absl::StatusCode::kFailedPrecondition, "NOTE_LOCKED"));
    EXPECT_EQ(runs, i);
  }
}

TEST(RouterOnceTest, EqualBodiesAreEqualHoweverTheirMapsAreOrdered) {
  std::atomic<int> runs = 0;
  NotesServer server(CountingHandlers(runs));
  CreateNoteRequest one = NewNote("a", kId), other = NewNote("a", kId);
  for (int i = 0; i < 50; ++i) (*one.mutable_labels())[absl::StrCat("k", i)] = "v";
  for (int i = 49; i >= 0; --i) (*other.mutable_labels())[absl::StrCat("k", i)] = "v";
  EXPECT_THAT(server.Ask("CreateNote", one), IsOk());
  EXPECT_THAT(server.Ask("CreateNote", other), IsOk());
  EXPECT_EQ(runs, 1);
}

TEST(RouterOnceTest, RepeatsAtOnceRunOnce) {
  std::atomic<int> runs = 0;
  NotesServer server(CountingHandlers(runs));
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        EXPECT_EQ(server.Ask("CreateNote", NewNote("a", kId))->text(), "run 1");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(runs, 1);
}

TEST(RouterAskThenWriteTest, HandsTheFactsOver) {
  NotesHandlers handlers;
  handlers.ask = [](const Call&, const CreateNoteRequest&) { return 42; };
  NotesServer server(handlers);
  EXPECT_EQ(server.Ask("CreateCheckedNote", NewNote("a"))->version(), 42);
}

TEST(RouterAskThenWriteTest, WithoutFactsNothingIsWritten) {
  std::atomic<int> runs = 0;
  NotesHandlers handlers = CountingHandlers(runs);
  handlers.ask = [](const Call&, const CreateNoteRequest&) -> absl::StatusOr<int> {
    return Error(absl::StatusCode::kUnavailable, "UNAVAILABLE", "approval is not there");
  };
  NotesServer server(handlers);
  EXPECT_THAT(server.Ask("CreateCheckedNote", NewNote("a", kId)),
              IsError(absl::StatusCode::kUnavailable, "UNAVAILABLE"));
  EXPECT_EQ(runs, 0);
}

TEST(RouterAskThenWriteTest, ARepeatDoesNotAskAgain) {
  std::atomic<int> runs = 0, asked = 0;
  NotesHandlers handlers = CountingHandlers(runs);
  handlers.ask = [&](const Call&, const CreateNoteRequest&) -> absl::StatusOr<int> {
    if (++asked > 1) return absl::UnavailableError("gone");
    return 7;
  };
  NotesServer server(handlers);
  for (int i = 0; i < 3; ++i) {
    const auto note = server.Ask("CreateCheckedNote", NewNote("a", kId));
    ASSERT_THAT(note, IsOk());
    EXPECT_EQ(note->text(), "run 1");
    EXPECT_EQ(note->version(), 7);
  }
  EXPECT_THAT(server.Ask("CreateCheckedNote", NewNote("b", kId)),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(asked, 1);
}

TEST(RouterPoolTest, RefusesWhatWouldWaitTooLong) {
  Gate go_on;
  std::atomic<int> running = 0;
  NotesHandlers handlers;
  handlers.check = [&](const Call&, const GetNoteRequest&) {
    ++running;
    go_on.Wait();
    return Note();
  };
  NotesServer server(handlers, {.pool_threads = 2, .pool_queue_max = 3});
  std::vector<std::thread> clients;
  std::atomic<int> ok = 0, busy = 0;
  for (int i = 0; i < 12; ++i) {
    // The threads are taken first; then what waits is exactly what was sent.
    if (i == 2) {
      EXPECT_TRUE(Eventually([&] { return running == 2; }));
    }
    clients.emplace_back([&] {
      const auto answer = server.Ask("CheckNote", Named("x"));
      if (answer.ok()) {
        ++ok;
      } else if (ReasonOf(answer.status()) == "SERVER_BUSY") {
        ++busy;
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return busy == 7; }));
  EXPECT_EQ(running, 2);
  EXPECT_THAT(server.Ask("GetNote", Named("x")), IsOk()) << "reads do not use the pool";
  go_on.Open();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(ok, 5);
  EXPECT_EQ(busy, 7);
}

class FinishTest : public ::testing::Test {
 protected:
  FinishTest()
      : ids_(MakeIdSource(entropy_)),
        metrics_(Metrics::Create()),
        database_([] {
          DatabaseOptions options;
          options.uri = "sqlite::memory:";
          return *OpenDatabase(std::move(options));
        }()),
        router_(RouterOptions{.error_domain = "x",
                              .database = *database_,
                              .authenticator = authenticator_,
                              .clock = clock_,
                              .ids = *ids_,
                              .metrics = *metrics_}) {}
  template <typename Req, typename Resp>
  void Add(const std::string& method) {
    router_.Ask<Req, Resp>(method, [](const Call&, const Req&) { return Resp(); });
  }
  std::string Fault() {
    const auto finished = router_.Finish();
    EXPECT_EQ(finished.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(finished.status().message());
  }
  FakeClock clock_;
  FakeEntropy entropy_;
  FakeAuthenticator authenticator_;
  std::unique_ptr<IdSource> ids_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Database> database_;
  Router router_;
};

TEST_F(FinishTest, NamesEveryMethodWithoutAHandler) {
  Add<GetNoteRequest, Note>("assay.rpctest.v1.NotesService/CheckNote");
  const std::string fault = Fault();
  for (const char* method :
       {"GetNote", "CreateNote", "CreateCheckedNote", "UploadNote", "DownloadNote"}) {
    EXPECT_NE(fault.find(absl::StrCat("NotesService/", method, " has no handler")),
              std::string::npos)
        << fault;
  }
  EXPECT_EQ(fault.find("CheckNote"), std::string::npos) << fault;
}

TEST_F(FinishTest, NamesEveryMethodWithoutAccess) {
  for (const char* method :
       {"WithoutAccess", "WithoutRoles", "WithoutScope", "WithRoleUnspecified"}) {
    Add<GetNoteRequest, Note>(absl::StrCat("assay.rpctest.v1.FaultyService/", method));
  }
  const std::string fault = Fault();
  for (const char* text :
       {"FaultyService/WithoutAccess has no access option",
        "FaultyService/WithoutRoles names no roles", "FaultyService/WithoutScope names no scope",
        "FaultyService/WithRoleUnspecified names an unknown role",
        "FaultyService/BothWays has no handler"}) {
    EXPECT_NE(fault.find(text), std::string::npos) << text << "\n" << fault;
  }
}

TEST_F(FinishTest, NamesWrongTypesAndKindsAndNames) {
  Add<NoteChunk, Note>("assay.rpctest.v1.NotesService/GetNote");
  Add<GetNoteRequest, NoteChunk>("assay.rpctest.v1.NotesService/CheckNote");
  Add<NoteChunk, Note>("assay.rpctest.v1.NotesService/UploadNote");
  Add<GetNoteRequest, Note>("assay.rpctest.v1.NotesService/NoSuchMethod");
  Add<GetNoteRequest, Note>("assay.rpctest.v1.NoSuchService/GetNote");
  Add<GetNoteRequest, Note>("nonsense");
  Add<GetNoteRequest, Note>("nonsense");
  const std::string fault = Fault();
  for (const char* text :
       {"NotesService/GetNote takes assay.rpctest.v1.GetNoteRequest, its handler "
        "assay.rpctest.v1.NoteChunk",
        "NotesService/CheckNote returns assay.rpctest.v1.Note, its handler "
        "assay.rpctest.v1.NoteChunk",
        "NotesService/UploadNote is registered as a kind that does not fit its streams",
        "NotesService/NoSuchMethod is in no linked proto file",
        "NoSuchService/GetNote is in no linked proto file", "nonsense is in no linked proto file",
        "nonsense is registered twice"}) {
    EXPECT_NE(fault.find(text), std::string::npos) << text << "\n" << fault;
  }
}

}  // namespace
}  // namespace assay::platform
