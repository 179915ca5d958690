// The catalogue through the RPCs, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "services/approval/wiring.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::FieldsOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;
using v1::Qualification;

constexpr char kName[] = "qualifications/3818-13";

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

class QualificationTest : public ::testing::Test {
 protected:
  QualificationTest() : service_(Definition(config_)) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    head_ = service_.Token({.roles = {"centre_head"}, .centre = "centres/urn-100000"});
    today_ = absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone());
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const std::string& token) {
    return service_.Call<Response>("assay.approval.v1.QualificationService/" + method, request,
                                   token);
  }
  // Two units of one credit each, both needed; 60 and 40 % of the marks of one are stated as they
  // are.
  static Qualification Small(const std::string& number = "9001-03") {
    Qualification q;
    q.set_number(number);
    q.set_title("Level 3 in Shop Management");
    q.set_level(3);
    q.set_guided_learning_hours(20);
    q.set_total_qualification_time(30);
    q.set_minimum_age(16);
    for (const char* unit_number : {"301", "302"}) {
      v1::Unit& unit = *q.add_units();
      unit.set_number(unit_number);
      unit.set_title(absl::StrCat("Unit ", unit_number));
      unit.set_level(3);
      unit.set_guided_learning_hours(10);
      unit.set_credits(1);
      unit.set_mark_total(10);
      unit.set_percentage_total(100);
      for (int i = 1; i <= 2; ++i) {
        v1::Outcome& outcome = *unit.add_outcomes();
        outcome.set_number(i);
        outcome.set_title(absl::StrCat("Outcome ", i));
        outcome.set_marks(i == 1 ? 6 : 4);
        outcome.set_percentage(i == 1 ? 60 : 40);
      }
      q.mutable_combination()->add_units(unit_number);
    }
    q.mutable_combination()->set_title("All");
    q.mutable_combination()->set_credits_min(2);
    return q;
  }
  absl::StatusOr<Qualification> Create(const Qualification& q, bool validate_only = false) {
    v1::CreateQualificationRequest request;
    *request.mutable_qualification() = q;
    request.set_change_note("new");
    request.set_validate_only(validate_only);
    return Call<Qualification>("CreateQualification", request, officer_);
  }
  absl::StatusOr<Qualification> Get(const std::string& name, int day = 0,
                                    const std::string& tenant = "tenant-a") {
    v1::GetQualificationRequest request;
    request.set_name(name);
    *request.mutable_date() = DateOf(today_ + day);
    return Call<Qualification>("GetQualification", request,
                               service_.Token({.tenant = tenant, .roles = {"moderator"}}));
  }
  absl::StatusOr<v1::FindCompletionsResponse> Find(v1::FindCompletionsRequest request) {
    if (request.name().empty()) request.set_name(kName);
    return Call<v1::FindCompletionsResponse>("FindCompletions", request, head_);
  }

  Config config_;
  platform::testing::TestService service_;
  std::string officer_, head_;
  absl::CivilDay today_;
};

// QUAL-2, QUAL-3: 304, 305 and 306 are three credits; 316 four and 311 three make ten, and no other
// two units do.
TEST_F(QualificationTest, FindsWhatRemainsByCreditsAndByHours) {
  v1::FindCompletionsRequest request;
  for (const char* unit : {"304", "305", "306"}) request.add_achieved_units(unit);
  const auto by_credits = Find(request);
  ASSERT_THAT(by_credits, IsOk());
  for (const v1::Completion& completion : by_credits->completions()) {
    EXPECT_GE(completion.credits(), 7);
  }
  EXPECT_EQ(by_credits->completions(0).credits(), 7);
  request.set_order(v1::COMPLETION_ORDER_GUIDED_LEARNING_HOURS);
  const auto by_hours = Find(request);
  ASSERT_THAT(by_hours, IsOk());
  // Hours for each credit: 308 6, 309 8, 313 8, 314 8, 311 9, 312 10, 315 10, 310 11, 316 11.25,
  // 307 12. The first five make 7 credits.
  EXPECT_THAT(by_hours->completions(0).units(), ElementsAre("308", "309", "311", "313", "314"));
  EXPECT_EQ(by_hours->completions(0).guided_learning_hours(), 6 + 8 + 27 + 8 + 8);
  request.add_excluded_units("311");
  EXPECT_THAT(Find(request)->completions(0).units(), ::testing::Not(Contains("311")));
}

TEST_F(QualificationTest, PagesThroughAllCompletionsOnce) {
  v1::FindCompletionsRequest request;
  request.set_page_size(1000);
  const auto all = Find(request);
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->next_page_token(), "");
  EXPECT_FALSE(all->limited());
  EXPECT_EQ(all->completion_count_max(), all->completions_size());
  std::vector<std::string> expected, got;
  for (const auto& c : all->completions()) expected.push_back(absl::StrJoin(c.units(), " "));
  request.set_page_size(20);
  do {
    const auto page = Find(request);
    ASSERT_THAT(page, IsOk());
    for (const auto& c : page->completions()) got.push_back(absl::StrJoin(c.units(), " "));
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(got, expected);
  request.add_achieved_units("999");
  EXPECT_THAT(Find(request), IsError(Code::kInvalidArgument, "UNIT_UNKNOWN"));
}

// QUAL-3
TEST_F(QualificationTest, ExplainsWhatCountsAndWhatIsMissing) {
  v1::EvaluateCombinationRequest request;
  request.set_name(kName);
  for (const char* unit : {"304", "305", "307", "312", "316"}) request.add_achieved_units(unit);
  const auto answer = Call<v1::EvaluateCombinationResponse>("EvaluateCombination", request, head_);
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->complete());
  EXPECT_EQ(answer->credits(), 8);  // 1 + 1, at most 2 of 1 + 2, 4.
  ASSERT_EQ(answer->explanations_size(), 2);
  EXPECT_THAT(answer->explanations(0), HasSubstr("2 more credits"));
  EXPECT_THAT(answer->explanations(1), HasSubstr("1 more credits, from 306"));
  int over = 0;
  for (const v1::RuleProgress& rule : answer->rules()) over += rule.credits_over();
  EXPECT_EQ(over, 1);
  request.add_achieved_units("3o4");
  EXPECT_THAT(Call<v1::EvaluateCombinationResponse>("EvaluateCombination", request, head_),
              IsError(Code::kInvalidArgument, "UNIT_UNKNOWN"));
}

// QUAL-4
TEST_F(QualificationTest, KeepsAnEntryWithItsContradictionsShown) {
  Qualification q = Small();
  q.mutable_units(0)->mutable_outcomes(0)->set_marks(5);
  const auto shown = Create(q, /*validate_only=*/true);
  ASSERT_THAT(shown, IsOk());
  EXPECT_THAT(Get("qualifications/9001-03"), IsError(Code::kNotFound, "QUALIFICATION_NOT_FOUND"));
  const auto created = Create(q);
  ASSERT_THAT(created, IsOk());
  std::vector<std::string> kinds;
  for (const v1::Finding& finding : created->findings()) {
    kinds.push_back(finding.kind() + " " + finding.rule());
  }
  EXPECT_THAT(kinds,
              ElementsAre("MARKS_DO_NOT_SUM QUAL-4", "PERCENTAGE_DIFFERS_FROM_MARKS QUAL-4"));
  const auto read = Get("qualifications/9001-03");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->SerializeAsString(), created->SerializeAsString());
  EXPECT_EQ(read->units(0).outcomes(0).marks(), 5);
  EXPECT_THAT(Create(q), IsError(Code::kAlreadyExists, "QUALIFICATION_EXISTS"));
  EXPECT_THAT(Create(Small("3818-13")), IsError(Code::kAlreadyExists, "QUALIFICATION_EXISTS"));
  EXPECT_THAT(Get("qualifications/9001-03", 0, "tenant-b"),
              IsError(Code::kNotFound, "QUALIFICATION_NOT_FOUND"));
  v1::ListQualificationsRequest list;
  list.set_page_size(1);
  std::vector<std::string> numbers;
  do {
    const auto page = Call<v1::ListQualificationsResponse>("ListQualifications", list, head_);
    ASSERT_THAT(page, IsOk());
    for (const Qualification& one : page->qualifications()) numbers.push_back(one.number());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(numbers, ElementsAre("3818-13", "9001-03"));
}

// QUAL-3, QUAL-4
TEST_F(QualificationTest, RefusesARuleOfCombinationThatNobodyCanMeet) {
  struct Case {
    const char* kind;
    const char* place;
    void (*spoil)(Qualification&);
  };
  for (const Case& c :
       {Case{"COMBINATION_UNSATISFIABLE (QUAL-3)", "All",
             [](Qualification& q) { q.mutable_combination()->set_credits_min(3); }},
        {"COMBINATION_LIMITS_CROSSED", "All",
         [](Qualification& q) { q.mutable_combination()->set_credits_max(1); }},
        {"UNIT_UNKNOWN", "All / More",
         [](Qualification& q) {
           v1::Combination& part = *q.mutable_combination()->add_parts();
           part.set_title("More");
           part.add_units("399");
         }},
        {"RULE_TITLE_REPEATED (QUAL-3)", "All / More",
         [](Qualification& q) {
           for (int i = 0; i < 2; ++i) {
             v1::Combination& part = *q.mutable_combination()->add_parts();
             part.set_title("More");
             part.add_units(q.combination().units(i));
           }
           q.mutable_combination()->clear_units();
         }},
        {"COMBINATION_TOO_COMPLEX (QUAL-3)", "All",
         [](Qualification& q) {
           v1::Combination& part = *q.mutable_combination()->add_parts();
           part.set_title("More");
           part.set_credits_max(1);
           part.add_units("301");
         }},
        {"REGISTRATION_MONTHS_TOO_MANY (QUAL-4)", "qualification",
         [](Qualification& q) { q.set_registration_months(1201); }},
        {"the entry is bare", "qualification", [](Qualification& q) { q.set_bare(true); }},
        {"UNIT_REPEATED", "unit 301", [](Qualification& q) { *q.add_units() = q.units(0); }},
        {"QUAL-1", "qualification.units", [](Qualification& q) { q.clear_units(); }},
        {"QUAL-1", "qualification.title", [](Qualification& q) { q.clear_title(); }},
        {"whole number", "qualification",
         [](Qualification& q) { q.mutable_units(0)->set_credits(-1); }},
        {"digits, lower-case letters", "qualification",
         [](Qualification& q) { q.set_number("A/B"); }}}) {
    Qualification q = Small();
    c.spoil(q);
    const auto refused = Create(q);
    EXPECT_THAT(refused, IsError(Code::kInvalidArgument, "QUALIFICATION_REFUSED")) << c.kind;
    EXPECT_THAT(FieldsOf(refused.status()),
                Contains(::testing::AllOf(HasSubstr(c.place), HasSubstr(c.kind))))
        << c.kind;
  }
}

TEST_F(QualificationTest, ReplacesAnEntryFromADayOnAndKeepsWhatWasBefore) {
  v1::UpdateQualificationRequest update;
  update.set_name(kName);
  update.set_change_note("second edition");
  *update.mutable_qualification() = *Get(kName);
  update.mutable_qualification()->set_minimum_age(18);
  *update.mutable_effective_date() = DateOf(today_ + 10);
  const auto updated = Call<Qualification>("UpdateQualification", update, officer_);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->version(), 1);
  EXPECT_EQ(Get(kName, 9)->minimum_age(), 16);
  EXPECT_EQ(Get(kName, 10)->minimum_age(), 18);
  EXPECT_EQ(Get(kName, 10, "tenant-b")->minimum_age(), 16);
  // 3818-13 has six contradictions of its own; they stay visible.
  EXPECT_EQ(updated->findings_size(), 6);
  update.set_etag("\"0\"");
  EXPECT_THAT(Call<Qualification>("UpdateQualification", update, officer_),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  update.set_etag(updated->etag());
  *update.mutable_effective_date() = DateOf(today_);
  EXPECT_THAT(Call<Qualification>("UpdateQualification", update, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  update.mutable_qualification()->set_number("3818-14");
  EXPECT_THAT(Call<Qualification>("UpdateQualification", update, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  v1::ListQualificationVersionsRequest versions;
  versions.set_parent(kName);
  const auto list =
      Call<v1::ListQualificationVersionsResponse>("ListQualificationVersions", versions, head_);
  ASSERT_THAT(list, IsOk());
  ASSERT_EQ(list->versions_size(), 1);
  EXPECT_EQ(list->versions(0).change_note(), "second edition");
  EXPECT_EQ(list->versions(0).author(), "users/officer");
  EXPECT_EQ(list->versions(0).finding_count(), 6);
}

// What one tenant or version was read as is nobody else's.
TEST_F(QualificationTest, ReadsEachVersionOfEachTenantAsItIs) {
  ASSERT_THAT(Create(Small()), IsOk());
  v1::CreateQualificationRequest other;
  *other.mutable_qualification() = Small();
  other.mutable_qualification()->set_title("Another body's");
  other.set_change_note("new");
  ASSERT_THAT(Call<Qualification>("CreateQualification", other,
                                  service_.Token({.tenant = "tenant-b", .roles = {"quality"}})),
              IsOk());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Get("qualifications/9001-03")->title(), "Level 3 in Shop Management");
    EXPECT_EQ(Get("qualifications/9001-03", 0, "tenant-b")->title(), "Another body's");
  }
  v1::UpdateQualificationRequest update;
  update.set_name("qualifications/9001-03");
  update.set_change_note("second edition");
  *update.mutable_qualification() = Small();
  update.mutable_qualification()->set_title("Second edition");
  ASSERT_THAT(Call<Qualification>("UpdateQualification", update, officer_), IsOk());
  EXPECT_EQ(Get("qualifications/9001-03")->title(), "Second edition");
}

}  // namespace
}  // namespace assay::approval
