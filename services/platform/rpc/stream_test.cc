#include "services/platform/rpc/stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/rpc/notes_server.h"

namespace assay::platform {
namespace {

using namespace testing;  // NOLINT: the harness is made for this file.

struct SinkLog {
  std::mutex mutex;
  std::vector<std::string> taken;
  std::atomic<int> opened = 0;
  std::atomic<int> count = 0;
  std::atomic<int> finished = 0;
  std::atomic<int> destroyed = 0;
  Gate* hold = nullptr;  // Take waits here.
};

class LoggingSink final : public UploadSink<NoteChunk, Note> {
 public:
  explicit LoggingSink(SinkLog& log) : log_(log) {}
  ~LoggingSink() override { ++log_.destroyed; }
  absl::Status Take(NoteChunk& message) override {
    if (log_.hold != nullptr) log_.hold->Wait();
    if (message.data() == "poison") {
      return Error(absl::StatusCode::kInvalidArgument, "CHUNK_BAD", "this chunk is bad");
    }
    std::lock_guard lock(log_.mutex);
    log_.taken.push_back(message.data());
    ++log_.count;
    return absl::OkStatus();
  }
  absl::StatusOr<Note> Finish() override {
    ++log_.finished;
    std::lock_guard lock(log_.mutex);
    Note note;
    for (const std::string& data : log_.taken) {
      if (data.size() < 10'000) note.mutable_text()->append(data);
    }
    return note;
  }

 private:
  SinkLog& log_;
};

NotesHandlers UploadHandlers(SinkLog& log) {
  NotesHandlers handlers;
  handlers.upload = [&log](const Call&, const NoteChunk& first)
      -> absl::StatusOr<std::unique_ptr<UploadSink<NoteChunk, Note>>> {
    if (first.data() == "refuse") {
      return Error(absl::StatusCode::kFailedPrecondition, "UPLOAD_CLOSED", "it is closed");
    }
    ++log.opened;
    return std::make_unique<LoggingSink>(log);
  };
  return handlers;
}

NoteChunk Chunk(const std::string& data) {
  NoteChunk chunk;
  chunk.set_data(data);
  return chunk;
}

// Uploads all; returns what the server answered.
absl::StatusOr<Note> UploadAll(NotesServer& server, const std::vector<std::string>& chunks,
                               const std::string& token = kQuality) {
  grpc::ClientContext context;
  NotesServer::Prepare(context, token);
  Note note;
  const auto writer = server.Upload(context, note);
  for (const std::string& data : chunks) {
    if (!writer->Write(Chunk(data))) break;
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return FromGrpc(status);
  return note;
}

TEST(UploadTest, TakesEveryMessageOnceAndInOrder) {
  SinkLog log;
  NotesServer server(UploadHandlers(log), {.pool_threads = 3});
  std::vector<std::string> chunks;
  std::string all;
  for (int i = 0; i < 500; ++i) {
    chunks.push_back(absl::StrCat(i, std::string(static_cast<std::size_t>(i) * 7, 'x'), ";"));
    all += chunks.back();
  }
  const auto note = UploadAll(server, chunks);
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(note->text(), all);
  EXPECT_EQ(log.opened, 1);
  EXPECT_EQ(log.finished, 1);
  EXPECT_TRUE(Eventually([&] { return log.destroyed == 1; }));
}

TEST(UploadTest, ManyAtOnceShareThePool) {
  SinkLog log;
  NotesServer server(UploadHandlers(log), {.pool_threads = 2, .pool_queue_max = 64});
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back(
        [&] { EXPECT_THAT(UploadAll(server, std::vector<std::string>(50, "abc")), IsOk()); });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(log.count, 16 * 50);
  EXPECT_EQ(log.finished, 16);
}

TEST(UploadTest, RefusalsEndTheStream) {
  SinkLog log;
  NotesServer server(UploadHandlers(log));
  EXPECT_THAT(UploadAll(server, {"a"}, ""),
              IsError(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(UploadAll(server, {"a"}, "moderator@t1/m"),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(UploadAll(server, {}), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(UploadAll(server, {"refuse", "b"}),
              IsError(absl::StatusCode::kFailedPrecondition, "UPLOAD_CLOSED"));
  EXPECT_EQ(log.opened, 0);
  EXPECT_THAT(UploadAll(server, {"a", "poison", "b"}),
              IsError(absl::StatusCode::kInvalidArgument, "CHUNK_BAD"));
  EXPECT_EQ(log.finished, 0);
  EXPECT_TRUE(Eventually([&] { return log.destroyed == log.opened; }));
}

// Half of an upload must never be taken for the whole, whenever the client goes away.
TEST(UploadTest, ACancelledUploadIsNeverFinished) {
  SinkLog log;
  NotesServer server(UploadHandlers(log));
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    grpc::ClientContext context;
    NotesServer::Prepare(context, kQuality);
    Note note;
    const auto writer = server.Upload(context, note);
    for (int i = 0; i <= round % 5; ++i) {
      if (!writer->Write(Chunk("abc"))) break;
    }
    if (round % 2 == 0) {
      EXPECT_TRUE(Eventually([&] { return log.opened > round / 2; }));
    }
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(Eventually([&] {
    return server.MetricsText().find(absl::StrCat("code=\"CANCELLED\",method=\"", kNotes,
                                                  "UploadNote\"} ")) != std::string::npos &&
           log.destroyed == log.opened;
  }));
  EXPECT_EQ(log.finished, 0);
}

TEST(UploadTest, ALostConnectionIsNoEndOfTheUpload) {
  SinkLog log;
  NotesServer server(UploadHandlers(log));
  for (int round = 0; round < 20; ++round) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel =
        grpc::CreateCustomChannel(server.address(), grpc::InsecureChannelCredentials(), arguments);
    grpc::ClientContext context;
    NotesServer::Prepare(context, kQuality);
    Note note;
    const std::string path = absl::StrCat("/", kNotes, "UploadNote");
    std::unique_ptr<grpc::ClientWriter<NoteChunk>> writer(
        grpc::internal::ClientWriterFactory<NoteChunk>::Create(
            channel.get(),
            grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::CLIENT_STREAMING),
            &context, &note));
    ASSERT_TRUE(writer->Write(Chunk("abc")));
    EXPECT_TRUE(Eventually([&] { return log.count == round + 1; }));
    context.TryCancel();
    static_cast<void>(writer->Finish().ok());
    writer.reset();
    channel.reset();
  }
  EXPECT_TRUE(Eventually([&] { return log.destroyed == 20; }));
  EXPECT_EQ(log.finished, 0);
}

TEST(UploadTest, ASlowSinkSlowsTheSender) {
  Gate hold;
  SinkLog log;
  log.hold = &hold;
  NotesServer server(UploadHandlers(log));
  grpc::ClientContext context;
  NotesServer::Prepare(context, kQuality);
  Note note;
  const auto writer = server.Upload(context, note);
  std::atomic<int> sent = 0;
  std::thread sender([&] {
    for (int i = 0; i < 64; ++i) {
      if (!writer->Write(Chunk(std::string(1 << 20, 'x')))) break;
      ++sent;
    }
    writer->WritesDone();
  });
  EXPECT_TRUE(Eventually([&] { return log.opened == 1; }));
  // It stops: two looks at different times see the same number, well below all.
  int last = -1;
  EXPECT_TRUE(Eventually([&] {
    const int now = sent;
    const bool same = now == last && now > 0;
    last = now;
    return same;
  }));
  EXPECT_LT(sent, 32);
  hold.Open();
  sender.join();
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_EQ(log.count, 64);
}

TEST(UploadTest, AStalledUploadEndsAtItsDeadline) {
  SinkLog log;
  NotesServer server(UploadHandlers(log), {.deadline_default = absl::Milliseconds(50)});
  grpc::ClientContext context;
  context.AddMetadata("authorization", std::string("Bearer ") + kQuality);
  Note note;
  const auto writer = server.Upload(context, note);
  ASSERT_TRUE(writer->Write(Chunk("abc")));
  EXPECT_THAT(FromGrpc(writer->Finish()),
              IsError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
  EXPECT_TRUE(Eventually([&] { return log.destroyed == log.opened; }));
  EXPECT_EQ(log.finished, 0);
}

struct SourceLog {
  std::atomic<int> made = 0;
  std::atomic<int> destroyed = 0;
};

// `total` messages of `size` bytes, then the error (or the end).
class CountingSource final : public DownloadSource<NoteChunk> {
 public:
  CountingSource(SourceLog& log, int total, std::size_t size, absl::Status end)
      : log_(log), total_(total), size_(size), end_(std::move(end)) {}
  ~CountingSource() override { ++log_.destroyed; }
  absl::StatusOr<bool> Next(NoteChunk& message) override {
    EXPECT_EQ(message.data(), "") << "each message begins empty";
    if (at_ == total_) {
      if (!end_.ok()) return end_;
      return false;
    }
    message.set_data(absl::StrCat(at_++, ";", std::string(size_, 'x')));
    ++log_.made;
    return true;
  }

 private:
  SourceLog& log_;
  const int total_;
  const std::size_t size_;
  const absl::Status end_;
  int at_ = 0;
};

NotesHandlers DownloadHandlers(SourceLog& log, int total, std::size_t size,
                               absl::Status end = absl::OkStatus()) {
  NotesHandlers handlers;
  handlers.download = [&log, total, size, end](const Call&, const GetNoteRequest& request)
      -> absl::StatusOr<std::unique_ptr<DownloadSource<NoteChunk>>> {
    if (request.name() == "refuse") {
      return Error(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND", "there is none");
    }
    return std::make_unique<CountingSource>(log, total, size, end);
  };
  return handlers;
}

TEST(DownloadTest, SendsEveryMessageInOrder) {
  for (const int total : {0, 1, 2, 500}) {
    SourceLog log;
    NotesServer server(DownloadHandlers(log, total, 100));
    grpc::ClientContext context;
    NotesServer::Prepare(context, kQuality);
    const auto reader = server.Download(context, "x");
    NoteChunk chunk;
    int read = 0;
    while (reader->Read(&chunk)) {
      EXPECT_EQ(chunk.data().substr(0, chunk.data().find(';')), std::to_string(read));
      ++read;
    }
    EXPECT_TRUE(reader->Finish().ok());
    EXPECT_EQ(read, total);
    EXPECT_TRUE(Eventually([&] { return log.destroyed == 1; }));
  }
}

class NamedSource final : public DownloadSource<NoteChunk> {
 public:
  explicit NamedSource(DownloadHead head) : head_(std::move(head)) {}
  DownloadHead head() const override { return head_; }
  absl::StatusOr<bool> Next(NoteChunk& message) override {
    message.set_data("four");
    return !std::exchange(sent_, true);
  }

 private:
  const DownloadHead head_;
  bool sent_ = false;
};

TEST(DownloadTest, SaysLengthAndNameBeforeTheFirstMessage) {
  for (const bool named : {true, false}) {
    NotesHandlers handlers;
    handlers.download =
        [&](const Call&,
            const GetNoteRequest&) -> absl::StatusOr<std::unique_ptr<DownloadSource<NoteChunk>>> {
      return std::make_unique<NamedSource>(named ? DownloadHead{.bytes = 4, .filename = "a.txt"}
                                                 : DownloadHead{});
    };
    NotesServer server(std::move(handlers));
    grpc::ClientContext context;
    NotesServer::Prepare(context, kQuality);
    const auto reader = server.Download(context, "x");
    reader->WaitForInitialMetadata();
    const auto& metadata = context.GetServerInitialMetadata();
    const auto value = [&](const char* key) {
      const auto found = metadata.find(key);
      return found == metadata.end() ? std::string("none")
                                     : std::string(found->second.data(), found->second.size());
    };
    EXPECT_EQ(value("x-http-content-length"), named ? "4" : "none");
    EXPECT_EQ(value("x-http-content-disposition"),
              named ? "attachment; filename=\"a.txt\"" : "none");
    NoteChunk chunk;
    EXPECT_TRUE(reader->Read(&chunk));
    EXPECT_FALSE(reader->Read(&chunk));
    EXPECT_TRUE(reader->Finish().ok());
  }
}

TEST(DownloadTest, AnErrorComesAfterWhatWasSent) {
  SourceLog log;
  NotesServer server(DownloadHandlers(
      log, 3, 10, Error(absl::StatusCode::kDataLoss, "NOTE_DAMAGED", "the digest is wrong")));
  grpc::ClientContext context;
  NotesServer::Prepare(context, kQuality);
  const auto reader = server.Download(context, "x");
  NoteChunk chunk;
  int read = 0;
  while (reader->Read(&chunk)) ++read;
  EXPECT_EQ(read, 3);
  EXPECT_THAT(FromGrpc(reader->Finish()), IsError(absl::StatusCode::kDataLoss, "NOTE_DAMAGED"));
}

TEST(DownloadTest, RefusalsEndTheStream) {
  SourceLog log;
  NotesServer server(DownloadHandlers(log, 3, 10));
  const auto end_of = [&](const std::string& name, const std::string& token) {
    grpc::ClientContext context;
    NotesServer::Prepare(context, token);
    const auto reader = server.Download(context, name);
    NoteChunk chunk;
    EXPECT_FALSE(reader->Read(&chunk));
    return FromGrpc(reader->Finish());
  };
  EXPECT_THAT(end_of("x", ""), IsError(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(end_of("x", "moderator@t1/m"),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(end_of("refuse", kQuality), IsError(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND"));
}

TEST(DownloadTest, AReaderThatStopsReadingStopsTheSource) {
  SourceLog log;
  NotesServer server(DownloadHandlers(log, 1'000'000, 1 << 20));
  grpc::ClientContext context;
  NotesServer::Prepare(context, kQuality);
  const auto reader = server.Download(context, "x");
  NoteChunk chunk;
  ASSERT_TRUE(reader->Read(&chunk));
  int last = -1;
  EXPECT_TRUE(Eventually([&] {
    const int now = log.made;
    const bool same = now == last;
    last = now;
    return same;
  }));
  EXPECT_LT(log.made, 32);
  context.TryCancel();
  EXPECT_TRUE(Eventually([&] { return log.destroyed == 1; }));
}

TEST(DownloadTest, AReaderThatStopsReadingIsLetGoAtTheDeadline) {
  SourceLog log;
  NotesServer server(DownloadHandlers(log, 1'000'000, 1 << 20),
                     {.deadline_default = absl::Milliseconds(100)});
  grpc::ClientContext context;
  context.AddMetadata("authorization", std::string("Bearer ") + kQuality);
  const auto reader = server.Download(context, "x");
  NoteChunk chunk;
  ASSERT_TRUE(reader->Read(&chunk));
  EXPECT_TRUE(Eventually([&] { return log.destroyed == 1; }));
  EXPECT_TRUE(Eventually([&] {
    return server.MetricsText().find("code=\"DEADLINE_EXCEEDED\"") != std::string::npos;
  }));
}

}  // namespace
}  // namespace assay::platform
