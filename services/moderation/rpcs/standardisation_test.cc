// Standardisation as moderators and officers meet it (MOD-8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/moderation/v1/events.pb.h"
#include "assay/moderation/v1/standardisation_service.pb.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::kComponent;
using ::testing::SizeIs;

class StandardisationTest : public testing::ModerationTest {
 protected:
  // One practice script, attempts of two that must both be in tolerance, a seed for every two
  // pieces of work of which none may fail.
  void MakeStandardised() {
    v1::CreatePolicyVersionRequest policy;
    policy.set_parent("policies/ours");
    policy.mutable_policy_version()->set_document(
        R"({"kind":"standardisation","id":"ours","version":1,"effective_from":"2026-01-01",
            "description":"Ours.","practice_min":1,"scripts":2,"in_tolerance_min":2,
            "mean_difference_max_percent":5,"attempts_max":2,"seed_percent":50,"seed_window":2,
            "seed_failures_max":0})");
    ASSERT_THAT(Call<v1::PolicyVersion>("PolicyService/CreatePolicyVersion", policy, officer_),
                IsOk());
    MakeComponent([](v1::Component& c) { (*c.mutable_policies())["standardisation"] = "ours"; });
    ASSERT_THAT(MakeScript("p1", v1::Script::KIND_PRACTICE), IsOk());
    for (int i = 1; i <= 6; ++i) {
      ASSERT_THAT(MakeScript(absl::StrCat("q", i), v1::Script::KIND_QUALIFICATION), IsOk());
    }
    for (int i = 1; i <= 30; ++i) {
      ASSERT_THAT(MakeScript(absl::StrCat("s", i), v1::Script::KIND_SEED), IsOk());
    }
  }
  // All scripts are agreed to get 30; the centre gave 34.
  absl::StatusOr<v1::Script> MakeScript(
      const std::string& id, v1::Script::Kind kind,
      std::function<void(v1::Script&)> change = [](v1::Script&) {}) {
    v1::CreateScriptRequest request;
    request.set_parent(kComponent);
    request.set_script_id(id);
    request.mutable_script()->set_kind(kind);
    request.mutable_script()->set_title("Script " + id);
    request.mutable_script()->set_definitive_mark(30);
    if (kind == v1::Script::KIND_SEED) request.mutable_script()->set_centre_mark(34);
    request.mutable_script()->set_commentary("Thirty, because.");
    change(*request.mutable_script());
    return Call<v1::Script>("StandardisationService/CreateScript", request, officer_);
  }
  absl::StatusOr<v1::Standing> Begin() {
    v1::BeginQualificationRequest request;
    request.set_name(kComponent);
    return Call<v1::Standing>("StandardisationService/BeginQualification", request, moderator_);
  }
  absl::StatusOr<v1::ListScriptWorkResponse> Scripts() {
    v1::ListScriptWorkRequest request;
    request.set_parent(kComponent);
    return Call<v1::ListScriptWorkResponse>("StandardisationService/ListScriptWork", request,
                                            moderator_);
  }
  absl::StatusOr<v1::RecordScriptMarksResponse> Mark(const std::string& script, double mark) {
    v1::RecordScriptMarksRequest request;
    request.set_name(kComponent);
    request.add_marks()->set_script(script);
    request.mutable_marks(0)->set_mark(mark);
    return Call<v1::RecordScriptMarksResponse>("StandardisationService/RecordScriptMarks", request,
                                               moderator_);
  }
  // The scripts of the attempt that are not marked.
  std::vector<std::string> OpenScripts() {
    std::vector<std::string> open;
    for (const auto answer = Scripts(); const v1::ScriptWorkItem& item : answer->items()) {
      if (item.attempt() > 0 && !item.has_own_mark()) open.push_back(item.script());
    }
    return open;
  }
  // A whole attempt, both scripts with the mark.
  v1::Standing Try(double mark) {
    EXPECT_THAT(Begin(), IsOk());
    v1::Standing standing;
    for (const std::string& script : OpenScripts()) {
      const auto recorded = Mark(script, mark);
      EXPECT_THAT(recorded, IsOk());
      standing = recorded->standing();
    }
    return standing;
  }
  std::string Sampled(int centre, int n) {
    const std::string id = absl::StrCat("urn-", centre);
    if (centre == 2) std::swap(centre_, stranger_);  // Each records its own.
    EXPECT_THAT(ModerationTest::Open("centres/" + id), IsOk());
    const std::string name = kComponent + "/submissions/" + id;
    EXPECT_THAT(Import(name, Csv(n)), IsOk());
    EXPECT_THAT(Submit(name), IsOk());
    EXPECT_THAT(Draw(name), IsOk());
    if (centre == 2) std::swap(centre_, stranger_);
    return name;
  }
  absl::StatusOr<v1::ListSeedsResponse> Seeds(const std::string& name, const std::string& token) {
    v1::ListSeedsRequest request;
    request.set_parent(name);
    return Call<v1::ListSeedsResponse>("StandardisationService/ListSeeds", request, token);
  }
};

TEST_F(StandardisationTest, PracticeIsAnsweredAtOnceAndAnAttemptWhenAllOfItIsMarked) {
  MakeStandardised();
  auto work = Scripts();
  ASSERT_THAT(work, IsOk());
  ASSERT_THAT(work->items(), SizeIs(1));
  EXPECT_FALSE(work->items(0).has_definitive_mark());
  EXPECT_EQ(work->items(0).commentary(), "");
  EXPECT_EQ(work->standing().state(), v1::Standing::STATE_PRACTISING);
  EXPECT_EQ(work->standing().attempts_left(), 2);
  const auto early = Begin();
  EXPECT_THAT(early, IsError(Code::kFailedPrecondition, kPracticeOutstanding));
  EXPECT_EQ(MetadataOf(early.status(), "outstanding_count"), "1");

  const auto practised = Mark("p1", 36);
  ASSERT_THAT(practised, IsOk());
  ASSERT_THAT(practised->items(), SizeIs(1));
  EXPECT_EQ(practised->items(0).definitive_mark(), 30);
  EXPECT_FALSE(practised->items(0).in_tolerance());  // 4 marks.
  EXPECT_EQ(practised->items(0).commentary(), "Thirty, because.");

  const auto begun = Begin();
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->state(), v1::Standing::STATE_QUALIFYING);
  EXPECT_EQ(begun->policy_version(), "ours@1");
  EXPECT_EQ(Begin()->attempt(), 1);  // Under way already.
  std::vector<std::string> open = OpenScripts();
  ASSERT_THAT(open, SizeIs(2));
  auto recorded = Mark(open[0], 30);
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->outstanding_count(), 1);
  EXPECT_FALSE(recorded->items(0).has_definitive_mark());
  for (const auto answer = Scripts(); const v1::ScriptWorkItem& item : answer->items()) {
    EXPECT_EQ(item.has_definitive_mark(), item.attempt() == 0) << item.script();
  }
  recorded = Mark(open[1], 33);
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->standing().state(), v1::Standing::STATE_QUALIFIED);
  EXPECT_EQ(recorded->standing().in_tolerance_count(), 2);
  EXPECT_EQ(recorded->standing().mean_difference(), 1.5);
  EXPECT_TRUE(recorded->items(0).in_tolerance());
  EXPECT_THAT(EventTypes(), Contains("ModeratorStandingChanged"));
}

TEST_F(StandardisationTest, AttemptsFailAreCountedAndNeverRepeatAScript) {
  MakeStandardised();
  ASSERT_THAT(Mark("p1", 30), IsOk());
  v1::Standing standing = Try(36);
  EXPECT_EQ(standing.state(), v1::Standing::STATE_NOT_QUALIFIED);
  EXPECT_THAT(standing.reason(), HasSubstr("0 of 2"));
  EXPECT_THAT(standing.reason(), HasSubstr("too generous"));
  EXPECT_EQ(standing.attempts_left(), 1);
  standing = Try(24);
  EXPECT_THAT(standing.reason(), HasSubstr("too severe"));
  EXPECT_THAT(Begin(), IsError(Code::kFailedPrecondition, kAttemptsUsedUp));

  v1::AllowAttemptRequest allow;
  allow.set_name(kComponent);
  allow.set_moderator_subject("users/mod");
  const auto call = [&] {
    return Call<v1::Standing>("StandardisationService/AllowAttempt", allow, officer_);
  };
  EXPECT_THAT(call(), IsError(Code::kInvalidArgument, kReasonMissing));
  allow.set_reason("Was ill.");
  ASSERT_THAT(call(), IsOk());
  EXPECT_EQ(Try(30).state(), v1::Standing::STATE_QUALIFIED);
  allow.set_moderator_subject("users/nobody");
  EXPECT_THAT(call(), IsError(Code::kNotFound, kStandingNotFound));
  // Six scripts, six different ones.
  std::set<std::string> seen;
  for (const auto answer = Scripts(); const v1::ScriptWorkItem& item : answer->items())
    seen.insert(item.script());
  EXPECT_EQ(seen.size(), 7u);
  v1::ListStandingsRequest list;
  list.set_parent(kComponent);
  const auto standings =
      Call<v1::ListStandingsResponse>("StandardisationService/ListStandings", list, officer_);
  ASSERT_THAT(standings, IsOk());
  ASSERT_THAT(standings->standings(), SizeIs(1));
  EXPECT_EQ(standings->standings(0).attempt(), 3);
}

TEST_F(StandardisationTest, OnlyWhoIsQualifiedIsGivenWork) {
  MakeStandardised();
  const std::string name = Sampled(1, 60);
  const auto moderator = MakeModerator("users/mod");
  ASSERT_THAT(moderator, IsOk());
  EXPECT_THAT(Allocate(name, moderator->name()),
              IsError(Code::kFailedPrecondition, kModeratorNotQualified));
  EXPECT_THAT(Allocate(name), IsError(Code::kFailedPrecondition, kNobodyCanTakeIt));
  ASSERT_THAT(Mark("p1", 30), IsOk());
  ASSERT_EQ(Try(30).state(), v1::Standing::STATE_QUALIFIED);
  EXPECT_THAT(Allocate(name), IsOk());
}

// The moderator cannot tell a seed; nothing of the submission's outcome depends on it.
TEST_F(StandardisationTest, SeedsAreAmongTheWorkUnannouncedAndStopWhoLeavesTolerance) {
  MakeStandardised();
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Mark("p1", 30), IsOk());
  ASSERT_EQ(Try(30).state(), v1::Standing::STATE_QUALIFIED);
  const std::string name = Sampled(1, 60);
  ASSERT_THAT(Allocate(name), IsOk());

  const auto seeds = Seeds(name, officer_);
  ASSERT_THAT(seeds, IsOk());
  ASSERT_GE(seeds->seeds_size(), 7);  // Half of 15 to 17.
  EXPECT_THAT(Seeds(name, moderator_), IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  std::set<std::string> of_seeds, of_first_stage;
  for (const v1::SeedItem& seed : seeds->seeds()) {
    EXPECT_FALSE(seed.has_moderator_mark());
    EXPECT_EQ(seed.moderator_subject(), "users/mod");
    of_seeds.insert(seed.candidate());
    if (seed.stage() == 1) of_first_stage.insert(seed.candidate());
  }
  // The sample as the moderator reads it holds the same candidates as the work will.
  v1::GetSampleRequest get;
  get.set_name(Get(name, moderator_)->sample());
  std::set<std::string> of_sample;
  const auto shown = Call<v1::Sample>("SampleService/GetSample", get, moderator_);
  const auto drawn = Call<v1::Sample>("SampleService/GetSample", get, officer_);
  for (const auto& candidate : shown->candidates()) of_sample.insert(candidate.candidate());
  EXPECT_EQ(shown->candidates_size(), drawn->candidates_size() + seeds->seeds_size());
  for (const std::string& seed : of_seeds) EXPECT_TRUE(of_sample.contains(seed));

  // Both stages: what is not the cohort's gets a mark that is far off.
  std::int64_t judged = 0;
  for (bool more = true; more;) {
    std::vector<std::string> items;
    for (const auto answer = Work(name); const v1::WorkItem& item : answer->items()) {
      items.push_back(item.candidate());
      EXPECT_TRUE(of_sample.contains(item.candidate()) || item.stage() > 2);
      EXPECT_EQ(item.has_centre_mark(), item.has_moderator_mark());  // MOD-9
    }
    EXPECT_TRUE(std::is_sorted(items.begin(), items.end()));
    // Officers see the cohort only.
    for (const auto answer = Work(name, officer_); const v1::WorkItem& item : answer->items()) {
      EXPECT_FALSE(of_seeds.contains(item.candidate()));
    }
    MarkDue(name, [&](const std::string& number) {
      return of_seeds.contains(number) ? 10 : std::max(MarkOf(number) - 6, 0);
    });
    const auto judgement = Judge(name);
    ASSERT_THAT(judgement, IsOk());
    judged = judgement->judged_count();
    more = !judgement->final();
  }
  EXPECT_EQ(judged, drawn->candidates_size());  // Seeds decide nothing.
  for (const auto answer = Work(name); const v1::WorkItem& item : answer->items()) {
    const int centre = of_seeds.contains(item.candidate()) ? 34 : MarkOf(item.candidate());
    EXPECT_EQ(item.centre_mark(), centre);
  }
  for (const auto answer = Results(name, officer_); const v1::Result& result : answer->results()) {
    EXPECT_FALSE(of_seeds.contains(result.candidate()));
  }

  EXPECT_EQ(Scripts()->standing().state(), v1::Standing::STATE_STOPPED);
  v1::ModeratorStandingChanged last;
  for (const platform::Event& event : service_.Outbox()) {
    if (event.type.ends_with("ModeratorStandingChanged")) last.ParseFromString(event.payload);
  }
  EXPECT_EQ(last.standing(), "stopped");
  EXPECT_EQ(last.moderator_subject(), "users/mod");
  // No more work until they qualify again, on scripts that they have not seen.
  const std::string next = Sampled(2, 60);
  EXPECT_THAT(Allocate(next), IsError(Code::kFailedPrecondition, kNobodyCanTakeIt));
  ASSERT_EQ(Try(30).state(), v1::Standing::STATE_QUALIFIED);
  EXPECT_THAT(Allocate(next), IsOk());
}

TEST_F(StandardisationTest, BadScriptsAndMarksAreTold) {
  MakeStandardised();
  EXPECT_THAT(MakeScript("p1", v1::Script::KIND_PRACTICE),
              IsError(Code::kAlreadyExists, kScriptExists));
  EXPECT_THAT(MakeScript("x", v1::Script::KIND_SEED, [](auto& s) { s.clear_centre_mark(); }),
              IsError(Code::kInvalidArgument, kScriptIncomplete));
  EXPECT_THAT(
      MakeScript("x", v1::Script::KIND_PRACTICE, [](auto& s) { s.set_definitive_mark(61); }),
      IsError(Code::kInvalidArgument, kMarkAboveMaximum));
  EXPECT_THAT(
      MakeScript("x", v1::Script::KIND_PRACTICE, [](auto& s) { s.set_definitive_mark(.5); }),
      IsError(Code::kInvalidArgument, kMarkOffStep));
  EXPECT_THAT(MakeScript("X", v1::Script::KIND_PRACTICE),
              IsError(Code::kInvalidArgument, kIdInvalid));
  EXPECT_THAT(MakeScript("x", v1::Script::KIND_UNSPECIFIED),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  const auto mark = [&](const std::string& script, double value) {
    const auto marked = Mark(script, value);
    EXPECT_THAT(marked, IsError(Code::kInvalidArgument, kMarksRefused));
    return FieldsOf(marked.status());
  };
  EXPECT_THAT(mark("q1", 30), Contains(HasSubstr("SCRIPT_NOT_GIVEN")));
  EXPECT_THAT(mark("s1", 30), Contains(HasSubstr("SCRIPT_NOT_GIVEN")));
  EXPECT_THAT(mark("p1", 61), Contains(HasSubstr("MARK_ABOVE_MAXIMUM")));
  ASSERT_THAT(Mark("p1", 30), IsOk());
  EXPECT_THAT(mark("p1", 31), Contains(HasSubstr("MARK_ALREADY_RECORDED")));
  // A moderator who is also an officer reads no definitive mark.
  const std::string both =
      service_.Token({.subject = "users/both", .roles = {"quality", "moderator"}});
  v1::GetScriptRequest get;
  get.set_name(kComponent + "/scripts/q1");
  EXPECT_FALSE(
      Call<v1::Script>("StandardisationService/GetScript", get, both)->has_definitive_mark());
  EXPECT_EQ(Call<v1::Script>("StandardisationService/GetScript", get, officer_)->definitive_mark(),
            30);
  EXPECT_THAT(Call<v1::Script>("StandardisationService/GetScript", get, moderator_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  get.set_name(kComponent + "/scripts/none");
  EXPECT_THAT(Call<v1::Script>("StandardisationService/GetScript", get, officer_),
              IsError(Code::kNotFound, kScriptNotFound));
}

TEST_F(StandardisationTest, AComponentThatAsksNobodyIsAsBefore) {
  MakeComponent();
  EXPECT_THAT(Begin(), IsError(Code::kFailedPrecondition, kStandardisationNotAsked));
  const std::string name = Allocated(60);
  EXPECT_THAT(Seeds(name, officer_)->seeds(), SizeIs(0));
  EXPECT_EQ(Work(name)->items_size(), 6);
}

}  // namespace
}  // namespace assay::moderation
