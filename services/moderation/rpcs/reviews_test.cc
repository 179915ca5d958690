// Reviews of moderation, appeals and the lock on evidence (MOD-13), through the service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/moderation/v1/award_service.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "assay/moderation/v1/review_service.pb.h"
#include "services/moderation/errors.h"
#include "services/moderation/testing/moderation_fixture.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/servers.h"

namespace assay::moderation {
namespace {

using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::AllOf;
using testing::Code;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using testing::kComponent;
using testing::kPackage;
using ::testing::Not;

class ReviewTest : public testing::ModerationTest {
 protected:
  explicit ReviewTest(std::string database = "") : ModerationTest(std::move(database)) {
    senior_ = service_.Token({.subject = "users/senior", .roles = {"moderator"}});
    second_officer_ = service_.Token({.subject = "users/second", .roles = {"quality"}});
    third_officer_ = service_.Token({.subject = "users/third", .roles = {"quality"}});
  }

  static double SixMeaner(const std::string& number) { return std::max(MarkOf(number) - 6, 0); }

  // A released submission of 60 candidates whose marks were adjusted by about six.
  std::string Adjusted() {
    MakeComponent();
    const std::string name = Allocated(60);
    for (int stage = 0; stage < 2; ++stage) {
      MarkDue(name, SixMeaner);
      EXPECT_THAT(Judge(name), IsOk());
    }
    EXPECT_THAT(Release(name), IsOk());
    v1::CreateModeratorRequest request;
    request.mutable_moderator()->set_subject("users/senior");
    request.mutable_moderator()->set_seniority(1);
    const auto senior = Call<v1::Moderator>("ModerationService/CreateModerator", request, officer_);
    EXPECT_THAT(senior, IsOk());
    senior_name_ = senior->name();
    return name;
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(std::string_view method, const Request& request,
                               const std::string& token) {
    return Call<Response>(absl::StrCat("ReviewService/", std::string(method)), request, token);
  }

  absl::StatusOr<v1::Review> Request(const std::string& submission, std::string token = "",
                                     std::string grounds = "The moderator was too mean.") {
    v1::CreateReviewRequest request;
    request.set_parent(submission);
    request.mutable_review()->set_grounds(grounds);
    return Ask<v1::Review>("CreateReview", request, token.empty() ? centre_ : token);
  }
  absl::StatusOr<v1::Review> Accept(const std::string& review, const std::string& moderator) {
    v1::AcceptReviewRequest request;
    request.set_name(review);
    request.set_reviewer(moderator);
    return Ask<v1::Review>("AcceptReview", request, officer_);
  }
  template <typename Request>
  absl::StatusOr<v1::Review> Step(std::string_view method, const std::string& review,
                                  const std::string& token, const std::string& reasons = "") {
    Request request;
    request.set_name(review);
    if constexpr (requires { request.set_reasons(reasons); }) request.set_reasons(reasons);
    return Ask<v1::Review>(method, request, token);
  }
  absl::StatusOr<v1::Review> GetReview(const std::string& review, const std::string& token) {
    return Step<v1::GetReviewRequest>("GetReview", review, token);
  }
  absl::StatusOr<v1::ListReviewWorkResponse> ReviewWork(const std::string& review,
                                                        const std::string& token) {
    v1::ListReviewWorkRequest request;
    request.set_parent(review);
    request.set_page_size(1000);
    return Ask<v1::ListReviewWorkResponse>("ListReviewWork", request, token);
  }
  void MarkReview(const std::string& review,
                  const std::function<double(const std::string&)>& judge) {
    const auto work = ReviewWork(review, senior_);
    ASSERT_THAT(work, IsOk());
    v1::RecordReviewMarksRequest request;
    request.set_name(review);
    for (const v1::ReviewWorkItem& item : work->items()) {
      if (item.has_reviewer_mark()) continue;
      v1::ModeratorMark& mark = *request.add_marks();
      mark.set_candidate(item.candidate());
      mark.set_mark(judge(item.candidate()));
    }
    const auto recorded = Ask<v1::RecordReviewMarksResponse>("RecordReviewMarks", request, senior_);
    ASSERT_THAT(recorded, IsOk());
    EXPECT_EQ(recorded->outstanding_count(), 0);
  }
  // An outcome by a reviewer who marks as `judge` says.
  std::string Released(const std::string& submission,
                       const std::function<double(const std::string&)>& judge,
                       const std::string& reasons = "") {
    const auto review = Request(submission);
    EXPECT_THAT(review, IsOk());
    EXPECT_THAT(Accept(review->name(), senior_name_), IsOk());
    MarkReview(review->name(), judge);
    EXPECT_THAT(Step<v1::JudgeReviewRequest>("JudgeReview", review->name(), senior_), IsOk());
    EXPECT_THAT(Step<v1::ReleaseReviewRequest>("ReleaseReview", review->name(), officer_, reasons),
                IsOk());
    return review->name();
  }

  absl::StatusOr<v1::Appeal> LodgeAppeal(const std::string& review) {
    v1::CreateAppealRequest request;
    request.set_parent(review);
    request.mutable_appeal()->set_grounds("The reviewer saw the wrong folder.");
    return Ask<v1::Appeal>("CreateAppeal", request, centre_);
  }
  absl::StatusOr<v1::Appeal> Hear(const std::string& appeal,
                                  const std::vector<std::string>& panel) {
    v1::HearAppealRequest request;
    request.set_name(appeal);
    for (const std::string& member : panel) request.add_panel(member);
    return Ask<v1::Appeal>("HearAppeal", request, officer_);
  }
  absl::StatusOr<v1::Appeal> Decide(const std::string& appeal, bool upheld,
                                    const std::string& token,
                                    const std::string& reasons = "We have looked.") {
    v1::DecideAppealRequest request;
    request.set_name(appeal);
    request.set_upheld(upheld);
    request.set_reasons(reasons);
    return Ask<v1::Appeal>("DecideAppeal", request, token);
  }

  // What the evidence service was last told: "locked", "unlocked", or the hours it is locked for.
  std::string Lock() {
    std::string told = "nothing";
    for (const platform::Event& event : service_.Outbox()) {
      if (event.type != kPackage + "EvidenceLockChanged") continue;
      v1::EvidenceLockChanged payload;
      EXPECT_TRUE(payload.ParseFromString(event.payload));
      told = !payload.locked()           ? "unlocked"
             : !payload.has_until_time() ? "locked"
                                         : absl::StrCat("until ", payload.until_time().seconds());
    }
    return told;
  }
  std::string UntilMidnightAfter(int days) {
    absl::TimeZone london;
    EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &london));
    const absl::CivilDay today = absl::ToCivilDay(service_.clock().Now(), london);
    return absl::StrCat("until ", absl::ToUnixSeconds(absl::FromCivil(today + days + 1, london)));
  }

  void Journey() {
    const std::string name = Adjusted();
    EXPECT_EQ(Lock(), UntilMidnightAfter(35));
    const auto requested = Request(name);
    ASSERT_THAT(requested, IsOk());
    EXPECT_EQ(requested->state(), v1::Review::STATE_REQUESTED);
    EXPECT_EQ(requested->policy_version(), "post-results@1");
    EXPECT_EQ(Lock(), "locked");
    const std::string review = requested->name();
    const auto accepted = Accept(review, senior_name_);
    ASSERT_THAT(accepted, IsOk());
    EXPECT_EQ(accepted->reviewer(), senior_name_);

    const auto before = Results(name, centre_);
    MarkReview(review, [](const std::string& number) { return MarkOf(number); });
    const auto judged = Step<v1::JudgeReviewRequest>("JudgeReview", review, senior_);
    ASSERT_THAT(judged, IsOk());
    EXPECT_EQ(judged->action(), v1::ACTION_MARKS_STAND);
    EXPECT_FALSE(judged->moderation_stands());
    // The centre learns nothing before the release, and its results are as they were.
    EXPECT_EQ(GetReview(review, centre_)->state(), v1::Review::STATE_ACCEPTED);
    EXPECT_EQ(GetReview(review, centre_)->action(), v1::ACTION_UNSPECIFIED);
    EXPECT_EQ(GetReview(review, centre_)->reviewer(), "");
    EXPECT_EQ(Results(name, centre_)->results(0).final_mark(), before->results(0).final_mark());

    const auto released =
        Step<v1::ReleaseReviewRequest>("ReleaseReview", review, officer_, "In tolerance.");
    ASSERT_THAT(released, IsOk());
    EXPECT_EQ(released->state(), v1::Review::STATE_RELEASED);
    EXPECT_NE(released->appeal_last_day(), "");
    EXPECT_EQ(Lock(), UntilMidnightAfter(35));  // The review's own window ends later here.
    const auto after = Results(name, centre_);
    ASSERT_EQ(after->results_size(), before->results_size());
    int raised = 0;
    for (int i = 0; i < after->results_size(); ++i) {
      EXPECT_EQ(after->results(i).final_mark(), after->results(i).centre_mark());
      EXPECT_GE(after->results(i).final_mark(), before->results(i).final_mark());
      raised += after->results(i).final_mark() > before->results(i).final_mark() ? 1 : 0;
    }
    EXPECT_EQ(released->raised_count(), raised);
    EXPECT_GT(raised, 0);
    v1::ListReviewChangesRequest changes;
    changes.set_parent(review);
    changes.set_page_size(1000);
    const auto listed = Ask<v1::ListReviewChangesResponse>("ListReviewChanges", changes, centre_);
    ASSERT_THAT(listed, IsOk());
    EXPECT_EQ(listed->changes_size(), raised);
    for (const v1::ReviewChange& change : listed->changes()) {
      EXPECT_GT(change.after(), change.before());
      EXPECT_EQ(change.basis(), "CENTRE");
    }

    const auto appeal = LodgeAppeal(review);
    ASSERT_THAT(appeal, IsOk());
    EXPECT_EQ(Lock(), "locked");
    ASSERT_THAT(Hear(appeal->name(), {"users/second", "users/third"}), IsOk());
    const auto decided = Decide(appeal->name(), true, second_officer_);
    ASSERT_THAT(decided, IsOk());
    EXPECT_EQ(decided->state(), v1::Appeal::STATE_UPHELD);
    const auto ordered = GetReview(decided->ordered_review(), officer_);
    ASSERT_THAT(ordered, IsOk());
    EXPECT_EQ(ordered->state(), v1::Review::STATE_REQUESTED);
    EXPECT_EQ(ordered->ordered_by(), appeal->name());
    EXPECT_EQ(Lock(), "locked");
    // Whoever reviewed before does not review again.
    EXPECT_THAT(Accept(ordered->name(), senior_name_),
                IsError(Code::kFailedPrecondition, kReviewerUnfit));
    EXPECT_THAT(EventTypes(),
                ::testing::IsSupersetOf({"ReviewRequested", "ReviewAccepted", "ReviewJudged",
                                         "ReviewReleased", "AppealLodged", "AppealInHearing",
                                         "AppealPanelNamed", "AppealDecided"}));
  }

  std::string senior_, second_officer_, third_officer_;
  std::string senior_name_;
};

TEST_F(ReviewTest, AReviewRaisesResultsAndAnUpheldAppealOrdersAnother) { Journey(); }

class ReviewOnPostgresTest : public ReviewTest {
 protected:
  ReviewOnPostgresTest() : ReviewTest(Uri().value_or("")) {}
  void SetUp() override {
    if (!Uri().ok()) GTEST_SKIP() << Uri().status().message();
  }
  static const absl::StatusOr<std::string>& Uri() {
    static const absl::StatusOr<std::string> uri = platform::testing::FreshPostgresUri();
    return uri;
  }
};

TEST_F(ReviewOnPostgresTest, TheSameJourneyEndsTheSameWay) { Journey(); }

TEST_F(ReviewTest, MarksThatStandAreNotReviewed) {
  MakeComponent();
  const std::string name = Allocated(60);
  EXPECT_THAT(Request(name), IsError(Code::kFailedPrecondition, kSubmissionStateWrong));
  MarkDue(name, [](const std::string& number) { return MarkOf(number); });
  ASSERT_THAT(Judge(name), IsOk());
  ASSERT_THAT(Release(name), IsOk());
  EXPECT_THAT(Request(name), IsError(Code::kFailedPrecondition, kReviewNotDue));
}

TEST_F(ReviewTest, OnlyTheCentreAsksAndOnlyOnce) {
  const std::string name = Adjusted();
  EXPECT_THAT(Request(name, stranger_), IsError(Code::kNotFound, kSubmissionNotFound));
  EXPECT_THAT(Request(name, officer_), IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Request(name, centre_, " "), IsError(Code::kInvalidArgument, kReasonMissing));
  const auto review = Request(name);
  ASSERT_THAT(review, IsOk());
  EXPECT_THAT(Request(name), IsError(Code::kAlreadyExists, kReviewExists));
  EXPECT_THAT(GetReview(review->name(), stranger_), IsError(Code::kNotFound, kReviewNotFound));
  EXPECT_THAT(GetReview(review->name(), senior_), IsError(Code::kNotFound, kReviewNotFound));
  ASSERT_THAT(Step<v1::WithdrawReviewRequest>("WithdrawReview", review->name(), centre_), IsOk());
  EXPECT_EQ(Lock(), UntilMidnightAfter(35));
  EXPECT_THAT(Request(name), IsOk());  // It was taken back, and there is time.
}

TEST_F(ReviewTest, TheLastDayCountsToItsMidnightInTheBodysZone) {
  const std::string name = Adjusted();
  absl::TimeZone london;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/London", &london));
  const absl::CivilDay today = absl::ToCivilDay(service_.clock().Now(), london);
  const absl::Time end = absl::FromCivil(today + 36, london);
  service_.clock().Advance(end - absl::Seconds(1) - service_.clock().Now());
  const auto in_time = Request(name);
  ASSERT_THAT(in_time, IsOk());
  ASSERT_THAT(Step<v1::WithdrawReviewRequest>("WithdrawReview", in_time->name(), centre_), IsOk());
  service_.clock().Advance(absl::Seconds(1));
  const auto late = Request(name);
  EXPECT_THAT(late, IsError(Code::kFailedPrecondition, kReviewWindowClosed));
  EXPECT_EQ(MetadataOf(late.status(), "window_end"), absl::FormatCivilTime(today + 35));
}

TEST_F(ReviewTest, TheReviewerIsAnotherMoreSeniorAndWithoutATie) {
  const std::string name = Adjusted();
  const auto review = Request(name);
  ASSERT_THAT(review, IsOk());
  v1::ListModeratorsRequest all;
  const auto moderators =
      Call<v1::ListModeratorsResponse>("ModerationService/ListModerators", all, officer_);
  ASSERT_THAT(moderators, IsOk());
  const auto why = [&](const std::string& moderator) {
    const auto refused = Accept(review->name(), moderator);
    EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kReviewerUnfit));
    return MetadataOf(refused.status(), "why");
  };
  for (const v1::Moderator& moderator : moderators->moderators()) {
    if (moderator.subject() == "users/mod") {
      EXPECT_EQ(why(moderator.name()), "involved");
    }
  }
  EXPECT_EQ(why(MakeModerator("users/peer")->name()), "not senior");
  EXPECT_EQ(why(MakeModerator("users/friend", {"centres/urn-1"})->name()), "conflict");
  EXPECT_THAT(Accept(review->name(), "moderators/nobody"),
              IsError(Code::kNotFound, kModeratorNotFound));
  EXPECT_THAT(Accept(review->name(), senior_name_), IsOk());
}

// MOD-9: neither the centre's mark nor the moderator's before the own one.
TEST_F(ReviewTest, TheReviewerMarksTheOriginalSampleBlind) {
  const std::string name = Adjusted();
  const auto sample = Get(name, officer_)->sample();
  v1::GetSampleRequest get;
  get.set_name(sample);
  const int drawn = Call<v1::Sample>("SampleService/GetSample", get, officer_)->candidates_size();
  const std::string review = Request(name)->name();
  EXPECT_THAT(ReviewWork(review, senior_), IsError(Code::kNotFound, kReviewNotFound));
  ASSERT_THAT(Accept(review, senior_name_), IsOk());
  const auto work = ReviewWork(review, senior_);
  ASSERT_THAT(work, IsOk());
  EXPECT_EQ(work->items_size(), drawn);  // No more and no fewer.
  for (const v1::ReviewWorkItem& item : work->items()) {
    EXPECT_FALSE(item.has_centre_mark() || item.has_moderator_mark());
  }
  EXPECT_THAT(Step<v1::JudgeReviewRequest>("JudgeReview", review, senior_),
              IsError(Code::kFailedPrecondition, kMarksOutstanding));
  v1::RecordReviewMarksRequest own;
  own.set_name(review);
  own.add_marks()->set_candidate(work->items(0).candidate());
  own.mutable_marks(0)->set_mark(30);
  own.add_marks()->set_candidate("c999");
  const auto refused = Ask<v1::RecordReviewMarksResponse>("RecordReviewMarks", own, senior_);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kMarksRefused));
  own.mutable_marks()->RemoveLast();
  EXPECT_THAT(Ask<v1::RecordReviewMarksResponse>("RecordReviewMarks", own, moderator_),
              IsError(Code::kNotFound, kReviewNotFound));
  ASSERT_THAT(Ask<v1::RecordReviewMarksResponse>("RecordReviewMarks", own, senior_), IsOk());
  const auto seen = ReviewWork(review, senior_);
  EXPECT_EQ(seen->items(0).centre_mark(), MarkOf(seen->items(0).candidate()));
  EXPECT_EQ(seen->items(0).moderator_mark(), SixMeaner(seen->items(0).candidate()));
  EXPECT_FALSE(seen->items(1).has_centre_mark());
  EXPECT_THAT(Ask<v1::RecordReviewMarksResponse>("RecordReviewMarks", own, senior_),
              IsError(Code::kInvalidArgument, kMarksRefused));
}

// MOD-9: a lead moderator may read much, but not of what they review.
TEST_F(ReviewTest, AReviewerReadsTheMarksNowhereElse) {
  const std::string name = Adjusted();
  const std::string lead = service_.Token({.subject = "users/senior", .roles = {"lead_moderator"}});
  v1::ListCandidatesRequest candidates;
  candidates.set_parent(name);
  const auto marks = [&] {
    return Call<v1::ListCandidatesResponse>("SubmissionService/ListCandidates", candidates, lead)
        .status();
  };
  EXPECT_THAT(marks(), IsOk());
  const std::string review = Request(name)->name();
  ASSERT_THAT(Accept(review, senior_name_), IsOk());
  for (const absl::Status& status :
       {marks(), Results(name, lead).status(), Work(name, lead).status()}) {
    EXPECT_THAT(status, IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  }
  MarkReview(review, SixMeaner);
  ASSERT_THAT(Step<v1::JudgeReviewRequest>("JudgeReview", review, senior_), IsOk());
  EXPECT_THAT(marks(), IsOk());
}

TEST_F(ReviewTest, AHarsherReviewerLowersNobody) {
  const std::string name = Adjusted();
  const auto before = Results(name, centre_);
  const std::string review =
      Released(name, [](const std::string& number) { return std::max(MarkOf(number) - 12, 0); });
  EXPECT_TRUE(GetReview(review, centre_)->moderation_stands());
  EXPECT_EQ(GetReview(review, centre_)->action(), v1::ACTION_ADJUSTED);
  const auto after = Results(name, centre_);
  for (int i = 0; i < after->results_size(); ++i) {
    EXPECT_EQ(after->results(i).final_mark(), before->results(i).final_mark());
  }
}

TEST_F(ReviewTest, ARefusalGivesReasonsAndCanBeAppealed) {
  const std::string name = Adjusted();
  const std::string review = Request(name)->name();
  EXPECT_THAT(LodgeAppeal(review), IsError(Code::kFailedPrecondition, kReviewStateWrong));
  EXPECT_THAT(Step<v1::RefuseReviewRequest>("RefuseReview", review, officer_, ""),
              IsError(Code::kInvalidArgument, kReasonMissing));
  const auto refused = Step<v1::RefuseReviewRequest>("RefuseReview", review, officer_, "No fee.");
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->reasons(), "No fee.");
  const auto accepted = Accept(review, senior_name_);
  EXPECT_THAT(accepted, IsError(Code::kFailedPrecondition, kReviewStateWrong));
  EXPECT_EQ(MetadataOf(accepted.status(), "state"), "refused");
  EXPECT_EQ(MetadataOf(accepted.status(), "needed"), "requested or accepted");
  EXPECT_THAT(LodgeAppeal(review), IsOk());
  EXPECT_THAT(LodgeAppeal(review), IsError(Code::kAlreadyExists, kAppealExists));
}

// MOD-13: 30 days of the outcome, or 15 of the reasons.
TEST_F(ReviewTest, ReasonsThatComeLateGiveMoreTimeToAppeal) {
  const std::string name = Adjusted();
  const std::string review = Released(name, SixMeaner);
  service_.clock().Advance(absl::Hours(24 * 29));
  const auto given = Step<v1::GiveReviewReasonsRequest>("GiveReviewReasons", review, officer_,
                                                        "The work was as marked.");
  ASSERT_THAT(given, IsOk());
  EXPECT_THAT(Step<v1::GiveReviewReasonsRequest>("GiveReviewReasons", review, officer_, "Again."),
              IsError(Code::kFailedPrecondition, kReviewStateWrong));
  EXPECT_EQ(Lock(), UntilMidnightAfter(15));
  service_.clock().Advance(absl::Hours(24 * 15));
  EXPECT_THAT(LodgeAppeal(review), IsOk());
  service_.clock().Advance(absl::Hours(24));
}

TEST_F(ReviewTest, AnAppealIsHeardInTimeByPeopleWhoHadNoPart) {
  const std::string name = Adjusted();
  const std::string review = Released(name, SixMeaner, "As marked.");
  const std::string appeal = LodgeAppeal(review)->name();
  const auto why = [&](const std::vector<std::string>& panel) {
    const auto refused = Hear(appeal, panel);
    EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kPanelUnfit));
    return MetadataOf(refused.status(), "why");
  };
  EXPECT_EQ(why({}), "too few");
  EXPECT_EQ(why({"users/second", "users/second"}), "too few");
  EXPECT_EQ(why({"users/second", "users/mod"}), "involved");
  EXPECT_EQ(why({"users/second", "users/senior"}), "involved");
  EXPECT_EQ(why({"users/second", "users/officer"}), "involved");
  EXPECT_THAT(Hear(appeal, {"second"}), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Decide(appeal, true, second_officer_),
              IsError(Code::kFailedPrecondition, kAppealStateWrong));
  ASSERT_THAT(Hear(appeal, {"users/second", "users/third"}), IsOk());
  EXPECT_THAT(Decide(appeal, true, officer_), IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Decide(appeal, false, third_officer_, " "),
              IsError(Code::kInvalidArgument, kReasonMissing));
  const auto decided = Decide(appeal, false, third_officer_);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->state(), v1::Appeal::STATE_NOT_UPHELD);
  EXPECT_EQ(decided->ordered_review(), "");
  EXPECT_THAT(LodgeAppeal(review), IsError(Code::kAlreadyExists, kAppealExists));
}

TEST_F(ReviewTest, AnAppealAfterItsWindowIsTooLate) {
  const std::string name = Adjusted();
  const std::string review = Released(name, SixMeaner, "As marked.");
  service_.clock().Advance(absl::Hours(24 * 31));
  const auto late = LodgeAppeal(review);
  EXPECT_THAT(late, IsError(Code::kFailedPrecondition, kAppealWindowClosed));
  EXPECT_EQ(MetadataOf(late.status(), "window_end"), GetReview(review, centre_)->appeal_last_day());
}

TEST_F(ReviewTest, EvidenceIsReleasedWhenTheLastWindowHasPassed) {
  const std::string name = Adjusted();
  service_.clock().Advance(absl::Hours(24 * 20));
  const std::string review = Released(name, SixMeaner, "As marked.");
  EXPECT_EQ(Lock(), UntilMidnightAfter(30));
  ASSERT_THAT(service_.RunPeriodic("moderation.evidence_locks"), IsOk());
  EXPECT_EQ(Lock(), UntilMidnightAfter(30));
  service_.clock().Advance(absl::Hours(24 * 31));
  ASSERT_THAT(service_.RunPeriodic("moderation.evidence_locks"), IsOk());
  EXPECT_EQ(Lock(), "unlocked");
  const std::size_t events = service_.Outbox().size();
  ASSERT_THAT(service_.RunPeriodic("moderation.evidence_locks"), IsOk());
  EXPECT_EQ(service_.Outbox().size(), events);  // Once is enough.
}

TEST_F(ReviewTest, ListsShowACentreItsOwnAndAReviewerWhatWasGiven) {
  const std::string name = Adjusted();
  const std::string review = Request(name)->name();
  const auto count = [&](const std::string& token, const std::string& parent) {
    v1::ListReviewsRequest request;
    request.set_parent(parent);
    const auto listed = Ask<v1::ListReviewsResponse>("ListReviews", request, token);
    EXPECT_THAT(listed, IsOk());
    return listed->reviews_size();
  };
  const std::string any = "series/-/components/-/submissions/-";
  EXPECT_EQ(count(officer_, any), 1);
  EXPECT_EQ(count(centre_, name), 1);
  EXPECT_EQ(count(stranger_, any), 0);
  EXPECT_EQ(count(senior_, any), 0);
  ASSERT_THAT(Accept(review, senior_name_), IsOk());
  EXPECT_EQ(count(senior_, any), 1);
  EXPECT_EQ(count(moderator_, any), 0);
}

// QUAL-9, MOD-13: what is asked about again is not final.
TEST_F(ReviewTest, AnOpenReviewStandsInTheWayOfAResult) {
  const std::string name = Adjusted();
  const auto blockers = [&] {
    v1::ListBlockersRequest request;
    request.set_parent(name);
    const auto listed =
        Call<v1::ListBlockersResponse>("AwardService/ListBlockers", request, officer_);
    EXPECT_THAT(listed, IsOk());
    std::vector<std::string> kinds;
    for (const v1::Blocker& b : listed->blockers()) {
      kinds.push_back(v1::Blocker::Kind_Name(b.kind()) + " " + b.resource());
    }
    return kinds;
  };
  EXPECT_THAT(blockers(), ::testing::IsEmpty());
  const auto review = Request(name);
  ASSERT_THAT(review, IsOk());
  EXPECT_THAT(blockers(), ElementsAre("KIND_REVIEW_OPEN " + review->name()));
}

}  // namespace
}  // namespace assay::moderation
