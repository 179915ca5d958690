// The real wiring, called as clients call it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/events.pb.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "assay/moderation/v1/moderation_service.pb.h"
#include "assay/moderation/v1/policy_service.pb.h"
#include "assay/moderation/v1/sample_service.pb.h"
#include "assay/moderation/v1/series_service.pb.h"
#include "assay/moderation/v1/submission_service.pb.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/moderation/testing/moderation_fixture.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kComponent;
using testing::kPackage;
using ::testing::SizeIs;

class ModerationTest : public testing::ModerationTest {
 protected:
  using testing::ModerationTest::ModerationTest;

  void Journey() {
    MakeComponent([](v1::Component& c) { c.set_qualification("qualifications/3818-13"); });
    const auto opened = Open("centres/urn-1", centre_);
    ASSERT_THAT(opened, IsOk());
    const std::string name = opened->name();
    EXPECT_EQ(name, kComponent + "/submissions/urn-1");
    EXPECT_EQ(opened->centre_title(), "Title of centres/urn-1");
    EXPECT_EQ(opened->state(), v1::Submission::STATE_OPEN);

    const auto imported = Import(name, Csv(60));
    ASSERT_THAT(imported, IsOk());
    EXPECT_EQ(imported->accepted_count(), 60);
    EXPECT_EQ(imported->encoding(), "UTF-8");
    const auto submitted = Submit(name);
    ASSERT_THAT(submitted, IsOk());
    EXPECT_EQ(submitted->marked_count(), 60);
    EXPECT_EQ(submitted->seed_commitment(), opened->seed_commitment());

    const auto sample = Draw(name);
    ASSERT_THAT(sample, IsOk());
    EXPECT_EQ(sample->policy_version(), "pearson-2026@1");
    EXPECT_EQ(sample->pool_count(), 60);
    EXPECT_EQ(sample->ladder_size(), 15);
    EXPECT_GE(sample->candidates_size(), 15);
    EXPECT_LE(sample->candidates_size(), 17);
    EXPECT_EQ(Sha256Hex(absl::HexStringToBytes(sample->secret())), opened->seed_commitment());
    EXPECT_EQ(std::count_if(sample->candidates().begin(), sample->candidates().end(),
                            [](const auto& c) { return c.stage() == 1; }),
              6);

    const auto moderator = MakeModerator("users/mod");
    ASSERT_THAT(Allocate(name), IsOk());
    // The moderator is six marks meaner wherever that is possible; the tolerance is four.
    const auto meaner = [](const std::string& number) { return std::max(MarkOf(number) - 6, 0); };
    MarkDue(name, meaner);
    auto judged = Judge(name);
    ASSERT_THAT(judged, IsOk());
    EXPECT_EQ(judged->action(), v1::ACTION_MARK_STAGE_2);
    EXPECT_FALSE(judged->final());
    EXPECT_EQ(judged->tolerance(), 4);
    EXPECT_EQ(judged->judged_count(), 6);
    EXPECT_EQ(judged->outstanding_count(), sample->candidates_size() - 6);
    EXPECT_THAT(Judge(name), IsError(Code::kFailedPrecondition, kMarksOutstanding));
    MarkDue(name, meaner);
    judged = Judge(name);
    ASSERT_THAT(judged, IsOk());
    EXPECT_EQ(judged->action(), v1::ACTION_ADJUSTED);
    EXPECT_TRUE(judged->final());
    EXPECT_NEAR(judged->line().slope(), 1, .1);
    EXPECT_NEAR(judged->mean_difference(), 6, 1);
    EXPECT_EQ(judged->before().count(), 60);
    EXPECT_LT(judged->after().mean(), judged->before().mean());
    EXPECT_EQ(judged->adjustment_policy_version(), "least-squares@1");

    EXPECT_THAT(Results(name, centre_), IsError(Code::kFailedPrecondition, kResultsNotReady));
    EXPECT_THAT(Release(name, " "), IsError(Code::kInvalidArgument, kFeedbackMissing));
    const auto released = Release(name);
    ASSERT_THAT(released, IsOk());
    EXPECT_EQ(released->state(), v1::Submission::STATE_RELEASED);
    const auto results = Results(name, centre_);
    ASSERT_THAT(results, IsOk());
    EXPECT_EQ(results->feedback().accuracy(), "Generous.");
    ASSERT_EQ(results->results_size(), 60);
    std::map<double, double> by_centre_mark;
    for (const v1::Result& result : results->results()) {
      EXPECT_EQ(result.basis(), "ADJUSTED");
      EXPECT_EQ(result.centre_mark(), MarkOf(result.candidate()));
      by_centre_mark[result.centre_mark()] = result.final_mark();
    }
    double last = 0;
    for (const auto& [before, after] : by_centre_mark) {
      EXPECT_GE(after, last);  // MOD-11: the order stays.
      last = after;
    }
    EXPECT_THAT(EventTypes(),
                ElementsAre("SubmissionOpened", "MarksRecorded", "SubmissionSubmitted",
                            "SampleDrawn", "EvidenceLockChanged", "SubmissionAllocated",
                            "SubmissionJudged", "SubmissionReleased", "EvidenceLockChanged"));
  }
};

TEST_F(ModerationTest, AJourneyFromOpeningToReleaseEndsInAnAdjustment) { Journey(); }

// SQL that only one engine takes, or a type that it guesses otherwise, shows here.
class ModerationOnPostgresTest : public ModerationTest {
 protected:
  ModerationOnPostgresTest() : ModerationTest(Uri().value_or("")) {}
  void SetUp() override {
    if (!Uri().ok()) GTEST_SKIP() << Uri().status().message();
  }
  static const absl::StatusOr<std::string>& Uri() {
    static const absl::StatusOr<std::string> uri = platform::testing::FreshPostgresUri();
    return uri;
  }
};

TEST_F(ModerationOnPostgresTest, TheSameJourneyEndsTheSameWay) { Journey(); }

// MOD-11: whoever has no mark keeps none, and what was carried forward is not adjusted.
TEST_F(ModerationTest, ResultsSayWhereEachMarkComesFrom) {
  MakeComponent();
  const std::string name = Open()->name();
  std::string csv = "candidate,mark,absent,withdrawn,carried_forward\n";
  for (int i = 1; i <= 12; ++i) absl::StrAppend(&csv, NumberOf(i), ",", i * 4 + 8, ",,,\n");
  csv += "d1,,yes,,\nd2,,,yes,\nd3,,,,\nd4,40,,,yes\nd5,0,,,\n";
  ASSERT_THAT(Import(name, csv), IsOk());
  ASSERT_THAT(Submit(name, true), IsOk());
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->candidates_size(), 13);  // All who can be drawn.
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Allocate(name), IsOk());
  const auto meaner = [](const std::string& number) {
    return number == "d5" ? 0 : std::stoi(number.substr(1)) * 4;
  };
  MarkDue(name, meaner);
  ASSERT_EQ(Judge(name)->action(), v1::ACTION_MARK_STAGE_2);
  MarkDue(name, meaner);
  ASSERT_EQ(Judge(name)->action(), v1::ACTION_ADJUSTED);
  std::map<std::string, std::string> others;
  const auto results = Results(name, officer_);
  for (const v1::Result& result : results->results()) {
    if (result.candidate()[0] != 'd') continue;
    others[result.candidate()] = result.has_final_mark()
                                     ? absl::StrCat(result.basis(), " ", result.final_mark())
                                     : result.basis();
  }
  EXPECT_THAT(others,
              ElementsAre(::testing::Pair("d1", "ABSENT"), ::testing::Pair("d2", "WITHDRAWN"),
                          ::testing::Pair("d3", "MISSING"), ::testing::Pair("d4", "CENTRE 40"),
                          ::testing::Pair("d5", "ADJUSTED 0")));
}

TEST_F(ModerationTest, MarksInsideToleranceStandAfterTheSubSample) {
  MakeComponent();
  const std::string name = Allocated(60);
  MarkDue(name, [](const std::string& number) { return MarkOf(number) - 1; });
  const auto judged = Judge(name);
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->action(), v1::ACTION_MARKS_STAND);
  EXPECT_EQ(judged->judged_count(), 6);
  EXPECT_EQ(judged->in_tolerance_count(), 6);
  const auto results = Results(name, officer_);
  ASSERT_THAT(results, IsOk());
  EXPECT_EQ(results->results(0).basis(), "CENTRE");
  EXPECT_EQ(results->results(0).final_mark(), results->results(0).centre_mark());
}

// MOD-11: no order in common: the sample grows once, then everything is called in.
TEST_F(ModerationTest, WithoutACommonOrderAllWorkIsCalledInAndTheModeratorsMarksStand) {
  MakeComponent();
  const std::string name = Allocated(60);
  const auto reversed = [](const std::string& number) { return 60 - MarkOf(number); };
  std::vector<v1::Action> actions;
  for (int round = 0; round < 4; ++round) {
    MarkDue(name, reversed);
    const auto judged = Judge(name);
    ASSERT_THAT(judged, IsOk());
    actions.push_back(judged->action());
  }
  EXPECT_THAT(actions, ElementsAre(v1::ACTION_MARK_STAGE_2, v1::ACTION_EXTEND_SAMPLE,
                                   v1::ACTION_CALL_IN_ALL, v1::ACTION_MODERATOR_MARKS_STAND));
  EXPECT_EQ(Work(name)->items_size(), 60);
  const auto submission = Get(name, officer_);
  v1::VerifySampleRequest verify;
  verify.set_name(submission->sample());
  const auto verified =
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, officer_);
  ASSERT_THAT(verified, IsOk());
  EXPECT_TRUE(verified->verified()) << verified->ShortDebugString();
  const auto results = Results(name, officer_);
  ASSERT_THAT(results, IsOk());
  for (const v1::Result& result : results->results()) {
    EXPECT_EQ(result.basis(), "MODERATOR");
    EXPECT_EQ(result.final_mark(), 60 - result.centre_mark());
  }
}

TEST_F(ModerationTest, AWholeSmallCohortIsDecidedByTheModeratorIfNoLineFits) {
  MakeComponent();
  const std::string name = Allocated(4);
  MarkDue(name, [](const std::string& number) { return 60 - MarkOf(number); });
  const auto judged = Judge(name);
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->action(), v1::ACTION_MODERATOR_MARKS_STAND);
  EXPECT_EQ(judged->judged_count(), 4);
}

// MOD-9
TEST_F(ModerationTest, AModeratorSeesNothingThatTellsTheCentresMarkBeforeTheOwnOne) {
  MakeComponent();
  const std::string name = Allocated(60);
  auto work = Work(name);
  ASSERT_THAT(work, IsOk());
  ASSERT_EQ(work->items_size(), 6);
  for (const v1::WorkItem& item : work->items()) EXPECT_FALSE(item.has_centre_mark());

  const auto submission = Get(name, moderator_);
  ASSERT_THAT(submission, IsOk());
  v1::GetSampleRequest get;
  get.set_name(submission->sample());
  const auto sample = Call<v1::Sample>("SampleService/GetSample", get, moderator_);
  ASSERT_THAT(sample, IsOk());
  for (const auto& candidate : sample->candidates()) EXPECT_THAT(candidate.reasons(), IsEmpty());
  EXPECT_FALSE(
      Call<v1::Sample>("SampleService/GetSample", get, officer_)->candidates(0).reasons().empty());

  v1::ListCandidatesRequest candidates;
  candidates.set_parent(name);
  EXPECT_THAT(
      Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", candidates, moderator_),
      IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));

  v1::RecordModeratorMarksRequest own;
  own.set_name(name);
  own.add_marks()->set_candidate(work->items(0).candidate());
  own.mutable_marks(0)->set_mark(30);
  ASSERT_THAT(Call<v1::RecordModeratorMarksResponse>("ModerationService/RecordModeratorMarks", own,
                                                     moderator_),
              IsOk());
  work = Work(name);
  EXPECT_EQ(work->items(0).centre_mark(), MarkOf(work->items(0).candidate()));
  EXPECT_FALSE(work->items(1).has_centre_mark());
  EXPECT_FALSE(Work(name, officer_)->items(1).has_centre_mark());
}

TEST_F(ModerationTest, ALeadModeratorWhoHasTheSubmissionDoesNotReadItsMarksElsewhere) {
  MakeComponent();
  const std::string lead = service_.Token({.subject = "users/mod", .roles = {"lead_moderator"}});
  const std::string other = service_.Token({.subject = "users/x", .roles = {"lead_moderator"}});
  const std::string name = Allocated(20);
  v1::ListCandidatesRequest request;
  request.set_parent(name);
  EXPECT_THAT(Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", request, lead),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", request, other),
              IsOk());
}

TEST_F(ModerationTest, OthersSubmissionsDoNotExist) {
  MakeComponent();
  const std::string name = Allocated(20);
  const std::string unallocated =
      service_.Token({.subject = "users/other", .roles = {"moderator"}});
  const std::string abroad = service_.Token(
      {.tenant = "tenant-b", .subject = "users/officer", .roles = {"quality", "admin"}});
  for (const std::string& token : {stranger_, unallocated, abroad}) {
    EXPECT_THAT(Get(name, token), IsError(Code::kNotFound, kSubmissionNotFound));
    v1::ListSubmissionsRequest list;
    list.set_parent("series/-/components/-");
    EXPECT_EQ(Call<v1::ListSubmissionsResponse>("SubmissionService/ListSubmissions", list, token)
                  ->submissions_size(),
              0);
  }
  EXPECT_THAT(Work(name, unallocated), IsError(Code::kNotFound, kSubmissionNotFound));
  EXPECT_THAT(Get(name, centre_), IsOk());
  EXPECT_EQ(Get(name, centre_)->moderator(), "");  // Not the centre's business.
  EXPECT_NE(Get(name, officer_)->moderator(), "");
  EXPECT_THAT(Open("centres/urn-2", centre_), IsError(Code::kNotFound, kCentreNotFound));
}

// The same scheme as the journey's, on every kind of bad row.
TEST_F(ModerationTest, EveryBadRowIsToldByLineColumnAndReason) {
  MakeComponent();
  const std::string name = Open()->name();
  const std::string csv =
      "\xEF\xBB\xBF"
      "candidate,mark,absent\r\n"
      "c1,12,\r\n"
      "c2,61,\r\n"
      "c3,1.5,\r\n"
      "c4,twelve,\r\n"
      "c1,13,\r\n"
      ",4,\r\n"
      "c5,4,maybe\r\n"
      "c6,4,yes\r\n"
      "c7,,yes\r\n"
      "c8,,\r\n"
      "c9,1,,,\r\n"
      "c10,9,no";
  const auto refused = Import(name, csv);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kMarksRefused));
  EXPECT_EQ(MetadataOf(refused.status(), "refused_count"), "8");
  EXPECT_THAT(FieldsOf(refused.status()),
              Contains(HasSubstr("row 3, column mark: MARK_ABOVE_MAXIMUM")));
  EXPECT_EQ(Get(name, centre_)->candidate_count(), 0);

  const auto tried = Import(name, csv, v1::MARKS_MODE_VALIDATE_ONLY);
  ASSERT_THAT(tried, IsOk());
  EXPECT_EQ(tried->accepted_count(), 4);
  EXPECT_EQ(Get(name, centre_)->candidate_count(), 0);

  const auto kept = Import(name, csv, v1::MARKS_MODE_KEEP_GOOD, "", 7);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->row_count(), 12);
  EXPECT_EQ(kept->accepted_count(), 4);
  EXPECT_EQ(kept->missing_count(), 1);
  EXPECT_TRUE(kept->truncated());
  std::vector<std::string> told;
  for (const v1::RefusedMark& row : kept->refused()) {
    told.push_back(absl::StrCat(row.row(), " ", row.field(), " ", row.reason()));
  }
  EXPECT_THAT(told, ElementsAre("3 mark MARK_ABOVE_MAXIMUM", "4 mark MARK_OFF_STEP",
                                "5 mark MARK_NOT_A_NUMBER", "6 candidate CANDIDATE_DUPLICATE",
                                "7 candidate CANDIDATE_MISSING", "8 absent FLAG_INVALID",
                                "9 mark MARK_FOR_ABSENT", "12  ROW_MALFORMED"));
  const auto submission = Get(name, centre_);
  EXPECT_EQ(submission->candidate_count(), 4);
  EXPECT_EQ(submission->marked_count(), 2);
  EXPECT_EQ(submission->missing_count(), 1);
  EXPECT_EQ(submission->excluded_count(), 1);
  EXPECT_THAT(Import(name, "number,mark\n1,2\n"),
              IsError(Code::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN"));
}

TEST_F(ModerationTest, ARowReplacesWhatWasRecordedForItsCandidate) {
  MakeComponent();
  const std::string name = Open()->name();
  ASSERT_THAT(Import(name, Csv(500)), IsOk());
  // Large and small replacements take different ways and must come to the same.
  for (int share : {500, 250, 3}) {
    std::string csv = "candidate\tmark\tabsent\n";
    for (int i = 1; i <= share; ++i) absl::StrAppend(&csv, NumberOf(i), "\t\tyes\n");
    absl::StrAppend(&csv, "new", share, "\t5\t\n");
    ASSERT_THAT(Import(name, csv), IsOk());
    EXPECT_EQ(Get(name, centre_)->excluded_count(), share);
    std::string back = Csv(500);
    ASSERT_THAT(Import(name, back), IsOk());
    EXPECT_EQ(Get(name, centre_)->excluded_count(), 0);
  }
  const auto submission = Get(name, centre_);
  EXPECT_EQ(submission->candidate_count(), 503);
  EXPECT_EQ(submission->marked_count(), 503);
  v1::ListCandidatesRequest list;
  list.set_parent(name);
  list.set_page_size(1000);
  EXPECT_EQ(Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", list, centre_)
                ->candidates_size(),
            503);
}

// QUAL-10, MOD-2
TEST_F(ModerationTest, GradeAndLearnerNumberComeBackAndABadNumberIsToldByItsRow) {
  MakeComponent();
  const std::string name = Open()->name();
  const auto response = Import(name,
                               "candidate,mark,grade,uln\n1,5,Pass,1000000043\n"
                               "2,6,Merit,1000000063\n3,7,,9999999999\n",
                               v1::MARKS_MODE_KEEP_GOOD);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->refused_size(), 1);
  EXPECT_EQ(response->refused(0).row(), 3);
  EXPECT_EQ(response->refused(0).field(), "uln");
  EXPECT_EQ(response->refused(0).reason(), kUlnInvalid);
  v1::ListCandidatesRequest list;
  list.set_parent(name);
  const auto candidates =
      Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", list, centre_);
  ASSERT_EQ(candidates->candidates_size(), 2);
  EXPECT_EQ(candidates->candidates(0).grade(), "Pass");
  EXPECT_EQ(candidates->candidates(0).uln(), "1000000043");
  EXPECT_EQ(candidates->candidates(1).grade(), "");
}

TEST_F(ModerationTest, MarksGivenInACallAreCheckedAlike) {
  MakeComponent();
  const std::string name = Open()->name();
  v1::RecordMarksRequest request;
  request.set_name(name);
  const auto add = [&](std::string number, double mark) {
    v1::Candidate& c = *request.add_candidates();
    c.set_candidate(number);
    c.set_mark(mark);
  };
  add("1", 12);
  add("2", 60.01);
  add("3", 12.345);
  add("4", -1);
  add("1", 4);
  const auto record = [&] {
    return Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", request, centre_);
  };
  const auto refused = record();
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kMarksRefused));
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre(HasSubstr("candidates[1].mark: MARK_ABOVE_MAXIMUM"),
                          HasSubstr("candidates[2].mark: MARK_OFF_STEP"),
                          HasSubstr("candidates[3].mark: MARK_NEGATIVE"),
                          HasSubstr("candidates[4].candidate: CANDIDATE_DUPLICATE")));
  request.set_mode(v1::MARKS_MODE_KEEP_GOOD);
  const auto kept = record();
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->accepted_count(), 1);
  EXPECT_EQ(kept->refused_count(), 4);
  request.set_etag("\"77\"");
  EXPECT_THAT(record(), IsError(Code::kAborted, "ETAG_MISMATCH"));
  request.clear_etag();
  for (int i = 0; i < 10'000; ++i) request.add_candidates();
  EXPECT_THAT(record(), IsError(Code::kInvalidArgument, kTooManyCandidates));
}

TEST_F(ModerationTest, ARepeatedImportIsAnsweredWithoutRunningAgain) {
  MakeComponent();
  const std::string name = Open()->name();
  const std::string id = "7b0b4a6e-3f0e-4bb0-9a55-3a1c8e9f1d2a";
  const auto first = Import(name, Csv(20), v1::MARKS_MODE_UNSPECIFIED, id);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  const auto again = Import(name, Csv(20), v1::MARKS_MODE_UNSPECIFIED, id, 13);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(Import(name, Csv(21), v1::MARKS_MODE_UNSPECIFIED, id),
              IsError(Code::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_THAT(Import(name, Csv(20)), IsError(Code::kFailedPrecondition, kSubmissionNotOpen));
}

TEST_F(ModerationTest, MissingMarksHoldASubmissionBackUnlessAllowed) {
  MakeComponent();
  const std::string name = Open()->name();
  EXPECT_THAT(Submit(name), IsError(Code::kFailedPrecondition, kSubmissionEmpty));
  ASSERT_THAT(Import(name, "candidate,mark\n1,5\n2,\n3,\n"), IsOk());
  const auto held = Submit(name);
  EXPECT_THAT(held, IsError(Code::kFailedPrecondition, kMarksMissing));
  EXPECT_EQ(MetadataOf(held.status(), "missing_count"), "2");
  v1::ListCandidatesRequest missing;
  missing.set_parent(name);
  missing.set_missing_only(true);
  EXPECT_EQ(Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", missing, centre_)
                ->candidates_size(),
            2);
  ASSERT_THAT(Submit(name, true), IsOk());
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->candidates_size(), 1);
}

// MOD-1, MOD-4
TEST_F(ModerationTest, ACorrectionVoidsTheSampleAndCommitsToANewSecret) {
  MakeComponent();
  const std::string name = Allocated(40);
  const auto before = Get(name, officer_);
  const auto correct = [&](std::string candidate, double mark, std::string reason,
                           const std::string& token) {
    v1::CorrectMarkRequest request;
    request.set_name(name);
    request.set_candidate(candidate);
    request.set_mark(mark);
    request.set_reason(reason);
    return Call<v1::Submission>("SubmissionService/CorrectMark", request, token);
  };
  EXPECT_THAT(correct("c001", 3, "typing error", centre_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(correct("c001", 3, "", officer_), IsError(Code::kInvalidArgument, kReasonMissing));
  EXPECT_THAT(correct("c001", 61, "x", officer_),
              IsError(Code::kInvalidArgument, kMarkAboveMaximum));
  EXPECT_THAT(correct("c001", 3.5, "x", officer_), IsError(Code::kInvalidArgument, kMarkOffStep));
  EXPECT_THAT(correct("nobody", 3, "x", officer_), IsError(Code::kNotFound, kCandidateNotFound));
  const auto corrected = correct("c001", 3, "typing error", officer_);
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->state(), v1::Submission::STATE_SUBMITTED);
  EXPECT_TRUE(corrected->cohort_changed());
  EXPECT_EQ(corrected->sample(), "");
  EXPECT_NE(corrected->seed_commitment(), before->seed_commitment());

  v1::VerifySampleRequest verify;
  verify.set_name(before->sample());
  const auto old = Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, officer_);
  ASSERT_THAT(old, IsOk());
  EXPECT_FALSE(old->verified());
  EXPECT_TRUE(old->commitment_fits());
  EXPECT_FALSE(old->candidate_list_fits());
  const auto second = Draw(name);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(Sha256Hex(absl::HexStringToBytes(second->secret())), corrected->seed_commitment());
  v1::ListSamplesRequest list;
  list.set_parent(name);
  const auto samples = Call<v1::ListSamplesResponse>("SampleService/ListSamples", list, centre_);
  ASSERT_EQ(samples->samples_size(), 2);
  EXPECT_EQ(samples->samples(0).state(), v1::Sample::STATE_VOID);
  EXPECT_EQ(samples->samples(1).state(), v1::Sample::STATE_IN_FORCE);
  verify.set_name(second->name());
  EXPECT_TRUE(
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, centre_)->verified());
}

// MOD-4: verification is worth nothing if it cannot fail.
TEST_F(ModerationTest, VerificationSeesATamperedSample) {
  MakeComponent();
  const std::string name = Allocated(40);
  v1::VerifySampleRequest verify;
  verify.set_name(Get(name, officer_)->sample());
  const auto run = [&] {
    return *Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, officer_);
  };
  EXPECT_TRUE(run().verified());
  const auto tamper = [&](std::string_view sql) {
    ASSERT_THAT(service_.database().WriteNow(
                    [&](platform::Transaction& tx) { return tx.Execute(sql, {}).status(); }),
                IsOk());
  };
  tamper(
      "DELETE FROM sample_candidates WHERE candidate = "
      "(SELECT MIN(candidate) FROM sample_candidates)");
  EXPECT_FALSE(run().candidates_fit());
  tamper("UPDATE samples SET secret = seed");
  EXPECT_FALSE(run().commitment_fits());
  EXPECT_FALSE(run().seed_fits());
}

TEST_F(ModerationTest, StepsOutOfOrderAreRefusedWithTheStateThatIsNeeded) {
  MakeComponent();
  const std::string name = Open()->name();
  const auto drawn = Draw(name);
  EXPECT_THAT(drawn, IsError(Code::kFailedPrecondition, kSubmissionStateWrong));
  EXPECT_EQ(MetadataOf(drawn.status(), "state"), "open");
  EXPECT_EQ(MetadataOf(drawn.status(), "needed"), "submitted");
  EXPECT_THAT(Allocate(name), IsError(Code::kFailedPrecondition, kSubmissionStateWrong));
  EXPECT_THAT(Release(name), IsError(Code::kFailedPrecondition, kSubmissionStateWrong));
  EXPECT_THAT(Results(name, officer_), IsError(Code::kFailedPrecondition, kResultsNotReady));
  ASSERT_THAT(Import(name, "candidate,mark,absent\n1,,yes\n"), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(Submit(name), IsError(Code::kFailedPrecondition, kSubmissionNotOpen));
  EXPECT_THAT(Draw(name), IsError(Code::kFailedPrecondition, kNobodyToDraw));
}

// MOD-7
TEST_F(ModerationTest, AllocationNeverBreaksAConflictOrACapacity) {
  MakeComponent();
  std::vector<std::string> names;
  for (int i = 1; i <= 3; ++i) {
    const std::string centre = absl::StrCat("centres/urn-", i);
    const std::string name = Open(centre)->name();
    v1::RecordMarksRequest marks;
    marks.set_name(name);
    marks.add_candidates()->set_candidate("1");
    marks.mutable_candidates(0)->set_mark(5);
    ASSERT_THAT(Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", marks, officer_),
                IsOk());
    v1::SubmitSubmissionRequest submit;
    submit.set_name(name);
    ASSERT_THAT(Call<v1::Submission>("SubmissionService/SubmitSubmission", submit, officer_),
                IsOk());
    ASSERT_THAT(Draw(name), IsOk());
    names.push_back(name);
  }
  EXPECT_THAT(Allocate(names[0]), IsError(Code::kFailedPrecondition, kNobodyCanTakeIt));
  const auto friends = MakeModerator("users/friend", {"centres/urn-1"});
  const auto small = MakeModerator("users/small", {}, 1);
  EXPECT_THAT(MakeModerator("users/small"), IsError(Code::kAlreadyExists, kModeratorExists));
  EXPECT_THAT(Allocate(names[0], friends->name()),
              IsError(Code::kFailedPrecondition, kModeratorConflict));
  const auto first = Allocate(names[0]);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->moderator(), small->name());
  EXPECT_THAT(Allocate(names[1], small->name()),
              IsError(Code::kFailedPrecondition, kModeratorFull));
  EXPECT_THAT(Allocate(names[1], "moderators/nobody"),
              IsError(Code::kNotFound, kModeratorNotFound));
  EXPECT_THAT(Allocate(names[1], "", true), IsError(Code::kFailedPrecondition, kEvidenceMissing));
  others_status_ = absl::UnavailableError("down");
  EXPECT_THAT(Allocate(names[1], "", true), IsError(Code::kUnavailable, kEvidenceUnavailable));
  others_status_ = absl::OkStatus();
  evidence_count_ = 2;
  EXPECT_EQ(Allocate(names[1], "", true)->moderator(), friends->name());
  const auto stuck = Allocate(names[0]);
  EXPECT_THAT(stuck, IsError(Code::kFailedPrecondition, kNobodyCanTakeIt));
  EXPECT_EQ(MetadataOf(stuck.status(), "conflicted"), "1");
  v1::GetModeratorRequest get;
  get.set_name(friends->name());
  EXPECT_EQ(Call<v1::Moderator>("ModerationService/GetModerator", get, officer_)->allocated_count(),
            1);
}

TEST_F(ModerationTest, ModeratorMarksAreRecordedAllOrNoneAndOnce) {
  MakeComponent();
  const std::string name = Allocated(40);
  const auto work = Work(name);
  v1::RecordModeratorMarksRequest request;
  request.set_name(name);
  const auto add = [&](std::string candidate, double mark) {
    v1::ModeratorMark& own = *request.add_marks();
    own.set_candidate(candidate);
    own.set_mark(mark);
  };
  const auto record = [&](const std::string& token) {
    return Call<v1::RecordModeratorMarksResponse>("ModerationService/RecordModeratorMarks", request,
                                                  token);
  };
  add(work->items(0).candidate(), 10);
  add(work->items(1).candidate(), 61);
  add(work->items(2).candidate(), 10.5);
  add("nobody", 10);
  add(work->items(0).candidate(), 11);
  const auto refused = record(moderator_);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kMarksRefused));
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre(HasSubstr("marks[1].mark: MARK_ABOVE_MAXIMUM"),
                          HasSubstr("marks[2].mark: MARK_OFF_STEP"),
                          HasSubstr("marks[3].candidate: CANDIDATE_NOT_IN_SAMPLE"),
                          HasSubstr("marks[4].candidate: CANDIDATE_DUPLICATE")));
  EXPECT_FALSE(Work(name)->items(0).has_moderator_mark());
  request.clear_marks();
  add(work->items(0).candidate(), 10);
  EXPECT_EQ(record(moderator_)->outstanding_count(), 5);
  const auto twice = record(moderator_);
  EXPECT_THAT(FieldsOf(twice.status()), ElementsAre(HasSubstr("MARK_ALREADY_RECORDED")));
  const std::string lead = service_.Token({.subject = "users/lead", .roles = {"lead_moderator"}});
  EXPECT_THAT(record(lead), IsError(Code::kNotFound, kSubmissionNotFound));
}

TEST_F(ModerationTest, ASubmissionIsOpenedOnlyWithApproval) {
  MakeComponent([](v1::Component& c) { c.set_qualification("qualifications/3818-13"); });
  approved_ = false;
  const auto refused = Open();
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kApprovalNotInForce));
  EXPECT_EQ(MetadataOf(refused.status(), "why"), "NO_APPROVAL");
  others_status_ = platform::Error(Code::kNotFound, "CENTRE_NOT_FOUND", "no");
  EXPECT_THAT(Open(), IsError(Code::kNotFound, kCentreNotFound));
  others_status_ = absl::UnavailableError("down");
  EXPECT_THAT(Open(), IsError(Code::kUnavailable, kApprovalUnavailable));
  others_status_ = absl::OkStatus();
  approved_ = true;
  EXPECT_THAT(Open(), IsOk());
  EXPECT_THAT(Open(), IsError(Code::kAlreadyExists, kSubmissionExists));
}

TEST_F(ModerationTest, BadComponentsAndIdsAreRefused) {
  MakeComponent();
  const auto create = [&](std::string id, const std::function<void(v1::Component&)>& change) {
    v1::CreateComponentRequest request;
    request.set_parent("series/summer-2026");
    request.set_component_id(id);
    v1::Component& c = *request.mutable_component();
    c.set_title("T");
    c.set_mark_max(60);
    c.set_sampling_policy("jcq-classic");
    c.set_tolerance_policy("one-mark");
    c.set_adjustment_policy("least-squares");
    change(c);
    return Call<v1::Component>("SeriesService/CreateComponent", request, officer_);
  };
  EXPECT_THAT(create("ok", [](v1::Component&) {}), IsOk());
  EXPECT_THAT(create("ok", [](v1::Component&) {}), IsError(Code::kAlreadyExists, kComponentExists));
  EXPECT_THAT(create("Not OK", [](v1::Component&) {}), IsError(Code::kInvalidArgument, kIdInvalid));
  for (double max : {0.0, -1.0, 10'001.0, 60.001, std::nan("")}) {
    EXPECT_THAT(create("x", [&](v1::Component& c) { c.set_mark_max(max); }),
                IsError(Code::kInvalidArgument, kMarkScaleInvalid));
  }
  EXPECT_THAT(create("x", [](v1::Component& c) { c.set_mark_step(7); }),
              IsError(Code::kInvalidArgument, kMarkScaleInvalid));
  EXPECT_THAT(create("x", [](v1::Component& c) { c.set_sampling_policy("one-mark"); }),
              IsError(Code::kNotFound, kPolicyNotFound));
  EXPECT_THAT(create("x", [](v1::Component& c) { c.clear_title(); }),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Get("submissions/1", officer_), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(ModerationTest, ListsArePagedAndTokensBelongToTheirQuery) {
  MakeComponent();
  for (int i = 1; i <= 5; ++i) ASSERT_THAT(Open(absl::StrCat("centres/urn-", i)), IsOk());
  v1::ListSubmissionsRequest request;
  request.set_parent(kComponent);
  request.set_page_size(2);
  std::vector<std::string> names;
  std::string token_of_first;
  for (int page = 0; page < 10; ++page) {
    const auto listed =
        Call<v1::ListSubmissionsResponse>("SubmissionService/ListSubmissions", request, officer_);
    ASSERT_THAT(listed, IsOk());
    for (const auto& s : listed->submissions()) names.push_back(s.centre());
    request.set_page_token(listed->next_page_token());
    if (page == 0) token_of_first = listed->next_page_token();
    if (listed->next_page_token().empty()) break;
  }
  EXPECT_THAT(names, ElementsAre("centres/urn-1", "centres/urn-2", "centres/urn-3", "centres/urn-4",
                                 "centres/urn-5"));
  request.set_page_token(token_of_first);
  request.set_parent("series/-/components/-");
  EXPECT_THAT(
      Call<v1::ListSubmissionsResponse>("SubmissionService/ListSubmissions", request, officer_),
      IsError(Code::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(ModerationTest, ATokenThatNamesACentreActsForThatCentreOnly) {
  MakeComponent();
  const std::string portal =
      service_.Token({.subject = "users/portal", .roles = {"portal"}, .centre = "centres/urn-1"});
  const std::string name = Open("centres/urn-1", portal)->name();
  EXPECT_THAT(Open("centres/urn-2", portal), IsError(Code::kNotFound, kCentreNotFound));
  ASSERT_THAT(Import(name, Csv(20)), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  v1::DrawSampleRequest draw;
  draw.set_parent(name);
  EXPECT_THAT(Call<v1::Sample>("SampleService/DrawSample", draw, portal),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

TEST_F(ModerationTest, ApprovalsEventsAreTakenAndBrokenOnesRefused) {
  approval::v1::CentreStateChanged changed;
  changed.set_centre("centres/urn-1");
  platform::Event event{.id = "1",
                        .type = changed.GetDescriptor()->full_name(),
                        .tenant = "tenant-a",
                        .subject = "centres/urn-1",
                        .time = service_.clock().Now(),
                        .payload = changed.SerializeAsString()};
  EXPECT_THAT(service_.Deliver(event), IsOk());
  event.payload = "\xff";
  EXPECT_EQ(service_.Deliver(event).code(), Code::kInvalidArgument);
  event.type = "assay.approval.v1.SomethingLater";
  EXPECT_THAT(service_.Deliver(event), IsOk());
}

TEST_F(ModerationTest, PoliciesCanBeRead) {
  const auto listed = Call<v1::ListPoliciesResponse>("PolicyService/ListPolicies",
                                                     v1::ListPoliciesRequest(), centre_);
  ASSERT_THAT(listed, IsOk());
  std::vector<std::string> names;
  for (const v1::Policy& policy : listed->policies()) names.push_back(policy.name());
  EXPECT_THAT(names, ::testing::IsSupersetOf({"policies/jcq-classic", "policies/least-squares",
                                              "policies/one-mark", "policies/pearson-2026"}));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  v1::GetPolicyRequest get;
  get.set_name("policies/jcq-classic");
  const auto policy = Call<v1::Policy>("PolicyService/GetPolicy", get, centre_);
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->kind(), "sampling");
  EXPECT_THAT(policy->document(), HasSubstr("\"ladder\""));
  get.set_name("policies/none");
  EXPECT_THAT(Call<v1::Policy>("PolicyService/GetPolicy", get, centre_),
              IsError(Code::kNotFound, kPolicyNotFound));
}

}  // namespace
}  // namespace assay::moderation
