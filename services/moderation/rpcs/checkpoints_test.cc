#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/time/civil_time.h"
#include "assay/moderation/v1/checkpoint_service.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "services/moderation/store.h"
#include "services/moderation/testing/moderation_fixture.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kSeries = "series/summer-2026";
const std::string kSubmission = kComponent + "/submissions/urn-1";

absl::Time At(int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), absl::UTCTimeZone());
}

class CheckpointsTest : public ModerationTest {
 protected:
  CheckpointsTest() { MakeComponent(); }

  absl::StatusOr<v1::Series> SetDates(std::optional<absl::Time> marks_due,
                                      std::optional<absl::Time> release = std::nullopt) {
    v1::UpdateSeriesRequest request;
    request.mutable_series()->set_name(kSeries);
    request.mutable_series()->set_title("Summer 2026");
    if (marks_due.has_value()) {
      request.mutable_series()->mutable_marks_due_time()->set_seconds(
          absl::ToUnixSeconds(*marks_due));
    }
    if (release.has_value()) {
      request.mutable_series()->mutable_release_time()->set_seconds(absl::ToUnixSeconds(*release));
    }
    return Call<v1::Series>("SeriesService/UpdateSeries", request, officer_);
  }
  void Sweep() { ASSERT_THAT(service_.RunPeriodic("moderation.checkpoints"), IsOk()); }

  template <typename Payload>
  std::vector<Payload> Events() {
    std::vector<Payload> payloads;
    for (const platform::Event& event : service_.Outbox()) {
      if (event.type != Payload::descriptor()->full_name()) continue;
      EXPECT_TRUE(payloads.emplace_back().ParseFromString(event.payload));
    }
    return payloads;
  }
  std::vector<v1::CheckpointRaised> Raised() { return Events<v1::CheckpointRaised>(); }
  std::vector<v1::CheckpointCompleted> Completed() { return Events<v1::CheckpointCompleted>(); }

  // Submissions of many centres without candidates, as the store keeps them.
  void OpenMany(int count) {
    Store store;
    ASSERT_THAT(service_.database().WriteNow([&](platform::Transaction& tx) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        const std::string id = absl::StrCat("urn-", 200'000 + i);
        Submission s{.name = {"summer-2026", "coursework", id},
                     .centre = "centres/" + id,
                     .secret = std::string(32, 's')};
        RETURN_IF_ERROR(store.InsertSubmission(tx, "tenant-a", s));
      }
      return absl::OkStatus();
    }),
                IsOk());
  }
  absl::StatusOr<v1::RunCheckpointsResponse> Run() {
    v1::RunCheckpointsRequest request;
    request.set_parent(kSeries);
    return Call<v1::RunCheckpointsResponse>("CheckpointService/RunCheckpoints", request, officer_);
  }
  std::map<std::string, v1::Checkpoint> List() {
    v1::ListCheckpointsRequest request;
    request.set_parent(kSeries);
    request.set_page_size(3);
    std::map<std::string, v1::Checkpoint> found;
    do {
      const auto page =
          Call<v1::ListCheckpointsResponse>("CheckpointService/ListCheckpoints", request, officer_);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const v1::Checkpoint& c : page->checkpoints()) {
        found[c.name().substr(c.name().rfind('/') + 1)] = c;
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
};

TEST_F(CheckpointsTest, EachCheckpointTellsEachCentreOnceHoweverOftenItRuns) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(Import(kSubmission, "candidate,mark\n1,10\n2,\n"), IsOk());
  ASSERT_THAT(Open("centres/urn-2"), IsOk());
  ASSERT_THAT(SetDates(At(5, 29, 12)), IsOk());  // Today is 1 May: 28 days ahead.
  Sweep();
  Sweep();
  ASSERT_THAT(Run(), IsOk());
  ASSERT_THAT(Raised(), SizeIs(2));
  const v1::CheckpointRaised first = Raised()[0];
  EXPECT_EQ(first.submission(), kSubmission);
  EXPECT_EQ(first.centre(), "centres/urn-1");
  EXPECT_EQ(first.checkpoint(), kSeries + "/checkpoints/marks-due-28-days-ahead");
  EXPECT_EQ(first.term(), "marks due");
  EXPECT_EQ(first.due_date(), "2026-05-29");
  EXPECT_EQ(first.days_left(), 28);
  EXPECT_EQ(first.when(), "in 28 days");
  EXPECT_EQ(first.timing(), "AHEAD");
  EXPECT_EQ(first.party(), "CENTRE_EXAMS");
  EXPECT_EQ(first.message(), "1 candidate has no mark. The centre has not handed its marks in.");
  ASSERT_THAT(Completed(), SizeIs(1));
  EXPECT_EQ(Completed()[0].notice_count(), 2);
  EXPECT_EQ(Completed()[0].outcome(), "SOME");
}

TEST_F(CheckpointsTest, TheNextOneComesInItsTimeAndOnlyForWhatIsStillMissing) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(Import(kSubmission, Csv(3)), IsOk());
  ASSERT_THAT(Open("centres/urn-2"), IsOk());
  ASSERT_THAT(SetDates(At(5, 29, 12)), IsOk());
  Sweep();
  ASSERT_THAT(Raised(), SizeIs(2));
  ASSERT_THAT(Submit(kSubmission), IsOk());
  service_.clock().Set(At(5, 21, 23));
  Sweep();
  EXPECT_THAT(Raised(), SizeIs(2));
  service_.clock().Set(At(5, 22));
  Sweep();
  ASSERT_THAT(Raised(), SizeIs(3));
  EXPECT_EQ(Raised()[2].centre(), "centres/urn-2");
  EXPECT_EQ(Raised()[2].days_left(), 7);
  // The service was down on the 28th and 29th: what it missed is past, what is overdue is told.
  service_.clock().Set(At(5, 30, 4));
  Sweep();
  ASSERT_THAT(Raised(), SizeIs(4));
  EXPECT_EQ(Raised()[3].timing(), "OVERDUE");
  EXPECT_EQ(Raised()[3].when(), "1 day overdue");
  EXPECT_EQ(Completed().back().timing(), "OVERDUE");
  const auto listed = List();
  EXPECT_EQ(listed.at("marks-due-28-days-ahead").state(), v1::Checkpoint::STATE_DONE);
  EXPECT_EQ(listed.at("marks-due-28-days-ahead").notice_count(), 2);
  EXPECT_EQ(listed.at("marks-due-1-day-ahead").state(), v1::Checkpoint::STATE_PASSED);
  EXPECT_EQ(listed.at("marks-due-1-day-overdue").state(), v1::Checkpoint::STATE_DONE);
  EXPECT_EQ(listed.at("marks-due-7-days-overdue").state(), v1::Checkpoint::STATE_PLANNED);
  EXPECT_EQ(listed.at("marks-due-7-days-overdue").run_time().seconds(),
            absl::ToUnixSeconds(At(6, 5)));
}

TEST_F(CheckpointsTest, GoesOnWhereItStopped) {
  OpenMany(1'150);
  ASSERT_THAT(SetDates(At(5, 29, 12)), IsOk());
  const auto part = Run();
  ASSERT_THAT(part, IsOk());
  EXPECT_EQ(part->notice_count(), 1'000);
  EXPECT_TRUE(part->more());
  EXPECT_EQ(List().at("marks-due-28-days-ahead").state(), v1::Checkpoint::STATE_RUNNING);
  EXPECT_THAT(Completed(), IsEmpty());
  Sweep();
  std::set<std::string> told;
  for (const v1::CheckpointRaised& raised : Raised()) told.insert(raised.submission());
  EXPECT_THAT(Raised(), SizeIs(1'150));
  EXPECT_THAT(told, SizeIs(1'150));
  ASSERT_THAT(Completed(), SizeIs(1));
  EXPECT_EQ(Completed()[0].notice_count(), 1'150);
}

TEST_F(CheckpointsTest, ADateThatMovesIsLookedAtAnew) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(SetDates(At(5, 29, 12)), IsOk());
  Sweep();
  ASSERT_THAT(SetDates(At(5, 5, 12)), IsOk());
  Sweep();
  ASSERT_THAT(Raised(), SizeIs(2));
  // The latest that has come is the one of a week ahead; what it says is true today.
  EXPECT_THAT(Raised()[1].checkpoint(), HasSubstr("marks-due-7-days-ahead"));
  EXPECT_EQ(Raised()[1].when(), "in 4 days");
  EXPECT_EQ(Raised()[1].due_date(), "2026-05-05");
  ASSERT_THAT(SetDates(std::nullopt), IsOk());
  service_.clock().Set(At(5, 5));
  Sweep();
  EXPECT_THAT(Raised(), SizeIs(2));
  EXPECT_THAT(List(), IsEmpty());
}

TEST_F(CheckpointsTest, WhatNobodyWillHaveOnResultsDayIsToldBeforeIt) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(Import(kSubmission, Csv(5) + "c006,,,,\n"), IsOk());
  ASSERT_THAT(Submit(kSubmission, true), IsOk());
  ASSERT_THAT(Draw(kSubmission), IsOk());
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Allocate(kSubmission), IsOk());
  MarkDue(kSubmission, [](const std::string& c) { return MarkOf(c); });
  ASSERT_THAT(Judge(kSubmission), IsOk());
  ASSERT_THAT(Release(kSubmission), IsOk());
  ASSERT_THAT(SetDates(std::nullopt, At(5, 8, 12)), IsOk());
  Sweep();
  ASSERT_THAT(Raised(), SizeIs(1));
  EXPECT_THAT(Raised()[0].message(), HasSubstr("there is no result"));
  EXPECT_EQ(Raised()[0].term(), "release");
}

TEST_F(CheckpointsTest, AModeratorIsToldOfTheirOwnWork) {
  Allocated(20);
  v1::UpdateSeriesRequest request;
  request.mutable_series()->set_name(kSeries);
  request.mutable_series()->set_title("Summer 2026");
  request.mutable_series()->mutable_moderation_due_time()->set_seconds(
      absl::ToUnixSeconds(At(5, 2, 12)));
  ASSERT_THAT(Call<v1::Series>("SeriesService/UpdateSeries", request, officer_), IsOk());
  Sweep();
  ASSERT_THAT(Raised(), SizeIs(1));
  EXPECT_EQ(Raised()[0].party(), "MODERATOR");
  EXPECT_EQ(Raised()[0].moderator_subject(), "users/mod");
  EXPECT_EQ(Raised()[0].when(), "in 1 day");
}

TEST_F(CheckpointsTest, APreviewShowsWhatADayWouldRaiseAndRaisesNothing) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(Open("centres/urn-2"), IsOk());
  ASSERT_THAT(SetDates(At(6, 30, 12), At(7, 1, 12)), IsOk());
  v1::PreviewCheckpointsRequest request;
  request.set_parent(kSeries);
  request.set_page_size(1);
  const auto preview = [&] {
    std::vector<std::string> found;
    request.clear_page_token();
    do {
      const auto page = Call<v1::PreviewCheckpointsResponse>("CheckpointService/PreviewCheckpoints",
                                                             request, officer_);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const v1::CheckpointNotice& n : page->notices()) {
        found.push_back(n.checkpoint().substr(n.checkpoint().rfind('/') + 1) + " " + n.centre());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  };
  EXPECT_THAT(preview(), IsEmpty());  // Nothing is due today.
  request.mutable_time()->set_seconds(absl::ToUnixSeconds(At(6, 29, 8)));
  EXPECT_THAT(
      preview(),
      ElementsAre("marks-due-1-day-ahead centres/urn-1", "marks-due-1-day-ahead centres/urn-2",
                  "release-3-days-ahead centres/urn-1", "release-3-days-ahead centres/urn-2"));
  Sweep();
  EXPECT_THAT(Raised(), IsEmpty());
}

TEST_F(CheckpointsTest, OnlyOfficersLookAtThem) {
  v1::ListCheckpointsRequest request;
  request.set_parent(kSeries);
  for (const std::string& token : {centre_, moderator_}) {
    EXPECT_THAT(
        Call<v1::ListCheckpointsResponse>("CheckpointService/ListCheckpoints", request, token),
        IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  }
  request.set_parent("series/none");
  EXPECT_THAT(
      Call<v1::ListCheckpointsResponse>("CheckpointService/ListCheckpoints", request, officer_),
      IsError(Code::kNotFound, kSeriesNotFound));
}

}  // namespace
}  // namespace assay::moderation::testing
