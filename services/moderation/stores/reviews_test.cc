#include "services/moderation/stores/reviews.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/moderation/errors.h"
#include "services/moderation/store.h"
#include "services/moderation/stores/evidence_locks.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class ReviewStoreTest : public platform::testing::EngineTest {
 protected:
  ReviewStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  template <typename Body>
  void Do(Body body) {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status { return body(tx); }), IsOk());
  }
  static Caller Who(Reach reach, std::string tenant = "t") {
    return {.tenant = std::move(tenant), .subject = "users/x", .reach = reach, .now = kNow};
  }
  static Caller All(std::string tenant = "t") { return Who({.all = true}, std::move(tenant)); }

  // A released submission with results of two candidates, whose work was the sample.
  Submission Released(const std::string& centre) {
    Submission s{.name = {"s", "c", centre},
                 .centre = "centres/" + centre,
                 .secret = "secret",
                 .create_time = kNow};
    Do([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(store_.InsertSubmission(tx, "t", s));
      s.state = State::kReleased;
      s.sample = "01s";
      s.moderator_subject = "users/m";
      RETURN_IF_ERROR(store_.UpdateSubmission(tx, All(), s));
      Sample sample{.id = "01s", .create_time = kNow};
      sample.picks = {{.candidate = "1", .stage = Stage::kSubSample, .mark = 900},
                      {.candidate = "2", .stage = Stage::kSample, .mark = 1900},
                      {.candidate = "3", .stage = Stage::kSample}};  // Never judged.
      RETURN_IF_ERROR(store_.InsertSample(tx, "t", s.number, sample));
      const std::vector<Result> results = {
          {.candidate = "1", .centre_mark = 1000, .final_mark = 900, .basis = Basis::kAdjusted},
          {.candidate = "2", .centre_mark = 2000, .final_mark = 1900, .basis = Basis::kAdjusted}};
      return store_.InsertResults(tx, "t", s.number, results);
    });
    return s;
  }
  Review Put(const Submission& s, const std::string& id) {
    Review review{.submission = s.number,
                  .name = {s.name, id},
                  .centre = s.centre,
                  .centre_title = "Castle",
                  .policy = "post-results@1",
                  .grounds = "too mean",
                  .requested_by = "users/exams",
                  .create_time = kNow,
                  .update_time = kNow};
    Do([&](Transaction& tx) { return reviews_.InsertReview(tx, "t", review); });
    return review;
  }
  std::vector<std::string> Ids(const Caller& caller, const ReviewFilter& filter) {
    std::vector<std::string> ids;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto found, reviews_.ListReviews(tx, caller, filter, "", 10));
      ids.clear();
      for (const Review& review : found) ids.push_back(review.name.id);
      return absl::OkStatus();
    });
    return ids;
  }

  Store store_;
  ReviewStore reviews_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ReviewStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(ReviewStoreTest, AReviewComesBackAsItWasKept) {
  const Submission s = Released("a");
  Review review = Put(s, "r1");
  review.state = ReviewState::kReleased;
  review.reviewer = "m2";
  review.reviewer_subject = "users/senior";
  review.verdict = Verdict::kAdjust;
  review.raised = 2;
  review.reasons = "because";
  review.outcome_time = kNow;
  review.appeal_end = kNow + absl::Hours(1);
  Review stale = review;
  Do([&](Transaction& tx) { return reviews_.UpdateReview(tx, All(), review); });
  EXPECT_EQ(review.version, 2);
  Do([&](Transaction& tx) -> absl::Status {
    EXPECT_THAT(reviews_.UpdateReview(tx, All(), stale),
                IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
    ASSIGN_OR_RETURN(const Review found, reviews_.GetReview(tx, All(), review.name));
    EXPECT_EQ(found.state, ReviewState::kReleased);
    EXPECT_EQ(found.verdict, Verdict::kAdjust);
    EXPECT_EQ(found.raised, 2);
    EXPECT_EQ(found.grounds, "too mean");
    EXPECT_EQ(found.outcome_time, kNow);
    EXPECT_EQ(found.reasons_time, std::nullopt);
    EXPECT_EQ(found.appeal_end, kNow + absl::Hours(1));
    EXPECT_EQ(found.version, 2);
    return absl::OkStatus();
  });
}

TEST_P(ReviewStoreTest, WhatIsOutOfReachDoesNotExist) {
  const Submission s = Released("a");
  Review review = Put(s, "r1");
  review.reviewer_subject = "users/senior";
  Do([&](Transaction& tx) { return reviews_.UpdateReview(tx, All(), review); });
  Put(Released("b"), "r2");
  EXPECT_THAT(Ids(All(), {}), ElementsAre("r1", "r2"));
  EXPECT_THAT(Ids(All(), {.submission = s.name}), ElementsAre("r1"));
  EXPECT_THAT(Ids(Who({.centre = "centres/b"}), {}), ElementsAre("r2"));
  EXPECT_THAT(Ids(Who({.moderator = "users/senior"}), {}), ElementsAre("r1"));
  EXPECT_THAT(Ids(Who({}), {}), ElementsAre());
  EXPECT_THAT(Ids(All("u"), {}), ElementsAre());
  EXPECT_THAT(Ids(All(), {.state = static_cast<int>(ReviewState::kReleased)}), ElementsAre());
  Do([&](Transaction& tx) -> absl::Status {
    EXPECT_THAT(reviews_.GetReview(tx, Who({.centre = "centres/b"}), review.name),
                IsError(absl::StatusCode::kNotFound, kReviewNotFound));
    ReviewName other = review.name;
    other.submission.id = "b";  // The id is right, the path is not.
    EXPECT_THAT(reviews_.GetReview(tx, All(), other),
                IsError(absl::StatusCode::kNotFound, kReviewNotFound));
    return absl::OkStatus();
  });
}

TEST_P(ReviewStoreTest, TheWorkIsWhatWasJudgedAndEachMarkIsGivenOnce) {
  const Submission s = Released("a");
  const Review review = Put(s, "r1");
  Do([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t count, reviews_.OpenWork(tx, "t", s, review));
    EXPECT_EQ(count, 2);
    ASSIGN_OR_RETURN(bool recorded, reviews_.RecordMark(tx, All(), review, "1", 950));
    EXPECT_TRUE(recorded);
    ASSIGN_OR_RETURN(recorded, reviews_.RecordMark(tx, All(), review, "1", 960));
    EXPECT_FALSE(recorded);
    ASSIGN_OR_RETURN(recorded, reviews_.RecordMark(tx, All(), review, "3", 950));
    EXPECT_FALSE(recorded);
    ASSIGN_OR_RETURN(const auto work, reviews_.ListWork(tx, "t", review, "", 10));
    EXPECT_EQ(work.size(), 2u);
    EXPECT_EQ(work.at(0).mark, 950);
    EXPECT_EQ(work.at(0).centre_mark, 1000);
    EXPECT_EQ(work.at(0).moderator_mark, 900);
    EXPECT_EQ(work.at(1).mark, std::nullopt);
    ASSIGN_OR_RETURN(const Review found, reviews_.GetReview(tx, All(), review.name));
    EXPECT_EQ(found.outstanding, 1);
    return absl::OkStatus();
  });
}

TEST_P(ReviewStoreTest, ChangesGoIntoTheResultsOfTheirCandidatesOnly) {
  const Submission s = Released("a");
  const Review review = Put(s, "r1");
  const std::vector<Reviewed> changes = {
      {.before = {.candidate = "2", .final_mark = 1900, .basis = Basis::kAdjusted},
       .after = {.candidate = "2", .final_mark = 2000, .basis = Basis::kCentre}}};
  Do([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(reviews_.InsertChanges(tx, "t", review, changes));
    RETURN_IF_ERROR(reviews_.ApplyChanges(tx, "t", review));
    ASSIGN_OR_RETURN(const auto results, store_.ListResults(tx, "t", s.number, "", 10));
    EXPECT_EQ(results.at(0).final_mark, 900);
    EXPECT_EQ(results.at(1).final_mark, 2000);
    EXPECT_EQ(results.at(1).basis, Basis::kCentre);
    ASSIGN_OR_RETURN(const auto listed, reviews_.ListChanges(tx, "t", review, "", 10));
    EXPECT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed.at(0).before.final_mark, 1900);
    return absl::OkStatus();
  });
}

TEST_P(ReviewStoreTest, EverybodyWhoHadAPartIsInvolved) {
  const Submission s = Released("a");
  Review review = Put(s, "r1");
  review.reviewer_subject = "users/senior";
  review.accepted_by = "users/officer";
  Do([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(reviews_.UpdateReview(tx, All(), review));
    RETURN_IF_ERROR(reviews_.PutRelease(tx, "t", s.number,
                                        {.policy = "p@1",
                                         .released_by = "users/releaser",
                                         .release_time = kNow,
                                         .review_end = kNow + absl::Hours(1)}));
    ASSIGN_OR_RETURN(const auto release, reviews_.FindRelease(tx, "t", s.number));
    EXPECT_EQ(release->review_end, kNow + absl::Hours(1));
    ASSIGN_OR_RETURN(const auto involved, reviews_.Involved(tx, "t", s));
    EXPECT_THAT(involved,
                ElementsAre("users/m", "users/officer", "users/releaser", "users/senior"));
    return absl::OkStatus();
  });
}

TEST_P(ReviewStoreTest, AnAppealComesBackAsItWasKept) {
  const Submission s = Released("a");
  const Review review = Put(s, "r1");
  Appeal appeal{.submission = s.number,
                .name = {review.name, "a1"},
                .centre = s.centre,
                .grounds = "the wrong folder",
                .lodged_by = "users/exams",
                .create_time = kNow,
                .update_time = kNow};
  Do([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(reviews_.InsertAppeal(tx, "t", appeal));
    appeal.state = AppealState::kInHearing;
    appeal.panel = {"users/a", "users/b"};
    RETURN_IF_ERROR(reviews_.UpdateAppeal(tx, All(), appeal));
    ASSIGN_OR_RETURN(const Appeal found, reviews_.GetAppeal(tx, All(), appeal.name));
    EXPECT_EQ(found.state, AppealState::kInHearing);
    EXPECT_THAT(found.panel, ElementsAre("users/a", "users/b"));
    EXPECT_THAT(reviews_.GetAppeal(tx, Who({.moderator = "users/m"}), appeal.name),
                IsError(absl::StatusCode::kNotFound, kAppealNotFound));
    ASSIGN_OR_RETURN(const auto all, reviews_.AppealsOf(tx, "t", s));
    EXPECT_EQ(all.size(), 1u);
    return absl::OkStatus();
  });
}

TEST_P(ReviewStoreTest, LocksFallDueAtTheirEnd) {
  const LockTerm until{.locked = true, .until = kNow};
  Do([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(PutEvidenceLock(tx, "t", "series/s/components/c/submissions/a", until));
    RETURN_IF_ERROR(
        PutEvidenceLock(tx, "t", "series/s/components/c/submissions/b", {.locked = true}));
    ASSIGN_OR_RETURN(auto due, DueEvidenceLocks(tx, kNow - absl::Seconds(1), 10));
    EXPECT_EQ(due.size(), 0u);
    ASSIGN_OR_RETURN(due, DueEvidenceLocks(tx, kNow, 10));
    EXPECT_EQ(due.size(), 1u);
    EXPECT_EQ(due.at(0).submission, "series/s/components/c/submissions/a");
    ASSIGN_OR_RETURN(LockTerm term, FindEvidenceLock(tx, "t", due.at(0).submission));
    EXPECT_EQ(term, until);
    RETURN_IF_ERROR(PutEvidenceLock(tx, "t", due.at(0).submission, {}));
    ASSIGN_OR_RETURN(term, FindEvidenceLock(tx, "t", due.at(0).submission));
    EXPECT_EQ(term, LockTerm());
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace assay::moderation
