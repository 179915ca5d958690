#include "services/approval/stores/recording_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "services/approval/errors.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using Code = absl::StatusCode;

class RecordingFormStoreTest : public platform::testing::EngineTest {
 protected:
  RecordingFormStoreTest() : EngineTest({&Migrations()}) {}
  template <typename Body>
  auto Run(Body body) {
    std::optional<decltype(body(std::declval<Transaction&>()))> result;
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
      result.emplace(body(tx));
      return absl::OkStatus();
    }),
                IsOk());
    return *std::move(result);
  }
  RecordingFormStore store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, RecordingFormStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(RecordingFormStoreTest, GivesAFormBackAsItWasAndOnlyWithinReach) {
  RecordingFormRecord form{.centre = "urn-1",
                           .id = "f1",
                           .facts = {.qualification = "9001-03"},
                           .title = "Log",
                           .changes = "a column more",
                           .evidence = "centres/urn-1/evidence/e",
                           .create_time = absl::FromUnixSeconds(5),
                           .update_time = absl::FromUnixSeconds(5)};
  ASSERT_THAT(Run([&](Transaction& tx) { return store_.Insert(tx, "t", form); }), IsOk());
  RecordingFormRecord stale = form;
  form.facts.state = FormState::kApproved;
  form.facts.from = absl::CivilDay(2026, 3, 1);
  form.officer = "users/o";
  form.approved_by = "users/q";
  form.approve_time = absl::FromUnixSeconds(9);
  ASSERT_THAT(Run([&](Transaction& tx) { return store_.Update(tx, "t", form); }), IsOk());
  EXPECT_EQ(form.version, 2);
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.Update(tx, "t", stale); }),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  const auto get = [&](Reach reach) {
    return Run([&](Transaction& tx) { return store_.Get(tx, reach, "urn-1", "f1"); });
  };
  const auto back = get({"t", ""});
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->facts.state, FormState::kApproved);
  EXPECT_EQ(back->facts.from, absl::CivilDay(2026, 3, 1));
  EXPECT_FALSE(back->facts.until.has_value());
  EXPECT_EQ(back->changes, "a column more");
  EXPECT_EQ(back->evidence, "centres/urn-1/evidence/e");
  EXPECT_THAT(get({"t", "urn-2"}), IsError(Code::kNotFound, kRecordingFormNotFound));
  EXPECT_THAT(get({"other", ""}), IsError(Code::kNotFound, kRecordingFormNotFound));
  const auto listed = Run([&](Transaction& tx) {
    return store_.List(tx, {"t", ""}, "", FormState::kApproved, "", 10);
  });
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->size(), 1u);
  EXPECT_EQ(back->approved_by, "users/q");
  EXPECT_EQ(back->approve_time, absl::FromUnixSeconds(9));
  const auto count = [&] {
    const auto counts = Run([&](Transaction& tx) { return store_.Count(tx, "t", "urn-1"); });
    EXPECT_THAT(counts, IsOk());
    return std::pair(counts->all, counts->open);
  };
  EXPECT_EQ(count(), std::pair(1, 1));
  form.facts.state = FormState::kWithdrawn;
  ASSERT_THAT(Run([&](Transaction& tx) { return store_.Update(tx, "t", form); }), IsOk());
  EXPECT_EQ(count(), std::pair(1, 0));
}

}  // namespace
}  // namespace assay::approval
