#include "services/platform/server/service.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "assay/common/v1/operations_service.pb.h"
#include "assay/rpctest/v1/notes_service.pb.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/rpc/emit.h"
#include "services/platform/server/server.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using rpctest::v1::CreateNoteRequest;
using rpctest::v1::GetNoteRequest;
using rpctest::v1::Note;
using rpctest::v1::NoteChunk;
using testing::IsError;
using testing::IsOk;
using testing::TempDir;
using testing::TestService;

constexpr char kService[] = "assay.rpctest.v1.NotesService/";
constexpr char kOperations[] = "assay.common.v1.OperationsService/";

const MigrationSet& NoteMigrations() {
  static const MigrationSet kSet{
      "notes",
      {{1, "0001_create_notes",
        "CREATE TABLE notes (tenant TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,"
        " PRIMARY KEY (tenant, name))",
        "CREATE TABLE notes (tenant TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,"
        " PRIMARY KEY (tenant, name))"}}};
  return kSet;
}

class LinesSink final : public UploadSink<NoteChunk, Note> {
 public:
  absl::Status Take(NoteChunk& message) override {
    note_.mutable_text()->append(message.data());
    return absl::OkStatus();
  }
  absl::StatusOr<Note> Finish() override { return note_; }

 private:
  Note note_;
};

class LettersSource final : public DownloadSource<NoteChunk> {
 public:
  explicit LettersSource(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<bool> Next(NoteChunk& message) override {
    if (at_ == text_.size()) return false;
    message.set_data(text_.substr(at_++, 1));
    return true;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

absl::StatusOr<Note> CreateNote(const Call& call, const CreateNoteRequest& request, Transaction& tx,
                                IdSource& ids) {
  RETURN_IF_ERROR(tx.Execute("INSERT INTO notes (tenant, name, text) VALUES ($1, $2, $3)",
                             {call.tenant(), request.note().name(), request.note().text()})
                      .status());
  rpctest::v1::NoteCreated event;
  event.set_name(request.note().name());
  RETURN_IF_ERROR(Emit(tx, call, ids, request.note().name(), event));
  return request.note();
}

absl::StatusOr<Note> GetNote(const Call& call, const GetNoteRequest& request, Transaction& tx) {
  std::optional<Note> note;
  RETURN_IF_ERROR(tx.Query("SELECT text FROM notes WHERE tenant = $1 AND name = $2",
                           {call.tenant(), request.name()}, [&](const SqlRow& row) {
                             note.emplace();
                             note->set_name(request.name());
                             note->set_text(std::string(row.Text(0)));
                             return absl::OkStatus();
                           }));
  if (!note.has_value()) {
    return Error(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND", "there is no such note");
  }
  return *note;
}

struct NotesState {
  std::vector<std::string> handled;
};

absl::StatusOr<std::shared_ptr<void>> WireNotes(Parts& parts) {
  auto state = std::make_shared<NotesState>();
  const auto name = [](const char* method) { return absl::StrCat(kService, method); };
  const auto create = [&ids = parts.ids](const Call& call, const CreateNoteRequest& request,
                                         Transaction& tx) {
    return CreateNote(call, request, tx, ids);
  };
  parts.router.Read<GetNoteRequest, Note>(name("GetNote"), GetNote);
  parts.router.Write<CreateNoteRequest, Note>(name("CreateNote"), create);
  parts.router.AskThenWrite<CreateNoteRequest, Note, Note>(
      name("CreateCheckedNote"),
      [client = parts.client](const Call& call, const CreateNoteRequest& request) {
        GetNoteRequest ask;
        ask.set_name(request.note().name());
        return client("others").Ask<Note>(call, "assay.rpctest.v1.NotesService/GetNote", ask);
      },
      [create](const Call& call, const CreateNoteRequest& request, const Note& facts,
               Transaction& tx) {
        CreateNoteRequest copy = request;
        copy.mutable_note()->set_text(facts.text());
        return create(call, copy, tx);
      });
  parts.router.Ask<GetNoteRequest, Note>(
      name("CheckNote"),
      [](const Call& call, const GetNoteRequest& request) -> absl::StatusOr<Note> {
        Note note;
        note.set_name(request.name());
        note.set_text(std::string(call.subject()));
        return note;
      });
  parts.router.Upload<NoteChunk, Note>(
      name("UploadNote"),
      [](const Call&,
         const NoteChunk&) -> absl::StatusOr<std::unique_ptr<UploadSink<NoteChunk, Note>>> {
        return std::make_unique<LinesSink>();
      });
  parts.router.Download<GetNoteRequest, NoteChunk>(
      name("DownloadNote"),
      [](const Call&, const GetNoteRequest& request)
          -> absl::StatusOr<std::unique_ptr<DownloadSource<NoteChunk>>> {
        return std::make_unique<LettersSource>(request.name());
      });
  parts.every("notes.count", absl::Hours(1), [&database = parts.database, state] {
    return database.ReadNow([&](Transaction& tx) {
      return tx.Query("SELECT COUNT(*) FROM notes", {}, [&](const SqlRow& row) {
        state->handled.push_back(absl::StrCat("count ", row.Int(0)));
        return absl::OkStatus();
      });
    });
  });
  return state;
}

ServiceDefinition NotesDefinition() {
  ServiceDefinition definition;
  definition.name = "notes";
  definition.migrations = &NoteMigrations();
  definition.asks = {"others"};
  definition.consumes = {"others"};
  definition.wire = WireNotes;
  definition.on_event = [](const std::shared_ptr<void>& state, Parts&, const Event& event) {
    std::static_pointer_cast<NotesState>(state)->handled.push_back(event.id);
    if (event.type == "bad") return absl::InvalidArgumentError("cannot read this event");
    return absl::OkStatus();
  };
  return definition;
}

CreateNoteRequest NewNote(const std::string& name, const std::string& text) {
  CreateNoteRequest request;
  request.mutable_note()->set_name(name);
  request.mutable_note()->set_text(text);
  return request;
}
GetNoteRequest Named(const std::string& name) {
  GetNoteRequest request;
  request.set_name(name);
  return request;
}

TEST(TestServiceTest, ServesEveryKindOfMethod) {
  TestService service(NotesDefinition(),
                      {.database = "",
                       .redis = "",
                       .others = [](std::string_view method, const google::protobuf::Message&,
                                    google::protobuf::Message& response) {
                         EXPECT_EQ(method, "assay.rpctest.v1.NotesService/GetNote");
                         static_cast<Note&>(response).set_text("from others");
                         return absl::OkStatus();
                       }});
  const std::string token = service.Token({.roles = {"quality"}});
  const auto name = [](const char* method) { return absl::StrCat(kService, method); };
  ASSERT_THAT(service.Call<Note>(name("CreateNote"), NewNote("a", "text"), token), IsOk());
  EXPECT_EQ(service.Call<Note>(name("GetNote"), Named("a"), token)->text(), "text");
  EXPECT_EQ(service.Call<Note>(name("CreateCheckedNote"), NewNote("b", ""), token)->text(),
            "from others");
  EXPECT_EQ(service.Call<Note>(name("CheckNote"), Named("c"), token)->text(), "users/test");

  NoteChunk one, two;
  one.set_data("one ");
  two.set_data("two");
  Note uploaded;
  ASSERT_THAT(service.CallUpload(name("UploadNote"), {&one, &two}, uploaded, token), IsOk());
  EXPECT_EQ(uploaded.text(), "one two");

  std::string downloaded;
  ASSERT_THAT(service.CallDownload(
                  name("DownloadNote"), Named("letters"),
                  [&](const std::string& bytes) {
                    NoteChunk chunk;
                    ASSERT_TRUE(chunk.ParseFromString(bytes));
                    downloaded += chunk.data();
                  },
                  token),
              IsOk());
  EXPECT_EQ(downloaded, "letters");
}

TEST(TestServiceTest, KeepsEventsInTheOutboxWithTheirCause) {
  TestService service(NotesDefinition());
  const std::string token =
      service.Token({.tenant = "t1", .subject = "users/eve", .roles = {"quality"}});
  ASSERT_THAT(service.Call<Note>(absl::StrCat(kService, "CreateNote"), NewNote("a", ""), token),
              IsOk());
  const std::vector<Event> events = service.Outbox();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "assay.rpctest.v1.NoteCreated");
  EXPECT_EQ(events[0].tenant, "t1");
  EXPECT_EQ(events[0].actor, "users/eve");
  EXPECT_EQ(events[0].subject, "a");
  EXPECT_FALSE(events[0].trace.empty());
  EXPECT_EQ(events[0].time, service.clock().Now());
}

TEST(TestServiceTest, TenantsDoNotSeeEachOther) {
  TestService service(NotesDefinition());
  const std::string ours = service.Token({.tenant = "t1", .roles = {"quality"}});
  const std::string theirs = service.Token({.tenant = "t2", .roles = {"quality"}});
  const std::string get = absl::StrCat(kService, "GetNote");
  ASSERT_THAT(service.Call<Note>(absl::StrCat(kService, "CreateNote"), NewNote("a", ""), ours),
              IsOk());
  EXPECT_THAT(service.Call<Note>(get, Named("a"), theirs),
              IsError(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND"));
}

TEST(TestServiceTest, RunsPeriodicWorkOnRequestOnly) {
  TestService service(NotesDefinition());
  EXPECT_THAT(service.RunPeriodic("notes.count"), IsOk());
  EXPECT_THAT(service.RunPeriodic("platform.forget"), IsOk());
  EXPECT_THAT(service.RunPeriodic("platform.outbox_depth"), IsOk());
  EXPECT_EQ(service.RunPeriodic("unknown").code(), absl::StatusCode::kNotFound);
}

TEST(TestServiceTest, EventsTravelThroughRedis) {
  const auto redis = testing::RedisServer::Start();
  ASSERT_THAT(redis, IsOk());
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Event> handled;
  ServiceDefinition definition = NotesDefinition();
  definition.consumes = {"notes"};  // Its own, so that one service shows the whole way.
  definition.on_event = [&](const std::shared_ptr<void>&, Parts&, const Event& event) {
    std::lock_guard lock(mutex);
    handled.push_back(event);
    changed.notify_all();
    return absl::OkStatus();
  };
  TestService service(definition, {.database = "", .redis = (*redis)->uri(), .others = {}});
  ASSERT_THAT(service.Call<Note>(absl::StrCat(kService, "CreateNote"), NewNote("a", ""),
                                 service.Token({.roles = {"quality"}})),
              IsOk());
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return !handled.empty(); }));
  EXPECT_EQ(handled[0].type, "assay.rpctest.v1.NoteCreated");
  EXPECT_EQ(handled[0].tenant, "tenant-a");
}

TEST(TestServiceTest, ServesWhileRedisIsNotThere) {
  TestService service(NotesDefinition(),
                      {.database = "",
                       .redis = absl::StrCat("redis://127.0.0.1:", testing::FreePort()),
                       .others = {}});
  const std::string token = service.Token({.roles = {"quality"}});
  ASSERT_THAT(service.Call<Note>(absl::StrCat(kService, "CreateNote"), NewNote("a", "x"), token),
              IsOk());
  EXPECT_EQ(service.Call<Note>(absl::StrCat(kService, "GetNote"), Named("a"), token)->text(), "x");
  EXPECT_EQ(service.Outbox().size(), 1u);
}

class OperationsTest : public ::testing::Test {
 protected:
  OperationsTest() : service_(NotesDefinition()) {}
  std::string Admin(const std::string& tenant) {
    return service_.Token({.tenant = tenant, .roles = {"admin"}});
  }
  void Bury(const std::string& id, const std::string& tenant, const std::string& type) {
    ASSERT_THAT(service_.database().WriteNow([&](Transaction& tx) {
      return InsertDeadLetter(tx, {.number = 0,
                                   .consumer = "notes",
                                   .event = {.id = id,
                                             .type = type,
                                             .tenant = tenant,
                                             .subject = "notes/n",
                                             .actor = "users/a",
                                             .trace = "trace",
                                             .time = service_.clock().Now(),
                                             .payload = "p"},
                                   .error = "was broken",
                                   .attempts = 8,
                                   .time = service_.clock().Now()});
    }),
                IsOk());
  }
  absl::StatusOr<common::v1::ListDeadLettersResponse> List(const std::string& tenant, int size = 0,
                                                           const std::string& page = "") {
    common::v1::ListDeadLettersRequest request;
    request.set_page_size(size);
    request.set_page_token(page);
    return service_.Call<common::v1::ListDeadLettersResponse>(
        absl::StrCat(kOperations, "ListDeadLetters"), request, Admin(tenant));
  }
  absl::Status Replay(std::int64_t number, const std::string& tenant) {
    common::v1::ReplayDeadLetterRequest request;
    request.set_number(number);
    return service_
        .Call<common::v1::ReplayDeadLetterResponse>(absl::StrCat(kOperations, "ReplayDeadLetter"),
                                                    request, Admin(tenant))
        .status();
  }
  absl::StatusOr<common::v1::QueueStatus> Status(const std::string& tenant) {
    return service_.Call<common::v1::QueueStatus>(absl::StrCat(kOperations, "GetQueueStatus"),
                                                  common::v1::GetQueueStatusRequest(),
                                                  Admin(tenant));
  }
  TestService service_;
};

TEST_F(OperationsTest, CountsWhatWaits) {
  EXPECT_EQ(Status("t1")->outbox_waiting(), 0);
  EXPECT_FALSE(Status("t1")->has_outbox_oldest_time());
  ASSERT_THAT(service_.Call<Note>(absl::StrCat(kService, "CreateNote"), NewNote("a", ""),
                                  service_.Token({.roles = {"quality"}})),
              IsOk());
  Bury("e1", "t1", "good");
  EXPECT_EQ(Status("t1")->outbox_waiting(), 1);
  EXPECT_EQ(Status("t1")->outbox_oldest_time().seconds(),
            absl::ToUnixSeconds(service_.clock().Now()));
  EXPECT_EQ(Status("t1")->dead_letters(), 1);
  EXPECT_EQ(Status("t2")->dead_letters(), 0);
}

TEST_F(OperationsTest, PagesThroughTheTenantsLetters) {
  for (int i = 0; i < 5; ++i) Bury(absl::StrCat("ours", i), "t1", "good");
  Bury("theirs", "t2", "good");
  const auto first = List("t1", 3);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->dead_letters_size(), 3);
  EXPECT_EQ(first->dead_letters(0).event(), "ours0");
  EXPECT_EQ(first->dead_letters(0).attempts(), 8);
  const auto second = List("t1", 3, first->next_page_token());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->dead_letters_size(), 2);
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_THAT(List("t2", 3, first->next_page_token()),
              IsError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(OperationsTest, ReplaysAndRemovesALetter) {
  Bury("e1", "t1", "good");
  const std::int64_t number = List("t1")->dead_letters(0).number();
  EXPECT_THAT(Replay(number, "t2"), IsError(absl::StatusCode::kNotFound, "DEAD_LETTER_NOT_FOUND"));
  EXPECT_THAT(Replay(number, "t1"), IsOk());
  EXPECT_EQ(List("t1")->dead_letters_size(), 0);
  EXPECT_THAT(Replay(number, "t1"), IsError(absl::StatusCode::kNotFound, "DEAD_LETTER_NOT_FOUND"));
}

TEST_F(OperationsTest, ALetterThatFailsAgainStays) {
  Bury("e1", "t1", "bad");
  EXPECT_FALSE(Replay(List("t1")->dead_letters(0).number(), "t1").ok());
  EXPECT_EQ(List("t1")->dead_letters_size(), 1);
}

TEST_F(OperationsTest, IsForAdminsOnly) {
  EXPECT_THAT(service_.Call<common::v1::QueueStatus>(absl::StrCat(kOperations, "GetQueueStatus"),
                                                     common::v1::GetQueueStatusRequest(),
                                                     service_.Token({.roles = {"quality"}})),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

// Before gRPC starts threads that SIGTERM could end the process through: as in main(),
// only the one that waits for it may take it.
const bool kSignalsBlocked = [] {
  BlockSignals();
  return true;
}();

// Runs ServiceMain in a thread.
class ServiceMainTest : public ::testing::Test {
 protected:
  int Run(std::vector<std::string> words) {
    std::vector<const char*> argv = {"notes"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return ServiceMain(static_cast<int>(argv.size()), argv.data(), NotesDefinition());
  }
  std::string ReadAll(const std::string& name) {
    std::ifstream file(dir_ / name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  bool Eventually(const std::function<bool()>& holds) {
    std::mutex mutex;
    std::condition_variable pace;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::unique_lock lock(mutex);
      pace.wait_for(lock, std::chrono::milliseconds(5));
    }
    return true;
  }
  std::vector<std::string> Flags() {
    return {"--data_dir=" + (dir_ / "data"), "--redis=", "--log_file=" + (dir_ / "log"),
            "--port_file=" + (dir_ / "port")};
  }
  TempDir dir_;
};

TEST_F(ServiceMainTest, ServesUntilSigtermAndDrains) {
  int code = -1;
  std::thread service([&] { code = Run(Flags()); });
  ASSERT_TRUE(Eventually([&] { return !ReadAll("port").empty(); }));
  const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", std::stoi(ReadAll("port"))),
                                           grpc::InsecureChannelCredentials());
  EXPECT_TRUE(
      channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)));
  kill(getpid(), SIGTERM);
  service.join();
  EXPECT_EQ(code, 0);
  const std::string log = ReadAll("log");
  EXPECT_NE(log.find("service.ready"), std::string::npos) << log;
  EXPECT_NE(log.find("service.stopped"), std::string::npos) << log;
}

TEST_F(ServiceMainTest, MigratesAndThenServesWithoutMigrating) {
  std::vector<std::string> flags = Flags();
  flags.push_back("--migrate=false");
  EXPECT_EQ(Run(flags), 69) << "an empty database has no schema";
  std::vector<std::string> migrate = Flags();
  migrate.push_back("migrate");
  EXPECT_EQ(Run(migrate), 0);
  int code = -1;
  std::thread service([&] { code = Run(flags); });
  ASSERT_TRUE(Eventually([&] { return !ReadAll("port").empty(); }));
  kill(getpid(), SIGTERM);
  service.join();
  EXPECT_EQ(code, 0);
}

TEST_F(ServiceMainTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Run({"--no_such_setting=1"}), 78);
  EXPECT_EQ(Run({"--log_level=loud"}), 78);
  EXPECT_EQ(Run({"dance"}), 64);
}

TEST_F(ServiceMainTest, PrintsItsSettings) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"settings", "--others_address=127.0.0.1:7"}), 0);
  const std::string settings = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(settings.find("others_address"), std::string::npos) << settings;
  EXPECT_NE(settings.find("127.0.0.1:7"), std::string::npos) << settings;
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("drain_limit"), std::string::npos);
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("notes"), std::string::npos);
}

}  // namespace
}  // namespace assay::platform
