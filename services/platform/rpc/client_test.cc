#include "services/platform/rpc/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "services/platform/rpc/notes_server.h"
#include "services/platform/testing/servers.h"

namespace assay::platform {
namespace {

using namespace testing;  // NOLINT: the harness is made for this file.

constexpr char kGet[] = "assay.rpctest.v1.NotesService/GetNote";
constexpr char kCheck[] = "assay.rpctest.v1.NotesService/CheckNote";

Call MakeCall() {
  Call call;
  call.bearer = kQuality;
  call.trace = "trace-1";
  return call;
}

std::unique_ptr<Client> ClientOf(const std::string& address, int attempts_max = 3) {
  ClientOptions options;
  options.address = address;
  options.attempts_max = attempts_max;
  options.backoff_min = absl::Milliseconds(1);
  return *Client::Create(std::move(options));
}

TEST(ClientTest, PassesOnWhoAsksAndWhy) {
  Call seen;
  NotesHandlers handlers;
  handlers.get = [&](const Call& call, const GetNoteRequest&, Transaction&) {
    seen = call;
    Note note;
    note.set_text("answer");
    return note;
  };
  NotesServer server(handlers);
  const auto client = ClientOf(server.address());
  const auto note = client->Ask<Note>(MakeCall(), kGet, Named("x"));
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(note->text(), "answer");
  EXPECT_EQ(seen.trace, "trace-1");
  EXPECT_EQ(seen.subject(), "users/ann");
}

TEST(ClientTest, KeepsTheReasonOfAnError) {
  std::atomic<int> calls = 0;
  NotesHandlers handlers;
  handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) -> absl::StatusOr<Note> {
    ++calls;
    return Error(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND", "there is none").With("n", "1");
  };
  NotesServer server(handlers);
  const auto answer = ClientOf(server.address())->Ask<Note>(MakeCall(), kGet, Named("x"));
  EXPECT_THAT(answer, IsError(absl::StatusCode::kNotFound, "NOTE_NOT_FOUND"));
  EXPECT_EQ(MetadataOf(answer.status(), "n"), "1");
  EXPECT_EQ(calls, 1) << "an answer is not asked for again";
}

TEST(ClientTest, TriesAgainWhatMayPass) {
  for (const auto code : {absl::StatusCode::kUnavailable, absl::StatusCode::kResourceExhausted}) {
    std::atomic<int> calls = 0;
    NotesHandlers handlers;
    handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) -> absl::StatusOr<Note> {
      if (++calls < 3) return absl::Status(code, "not now");
      return Note();
    };
    NotesServer server(handlers);
    EXPECT_THAT(ClientOf(server.address())->Ask<Note>(MakeCall(), kGet, Named("x")), IsOk());
    EXPECT_EQ(calls, 3);
  }
}

TEST(ClientTest, GivesUpAfterItsAttempts) {
  std::atomic<int> calls = 0;
  NotesHandlers handlers;
  handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) -> absl::StatusOr<Note> {
    ++calls;
    return absl::UnavailableError("never");
  };
  NotesServer server(handlers);
  EXPECT_THAT(ClientOf(server.address(), 4)->Ask<Note>(MakeCall(), kGet, Named("x")),
              IsError(absl::StatusCode::kUnavailable, "UNAVAILABLE"));
  EXPECT_EQ(calls, 4);
}

TEST(ClientTest, RepeatsAreABoundedShareOfAllCalls) {
  std::atomic<int> calls = 0;
  NotesHandlers handlers;
  handlers.get = [&](const Call&, const GetNoteRequest&, Transaction&) -> absl::StatusOr<Note> {
    ++calls;
    return absl::UnavailableError("never");
  };
  NotesServer server(handlers);
  const auto client = ClientOf(server.address(), 10);
  constexpr int kCalls = 300;
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_FALSE(client->Ask<Note>(MakeCall(), kGet, Named("x")).ok());
  }
  EXPECT_GT(calls, kCalls + 5);
  EXPECT_LE(calls, kCalls + kCalls / 10 + 10);
}

TEST(ClientTest, WaitsNoLongerThanTheCallerWould) {
  Gate go_on;
  NotesHandlers handlers;
  handlers.check = [&](const Call& call, const GetNoteRequest&) {
    Eventually([&] { return call.cancelled(); });
    return Note();
  };
  NotesServer server(handlers);
  const auto client = ClientOf(server.address());
  Call call = MakeCall();
  const absl::Time begun = SystemClock().Now();
  call.deadline = begun + absl::Milliseconds(100);
  EXPECT_EQ(client->Ask<Note>(call, kCheck, Named("x")).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(SystemClock().Now() - begun, absl::Seconds(2));

  call.deadline = begun - absl::Seconds(1);
  EXPECT_THAT(client->Ask<Note>(call, kCheck, Named("x")),
              IsError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
}

TEST(ClientTest, AsksNothingForACallerWhoLeft) {
  NotesServer server((NotesHandlers()));
  Call call = MakeCall();
  call.cancelled = [] { return true; };
  EXPECT_THAT(ClientOf(server.address())->Ask<Note>(call, kGet, Named("x")),
              IsError(absl::StatusCode::kCancelled, "CANCELLED"));
  EXPECT_EQ(server.authenticator.calls, 0);
}

TEST(ClientTest, AServiceThatIsNotThereIsUnavailableSoon) {
  const absl::Time begun = SystemClock().Now();
  for (const std::string& address : {absl::StrCat("127.0.0.1:", FreePort()), std::string()}) {
    EXPECT_THAT(ClientOf(address)->Ask<Note>(MakeCall(), kGet, Named("x")),
                IsError(absl::StatusCode::kUnavailable, "UNAVAILABLE"));
  }
  EXPECT_LT(SystemClock().Now() - begun, absl::Seconds(6));
}

TEST(ClientTest, FindsAServiceThatComesBack) {
  auto server = std::make_unique<NotesServer>(NotesHandlers());
  ClientOptions options;
  options.address = server->address();
  const auto client = *Client::Create(options);
  EXPECT_THAT(client->Ask<Note>(MakeCall(), kGet, Named("x")), IsOk());
  server->Stop();
  EXPECT_THAT(client->Ask<Note>(MakeCall(), kGet, Named("x")),
              IsError(absl::StatusCode::kUnavailable, "UNAVAILABLE"));
  NotesServer again(NotesHandlers(), {.port = server->port()});
  EXPECT_TRUE(Eventually([&] { return client->Ask<Note>(MakeCall(), kGet, Named("x")).ok(); }));
}

TEST(ClientTest, NeedsAllOfItsCertificatesOrNone) {
  ClientOptions options;
  options.address = "127.0.0.1:1";
  options.tls.certificate = "/nowhere/cert.pem";
  EXPECT_EQ(Client::Create(options).status().code(), absl::StatusCode::kInvalidArgument);
  options.tls.key = "/nowhere/key.pem";
  options.tls.authority = "/nowhere/ca.pem";
  EXPECT_EQ(Client::Create(options).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace assay::platform
