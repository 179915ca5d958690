#include "services/approval/involvement/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Planner Base() {
  Planner planner;
  planner.learners = {{"e1", "One"}, {"e2", "Two"}};
  Activity activity;
  activity.id = "a1";
  activity.title = "Placement";
  activity.practitioner = {.name = "Ann", .employer = "Ann Ltd"};
  activity.day = absl::CivilDay(2026, 1, 15);
  activity.learners = {{"e1", Participation::kPlanned}};
  planner.activities = {activity};
  return planner;
}

// EI-12
TEST(ChangesBetweenTest, NamesWhatCameWentAndDiffers) {
  EXPECT_THAT(ChangesBetween(Base(), Base()), IsEmpty());
  Planner after = Base();
  after.learners = {{"e1", "One"}, {"e3", "Three"}, {"e4", "Four"}};
  Activity& changed = after.activities[0];
  changed.practitioner->employer = "Bob plc";
  changed.day.reset();
  changed.learners[0].participation = Participation::kCompleted;
  Activity added = changed;
  added.id = "a2";
  added.title = "Guest lecture";
  added.kind = ActivityKind::kCoDelivery;
  after.activities.push_back(added);
  EXPECT_THAT(ChangesBetween(Base(), after),
              ElementsAre("learners added: e3, e4", "learners removed: e2",
                          "activity a1: day was 2026-01-15, is no day",
                          "activity a1: employer was Ann Ltd, is Bob plc",
                          "learners of activity a1: e1 was planned is completed",
                          "activity a2 added: Guest lecture, co-delivery, Bob plc"));
  EXPECT_THAT(ChangesBetween(after, Base()).back(), "activity a2 removed: Guest lecture");
}

// EI-12: nothing changes without a line.
TEST(ChangesBetweenTest, EachFieldLeavesALineWithWhatItWasAndIs) {
  struct Case {
    std::string line;
    std::function<void(Planner&)> change;
  };
  const auto Of = [](auto change) {
    return [change](Planner& planner) { change(planner.activities[0]); };
  };
  for (const Case&
           c : std::vector<Case>{{"activity a1: title was Placement, is Week at Ann's",
                                  Of([](Activity& a) { a.title = "Week at\nAnn's"; })},
                                 {"activity a1: kind was work placement, is expert witness",
                                  Of([](Activity& a) { a.kind = ActivityKind::kExpertWitness; })},
                                 {"activity a1: mode was in person, is recorded",
                                  Of([](Activity& a) { a.mode = Mode::kRecorded; })},
                                 {"activity a1: claim was not live, is live",
                                  Of([](Activity& a) { a.claimed_live = true; })},
                                 {"activity a1: extent was a session, is a whole unit",
                                  Of([](Activity& a) { a.whole_unit = true; })},
                                 {"activity a1: last day was no day, is 2026-01-20",
                                  Of([](Activity& a) {
                                    a.last_day = absl::CivilDay(2026, 1, 20);
                                  })},
                                 {"activity a1: practitioner was Ann, is Bea",
                                  Of([](Activity& a) { a.practitioner->name = "Bea"; })},
                                 {"activity a1: sectors were nothing, are 15.1, 15.2",
                                  Of([](Activity& a) {
                                    a.practitioner->sectors = {"15.1", "15.2"};
                                  })},
                                 {"activity a1: SIC codes were nothing, are 47110",
                                  Of([](Activity& a) { a.practitioner->sic_codes = {"47110"}; })},
                                 {"activity a1: source was nothing, is the chamber of trade",
                                  Of([](Activity& a) { a.source = "the chamber of trade"; })},
                                 {"activity a1: framework was nothing, is a text of 201 bytes",
                                  Of([](Activity& a) { a.framework = std::string(201, 'x'); })},
                                 {"activity a1: contingency was nothing, is a webinar",
                                  Of([](Activity& a) { a.contingency = "a webinar"; })},
                                 {"learners of activity a1: e2 is absent", Of([](Activity& a) {
                                    a.learners.push_back({"e2", Participation::kAbsent});
                                  })},
                                 {"learners of activity a1: e1 has another reason",
                                  Of([](Activity& a) { a.learners[0].reason = "was ill"; })},
                                 {"learners of activity a1: e1 is no longer in it",
                                  Of([](Activity& a) { a.learners.clear(); })},
                                 {"activity a1: evidence added: r (attendance register)",
                                  Of([](Activity& a) { a.evidence = {{"r"}}; })},
                                 {"planner: supporting evidence added: l (correspondence)",
                                  [](Planner& p) {
                                    p.supporting = {{"l", EvidenceKind::kCorrespondence}};
                                  }},
                                 {"learners named otherwise: e2",
                                  [](Planner& p) { p.learners[1].name = "Zwei"; }}}) {
    Planner after = Base();
    c.change(after);
    EXPECT_THAT(ChangesBetween(Base(), after), ElementsAre(c.line));
    EXPECT_THAT(ChangesBetween(after, Base()), ::testing::SizeIs(1)) << c.line;
  }
}

// Another kind of the same file is a change too.
TEST(ChangesBetweenTest, TellsOfEvidenceWhatCameAndWent) {
  Planner before = Base(), after = Base();
  before.activities[0].evidence = {{"r"}, {"s"}};
  after.activities[0].evidence = {{"r"}, {"s", EvidenceKind::kBrief}};
  EXPECT_THAT(ChangesBetween(before, after),
              ElementsAre("activity a1: evidence added: s (brief)",
                          "activity a1: evidence removed: s (attendance register)"));
}

TEST(ChangesBetweenTest, IsBounded) {
  Planner after;
  for (int i = 0; i < kChangesMax + 20; ++i) after.activities.emplace_back().id = absl::StrCat(i);
  const auto lines = ChangesBetween({}, after);
  ASSERT_EQ(lines.size(), kChangesMax + 1u);
  EXPECT_EQ(lines.back(), "and 20 more");
}

}  // namespace
}  // namespace assay::approval
