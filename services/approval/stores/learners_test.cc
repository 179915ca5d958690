#include "services/approval/stores/learners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "services/approval/errors.h"
#include "services/approval/stores/learner_texts.h"
#include "services/approval/stores/learner_traces.h"
#include "services/approval/stores/planner_erasure.h"
#include "services/approval/stores/quality.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = absl::StatusCode;
using Day = absl::CivilDay;

const Reach kTenant = {.tenant = "body-a", .within = ""};
const Reach kElsewhere = {.tenant = "body-a", .within = "urn-2"};

RegistrationRecord Make(const std::string& centre, const std::string& id,
                        const std::string& enrolment) {
  RegistrationRecord r;
  r.centre = centre;
  r.id = id;
  r.qualification = "9001-03";
  r.learner = {enrolment, "Ada Łoś", "1000000043", Day(2009, 9, 1)};
  r.register_day = Day(2026, 9, 1);
  r.end_day = Day(2029, 8, 31);
  r.programme = "Evening";
  r.create_time = absl::FromUnixMicros(1'700'000'000'123'456);
  r.update_time = r.create_time;
  return r;
}

class LearnerStoreTest : public platform::testing::EngineTest {
 protected:
  LearnerStoreTest() : EngineTest({&Migrations()}) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return db().WriteNow(body);
  }
  template <typename Read>
  auto InRead(Read read) {
    std::optional<decltype(read(std::declval<Transaction&>()))> result;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
      result.emplace(read(tx));
      return absl::OkStatus();
    }),
                IsOk());
    return *std::move(result);
  }
  absl::Status Insert(const std::vector<RegistrationRecord>& records) {
    return Write([&](Transaction& tx) { return store_.Insert(tx, "body-a", records, "users/h"); });
  }
  absl::StatusOr<RegistrationRecord> Get(const std::string& centre, const std::string& id,
                                         const Reach& reach = kTenant) {
    return InRead([&](Transaction& tx) { return store_.Get(tx, reach, centre, id); });
  }

  LearnerStore store_;
};

TEST_P(LearnerStoreTest, GivesARegistrationBackAsItWasAndOnlyWithinReach) {
  RegistrationRecord made = Make("urn-1", "r1", "E1");
  made.predecessor = "centres/urn-2/registrations/r0";
  RegistrationRecord bare = Make("urn-1", "r2", "E2");
  bare.learner.birth_day.reset();
  bare.learner.uln.clear();
  ASSERT_THAT(Insert({made, bare}), IsOk());
  const auto got = Get("urn-1", "r1");
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->learner.name, "Ada Łoś");
  EXPECT_EQ(got->learner.birth_day, Day(2009, 9, 1));
  EXPECT_EQ(got->end_day, Day(2029, 8, 31));
  EXPECT_EQ(got->predecessor, made.predecessor);
  EXPECT_EQ(got->create_time, made.create_time);
  EXPECT_FALSE(Get("urn-1", "r2")->learner.birth_day.has_value());
  EXPECT_THAT(Get("urn-1", "r1", kElsewhere), IsError(Code::kNotFound, kRegistrationNotFound));
  EXPECT_THAT(Get("urn-1", "r1", {.tenant = "body-b", .within = ""}),
              IsError(Code::kNotFound, kRegistrationNotFound));
}

TEST_P(LearnerStoreTest, HasANumberOnceAmongActiveRegistrations) {
  RegistrationRecord first = Make("urn-1", "r1", "E1");
  ASSERT_THAT(Insert({first}), IsOk());
  EXPECT_TRUE(absl::IsAlreadyExists(Insert({Make("urn-1", "r2", "E1")})));
  ASSERT_THAT(Insert({Make("urn-2", "r2", "E1")}), IsOk());
  first.state = RegistrationState::kWithdrawn;
  ASSERT_THAT(Write([&](Transaction& tx) {
                return store_.Update(tx, "body-a", first,
                                     {"withdrawn", "left", "users/h", first.create_time});
              }),
              IsOk());
  ASSERT_THAT(Insert({Make("urn-1", "r3", "E1")}), IsOk());
  EXPECT_EQ(*InRead([&](Transaction& tx) {
    return store_.CountActive(tx, "body-a", "urn-1", "9001-03");
  }),
            1);
  EXPECT_EQ(*InRead([&](Transaction& tx) { return store_.CountActive(tx, "body-a", "urn-2", ""); }),
            1);
}

TEST_P(LearnerStoreTest, UpdatesTheVersionThatWasReadAndKeepsEveryChange) {
  RegistrationRecord record = Make("urn-1", "r1", "E1");
  ASSERT_THAT(Insert({record}), IsOk());
  RegistrationRecord stale = record;
  record.learner.name = "Ada King";
  const auto update = [&](RegistrationRecord& r) {
    return Write([&](Transaction& tx) {
      return store_.Update(tx, "body-a", r, {"corrected", "name", "users/h", r.create_time});
    });
  };
  ASSERT_THAT(update(record), IsOk());
  EXPECT_THAT(update(stale), IsError(Code::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Get("urn-1", "r1")->version, 2);
  const auto changes =
      InRead([&](Transaction& tx) { return store_.Changes(tx, "body-a", record); });
  ASSERT_THAT(*changes, SizeIs(2));
  EXPECT_EQ((*changes)[0].what, "registered");
  EXPECT_EQ((*changes)[1].what, "corrected");
}

TEST_P(LearnerStoreTest, ListsInPagesWithFilters) {
  RegistrationRecord other = Make("urn-1", "r3", "E3");
  other.qualification = "9002-03";
  ASSERT_THAT(Insert({Make("urn-1", "r1", "E1"), Make("urn-1", "r2", "E2"), other,
                      Make("urn-2", "r1", "E1")}),
              IsOk());
  const auto list = [&](const Reach& reach, const RegistrationFilter& filter) {
    std::vector<std::string> names;
    std::string after;
    for (;;) {
      const auto page =
          InRead([&](Transaction& tx) { return store_.List(tx, reach, "", filter, after, 1); });
      EXPECT_THAT(page, IsOk());
      if (page->empty()) return names;
      names.push_back(page->front().centre + "/" + page->front().id);
      after = names.back();
    }
  };
  EXPECT_THAT(list(kTenant, {}), ElementsAre("urn-1/r1", "urn-1/r2", "urn-1/r3", "urn-2/r1"));
  EXPECT_THAT(list(kElsewhere, {}), ElementsAre("urn-2/r1"));
  EXPECT_THAT(list(kTenant, {.qualification = "9002-03"}), ElementsAre("urn-1/r3"));
  EXPECT_THAT(list(kTenant, {.enrolment = "E1"}), ElementsAre("urn-1/r1", "urn-2/r1"));
  EXPECT_THAT(list(kTenant, {.state = RegistrationState::kAwarded}), IsEmpty());
  const auto of = [&](const Reach& reach, const std::string& centre) {
    return InRead([&](Transaction& tx) { return store_.List(tx, reach, centre, {}, "", 10); })
        ->size();
  };
  EXPECT_EQ(of(kTenant, "urn-1"), 3u);
  EXPECT_EQ(of(kTenant, "urn-2"), 1u);
  EXPECT_EQ(of(kElsewhere, "urn-1"), 0u);
  EXPECT_EQ(of(kElsewhere, "urn-2"), 1u);
}

// More than one part of a long list, and the last one shorter.
TEST_P(LearnerStoreTest, KnowsWhatACentreHasOfManyNumbers) {
  std::vector<RegistrationRecord> records;
  std::vector<LearnerDetails> asked;
  std::vector<std::string> ids;
  for (int i = 0; i < 450; ++i) {
    const std::string number = std::to_string(i);
    records.push_back(Make("urn-1", "r" + number, "E" + number));
    records.back().learner.uln = i == 449 ? "7673614579" : "";
    asked.push_back(records.back().learner);
    ids.push_back(records.back().id);
  }
  records[7].qualification = "9002-03";
  ASSERT_THAT(Insert(records), IsOk());
  asked.push_back({"E450", "New", "", std::nullopt});
  LearnerFrame frame;
  EXPECT_THAT(InRead([&](Transaction& tx) {
                return store_.Know(tx, "body-a", "urn-1", "9001-03", asked, frame);
              }),
              IsOk());
  EXPECT_EQ(frame.known.size(), 450u);
  EXPECT_FALSE(frame.known["E7"].registered);
  EXPECT_TRUE(frame.known["E8"].registered);
  EXPECT_EQ(frame.registered_ulns.size(), 1u);
  EXPECT_EQ(frame.registered_ulns["7673614579"], "E449");
  const auto found =
      InRead([&](Transaction& tx) { return store_.Find(tx, kTenant, "urn-1", ids); });
  EXPECT_EQ(found->size(), 450u);
  EXPECT_THAT(*InRead([&](Transaction& tx) { return store_.Find(tx, kElsewhere, "urn-1", ids); }),
              IsEmpty());
}

TEST_P(LearnerStoreTest, FindsAllOfOneLearnerByNumberAtTheCentreAndByLearnerNumber) {
  RegistrationRecord other = Make("urn-2", "r2", "N1");  // The same learner number.
  RegistrationRecord stranger = Make("urn-2", "r3", "E1");
  stranger.learner.uln = "9999999999";
  ASSERT_THAT(Insert({Make("urn-1", "r1", "E1"), other, stranger}), IsOk());
  const auto of = [&](const LearnerDetails& learner) {
    return InRead([&](Transaction& tx) { return store_.OfLearner(tx, "body-a", "urn-1", learner); })
        ->size();
  };
  EXPECT_EQ(of({"E1", "", "1000000043", {}}), 2u);
  // By the learner number that the one at this centre has.
  EXPECT_EQ(of({"E1", "", "9999999999", {}}), 2u);
  EXPECT_EQ(of({"E2", "", "9999999999", {}}), 0u);
}

// EVD-5: without a learner number a transfer is all that ties two centres.
TEST_P(LearnerStoreTest, FollowsTransfersToAllOfOneLearner) {
  const auto bare = [](const std::string& centre, const std::string& id,
                       const std::string& number) {
    RegistrationRecord r = Make(centre, id, number);
    r.learner.uln = "9999999999";
    return r;
  };
  RegistrationRecord first = bare("urn-1", "r1", "E1"), second = bare("urn-2", "r2", "N1"),
                     third = bare("urn-3", "r3", "X1"), more = bare("urn-3", "r4", "X1"),
                     stranger = bare("urn-3", "r5", "E1");
  more.qualification = "9002-03";
  second.predecessor = first.Name();
  first.successor = second.Name();
  third.predecessor = second.Name();
  second.successor = third.Name();
  first.state = second.state = RegistrationState::kTransferred;
  ASSERT_THAT(Insert({first, second, third, more, stranger}), IsOk());
  for (const RegistrationRecord& from : {first, second, more}) {
    const auto all = InRead(
        [&](Transaction& tx) { return store_.OfLearner(tx, "body-a", from.centre, from.learner); });
    ASSERT_THAT(all, IsOk());
    std::vector<std::string> names;
    for (const RegistrationRecord& r : *all) names.push_back(r.Name());
    EXPECT_THAT(names, ElementsAre(first.Name(), second.Name(), third.Name(), more.Name()));
  }
}

TEST_P(LearnerStoreTest, KeepsEveryVersionOfAnAchievementAndListsTheLast) {
  const auto put = [&](const std::string& unit, int number, const std::string& verifier) {
    AchievementRecord record{.entry = {.unit = unit,
                                       .achieved = true,
                                       .assessor = "ann",
                                       .assess_day = Day(2026, 10, 1),
                                       .verifier = verifier},
                             .number = number,
                             .author = "users/h",
                             .time = absl::FromUnixMicros(5)};
    if (!verifier.empty()) record.entry.verify_day = Day(2026, 10, 2);
    return Write(
        [&](Transaction& tx) { return store_.InsertAchievement(tx, "body-a", "c", "r", record); });
  };
  ASSERT_THAT(put("301", 1, ""), IsOk());
  ASSERT_THAT(put("301", 2, "bob"), IsOk());
  ASSERT_THAT(put("302", 1, ""), IsOk());
  EXPECT_TRUE(absl::IsAlreadyExists(put("302", 1, "bob")));
  const auto list = InRead(
      [&](Transaction& tx) { return store_.ListAchievements(tx, "body-a", "c", "r", "", 10); });
  ASSERT_THAT(*list, SizeIs(2));
  EXPECT_EQ((*list)[0].entry.verifier, "bob");
  EXPECT_EQ((*list)[0].entry.verify_day, Day(2026, 10, 2));
  EXPECT_EQ((*list)[1].entry.unit, "302");
  EXPECT_THAT(*InRead([&](Transaction& tx) {
    return store_.ListVersions(tx, "body-a", "c", "r", "301", 1, 10);
  }),
              SizeIs(1));
  EXPECT_EQ((*InRead([&](Transaction& tx) {
              return store_.LastVersion(tx, "body-a", "c", "r", "301");
            }))->number,
            2);
  EXPECT_FALSE((*InRead([&](Transaction& tx) {
                 return store_.LastVersion(tx, "body-b", "c", "r", "301");
               })).has_value());
}

TEST_P(LearnerStoreTest, HasOneOpenAwardOfARegistration) {
  AwardRecord award;
  award.centre = "c";
  award.id = "a1";
  award.registration = "r";
  award.units = {"301", "302"};
  award.claim_time = absl::FromUnixMicros(7);
  const auto insert = [&](const AwardRecord& a) {
    return Write([&](Transaction& tx) { return store_.InsertAward(tx, "body-a", a); });
  };
  ASSERT_THAT(insert(award), IsOk());
  AwardRecord second = award;
  second.id = "a2";
  EXPECT_THAT(insert(second), IsError(Code::kAlreadyExists, kAwardExists));
  award.state = AwardState::kRefused;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.UpdateAward(tx, "body-a", award); }),
              IsOk());
  ASSERT_THAT(insert(second), IsOk());
  const auto got = InRead([&](Transaction& tx) { return store_.GetAward(tx, kTenant, "c", "a2"); });
  EXPECT_THAT(got->units, ElementsAre("301", "302"));
  EXPECT_THAT(*InRead([&](Transaction& tx) {
    return store_.ListAwards(tx, kTenant, "", AwardState::kClaimed, "", 10);
  }),
              SizeIs(1));
}

TEST_P(LearnerStoreTest, KeepsErasuresWithTheirLists) {
  const ErasureRecord erasure{.centre = "c",
                              .id = "e1",
                              .registrations = {"centres/c/registrations/r1", "x"},
                              .legal_basis = 2,
                              .reason = "asked",
                              .officer = "users/o",
                              .planner_versions = 3,
                              .kept_awards = {},
                              .pseudonym = "erased-e1",
                              .time = absl::FromUnixMicros(9)};
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.InsertErasure(tx, "body-a", erasure); }),
              IsOk());
  const auto got =
      InRead([&](Transaction& tx) { return store_.GetErasure(tx, kTenant, "c", "e1"); });
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->registrations, erasure.registrations);
  EXPECT_THAT(got->kept_awards, IsEmpty());
  EXPECT_EQ(got->time, erasure.time);
  EXPECT_THAT(InRead([&](Transaction& tx) { return store_.GetErasure(tx, kElsewhere, "c", "e1"); }),
              IsError(Code::kNotFound, kErasureNotFound));
}

TEST_P(LearnerStoreTest, KeepsReviewsEvaluationsAndWhatIsDue) {
  QualityStore quality;
  QualityReviewRecord review;
  review.centre = "urn-1";
  review.id = "q1";
  review.day = Day(2026, 10, 1);
  review.document = std::string("\x00\x01grades", 8);
  review.create_time = absl::FromUnixMicros(3);
  review.actions = {{.number = 1, .text = "write it down", .due = Day(2026, 11, 1)},
                    {.number = 2, .text = "train", .due = Day(2026, 12, 1)}};
  ASSERT_THAT(Write([&](Transaction& tx) { return quality.InsertReview(tx, "body-a", review); }),
              IsOk());
  ReviewActionRecord closed = review.actions[1];
  closed.closing_note = "done";
  closed.closed_by = "users/o";
  closed.close_time = absl::FromUnixMicros(4);
  ASSERT_THAT(
      Write([&](Transaction& tx) { return quality.CloseAction(tx, "body-a", review, closed); }),
      IsOk());
  const auto got =
      InRead([&](Transaction& tx) { return quality.GetReview(tx, kTenant, "urn-1", "q1"); });
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->document, review.document);
  ASSERT_THAT(got->actions, SizeIs(2));
  EXPECT_FALSE(got->actions[0].close_time.has_value());
  EXPECT_EQ(got->actions[1].close_time, closed.close_time);
  review.voided = true;
  ASSERT_THAT(Write([&](Transaction& tx) { return quality.UpdateReview(tx, "body-a", review); }),
              IsOk());
  EXPECT_THAT(
      *InRead([&](Transaction& tx) { return quality.ReviewsOf(tx, "body-a", "urn-1", 10); }),
      IsEmpty());

  for (const int number : {1, 2, 3}) {
    EvaluationRecord evaluation{.centre = "urn-1", .facts = "f", .outcome = "o"};
    ASSERT_THAT(
        Write([&](Transaction& tx) { return quality.InsertEvaluation(tx, "body-a", evaluation); }),
        IsOk());
    EXPECT_EQ(evaluation.number, number);
  }
  EXPECT_EQ((*InRead([&](Transaction& tx) {
              return quality.ListEvaluations(tx, "body-a", "urn-1", 3, 10);
            }))[0]
                .number,
            2);

  const auto due = [&](const std::string& centre, Day day, bool interim) {
    return Write([&](Transaction& tx) {
      return quality.PutDue(tx, "body-a", {centre, day, interim, RiskLevel::kHigh, 1});
    });
  };
  ASSERT_THAT(due("urn-1", Day(2027, 5, 1), true), IsOk());
  ASSERT_THAT(due("urn-2", Day(2027, 1, 1), false), IsOk());
  ASSERT_THAT(due("urn-1", Day(2027, 4, 1), true), IsOk());
  const auto list = [&](std::optional<Day> by, bool interim, const std::string& after) {
    std::vector<std::string> centres;
    const auto found = InRead(
        [&](Transaction& tx) { return quality.ListDue(tx, kTenant, "", by, interim, after, 10); });
    for (const ReviewDueRecord& d : *found) centres.push_back(d.centre);
    return centres;
  };
  EXPECT_THAT(list({}, false, ""), ElementsAre("urn-2", "urn-1"));
  EXPECT_THAT(list({}, false, "2027-01-01/urn-2"), ElementsAre("urn-1"));
  EXPECT_THAT(list(Day(2027, 1, 1), false, ""), ElementsAre("urn-2"));
  EXPECT_THAT(list({}, true, ""), ElementsAre("urn-1"));
  for (const auto& [centre, size] : {std::pair{"urn-1", 0u}, {"urn-2", 1u}, {"", 1u}}) {
    EXPECT_THAT(*InRead([&](Transaction& tx) {
      return quality.ListDue(tx, kElsewhere, centre, {}, false, "", 10);
    }),
                SizeIs(size));
  }
  ASSERT_THAT(Write([&](Transaction& tx) { return quality.DropDue(tx, "body-a", "urn-1"); }),
              IsOk());
  EXPECT_THAT(list({}, true, ""), IsEmpty());
}

// EVD-5: a column of text is either rewritten when a learner is erased, or somebody has said why
// not.
TEST_P(LearnerStoreTest, EveryColumnOfTextIsRewrittenOrSaidToBeExempt) {
  const std::string_view sql =
      GetParam().engine == platform::Engine::kSqlite
          ? "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND c.type LIKE 'TEXT%'"
          : "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'text'";
  std::set<std::pair<std::string, std::string>> columns;
  const auto read = [&](Transaction& tx) {
    return tx.Query(sql, {}, [&](const platform::SqlRow& row) {
      columns.emplace(row.Text(0), row.Text(1));
      return absl::OkStatus();
    });
  };
  ASSERT_THAT(db().ReadNow(read), IsOk());
  ASSERT_GT(columns.size(), 300u);
  for (const LearnerText& text : kLearnerTexts) {
    EXPECT_TRUE(columns.contains({std::string(text.table), std::string(text.column)}))
        << text.table << "." << text.column << " is listed and not there";
    EXPECT_TRUE(columns.contains({std::string(text.table), std::string(text.centre)}));
  }
  const auto fits = [](std::string_view pattern, std::string_view name) {
    return pattern == "*" || pattern == name ||
           (pattern.starts_with('*') && name.ends_with(pattern.substr(1)));
  };
  for (const auto& [table, column] : columns) {
    if (table == "schema_versions" || table.starts_with("sqlite_")) continue;
    const bool rewritten =
        std::any_of(std::begin(kLearnerTexts), std::end(kLearnerTexts),
                    [&](const LearnerText& t) { return t.table == table && t.column == column; });
    bool exempt = false;
    for (const OtherText& text : kOtherTexts) {
      if (!fits(text.table, table)) continue;
      for (const absl::string_view name : absl::StrSplit(platform::View(text.columns), ' ')) {
        exempt |= fits(platform::StdView(name), column);
      }
    }
    EXPECT_TRUE(rewritten || exempt)
        << table << "." << column << ": list it in stores/learner_texts.h, as a text in which a "
        << "learner may be named, or as another one with why";
  }
}

// Every text of the list is asked for on both engines, and only this centre's are rewritten.
TEST_P(LearnerStoreTest, RewritesTextsThatNameALearner) {
  QualityStore quality;
  for (const char* centre : {"urn-1", "urn-2"}) {
    QualityReviewRecord review;
    review.centre = centre;
    review.id = "q1";
    review.day = Day(2026, 10, 1);
    review.summary = "100% of Ada Łoś seen";
    review.create_time = absl::FromUnixMicros(3);
    ASSERT_THAT(Write([&](Transaction& tx) { return quality.InsertReview(tx, "body-a", review); }),
                IsOk());
  }
  ASSERT_THAT(Write([&](Transaction& tx) {
                const std::string words[] = {"E1", "ada Łoś", ""};
                return LearnerTraces().Rewrite(tx, "body-a", "urn-1", words, [](std::string& text) {
                  text = "100% of [erased] seen";
                  return true;
                });
              }),
              IsOk());
  const auto summary = [&](const std::string& centre) {
    return InRead([&](Transaction& tx) { return quality.GetReview(tx, kTenant, centre, "q1"); })
        ->summary;
  };
  EXPECT_EQ(summary("urn-1"), "100% of [erased] seen");
  EXPECT_EQ(summary("urn-2"), "100% of Ada Łoś seen");
}

TEST_P(LearnerStoreTest, KeepsAPolicyVersionOnce) {
  QualityStore quality;
  const RiskPolicyRecord policy{2, "{}", "users/o", absl::FromUnixMicros(1)};
  for (const bool inserted : {true, false}) {
    ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                  ASSIGN_OR_RETURN(const bool done, quality.InsertPolicy(tx, "body-a", policy));
                  EXPECT_EQ(done, inserted);
                  return absl::OkStatus();
                }),
                IsOk());
  }
  EXPECT_THAT(*InRead([&](Transaction& tx) { return quality.Policies(tx, "body-a"); }), SizeIs(1));
  EXPECT_THAT(*InRead([&](Transaction& tx) { return quality.Policies(tx, "body-b"); }), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, LearnerStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
