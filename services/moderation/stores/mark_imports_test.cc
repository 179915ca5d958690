#include "services/moderation/stores/mark_imports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/moderation/errors.h"
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
using ::testing::SizeIs;

class MarkImportStoreTest : public platform::testing::EngineTest {
 protected:
  MarkImportStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {
    import_.tenant = "t";
    import_.name = {"s", "c", "i1"};
    import_.centre = "centres/urn-1";
    import_.expire_time = absl::FromUnixSeconds(100);
  }

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return db().WriteNow(body);
  }

  MarkImportStore store_;
  MarkImport import_;
  const Caller officer_{.tenant = "t", .subject = "o", .reach = {.all = true}};
};

TEST_P(MarkImportStoreTest, KeepsAnImportWithinItsReachAndTakesEachVersionOnce) {
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Insert(tx, import_); }), IsOk());
  const Caller own{.tenant = "t", .subject = "x", .reach = {.centre = "centres/urn-1"}};
  const Caller other{.tenant = "t", .subject = "x", .reach = {.centre = "centres/urn-2"}};
  const Caller nobody{.tenant = "t", .subject = "x"};
  const Caller stranger{.tenant = "u", .subject = "x", .reach = {.all = true}};
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                EXPECT_THAT(store_.Get(tx, officer_, import_.name), IsOk());
                EXPECT_THAT(store_.Get(tx, own, import_.name), IsOk());
                for (const Caller& caller : {other, nobody, stranger}) {
                  EXPECT_THAT(store_.Get(tx, caller, import_.name),
                              IsError(absl::StatusCode::kNotFound, kMarkImportNotFound));
                  EXPECT_THAT(*store_.List(tx, caller, "s", "c", "", 10), SizeIs(0));
                }
                EXPECT_THAT(*store_.List(tx, own, "s", "c", "", 10), SizeIs(1));
                EXPECT_EQ(*store_.CountUnfinished(tx, "t"), 1);
                return absl::OkStatus();
              }),
              IsOk());
  MarkImport late = import_;
  import_.state = MarkImportState::kDone;
  import_.rows = 7;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Update(tx, import_); }), IsOk());
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.Update(tx, late); }),
              IsError(absl::StatusCode::kAborted, kMarkImportInterrupted));
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                ASSIGN_OR_RETURN(const MarkImport got, store_.Get(tx, officer_, import_.name));
                EXPECT_EQ(got.rows, 7);
                EXPECT_EQ(got.version, 2);
                EXPECT_EQ(*store_.CountUnfinished(tx, "t"), 0);
                EXPECT_THAT(*store_.ListUnswept(tx, 10), SizeIs(1));
                EXPECT_THAT(*store_.ListExpired(tx, absl::FromUnixSeconds(99), 10), SizeIs(0));
                EXPECT_THAT(*store_.ListExpired(tx, absl::FromUnixSeconds(100), 10), SizeIs(1));
                RETURN_IF_ERROR(store_.MarkSwept(tx, got));
                EXPECT_THAT(*store_.ListUnswept(tx, 10), SizeIs(0));
                return store_.Delete(tx, got);
              }),
              IsOk());
}

TEST_P(MarkImportStoreTest, KeepsWhatWasSentRefusedAndHeldAndLetsGoInPieces) {
  MarkImport second = import_;
  second.name.id = "i2";
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store_.InsertChunk(tx, import_, 0, std::string("a\0b", 3)));
                RETURN_IF_ERROR(store_.InsertChunk(tx, import_, 3, "c"));
                RETURN_IF_ERROR(store_.InsertRefusals(
                    tx, import_, {{.line = 2, .reason = "R"}, {.line = 9, .centre = "c"}}));
                EXPECT_TRUE(*store_.Hold(tx, import_, {"urn-1", "centres/urn-1", "T"}));
                EXPECT_TRUE(*store_.Hold(tx, import_, {"urn-1", "centres/urn-1", "T"}));
                EXPECT_FALSE(*store_.Hold(tx, second, {"urn-1", "centres/urn-1", ""}));
                return absl::OkStatus();
              }),
              IsOk());
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                const auto first = *store_.NextChunk(tx, import_, 0);
                EXPECT_EQ(first->bytes, std::string("a\0b", 3));
                EXPECT_EQ((*store_.NextChunk(tx, import_, 1))->position, 3);
                EXPECT_FALSE(store_.NextChunk(tx, import_, 4)->has_value());
                EXPECT_THAT(*store_.ListRefusedLines(tx, import_, -1, 10), ElementsAre(2, 9));
                EXPECT_THAT(*store_.ListRefusals(tx, import_, 2, 10), SizeIs(1));
                EXPECT_EQ(*store_.HolderOf(tx, "t", {"s", "c", "urn-1"}), "i1");
                EXPECT_EQ(*store_.HolderOf(tx, "u", {"s", "c", "urn-1"}), "");
                EXPECT_EQ((*store_.FindHold(tx, import_, "urn-1"))->title, "T");
                EXPECT_FALSE(store_.FindHold(tx, second, "urn-1")->has_value());
                EXPECT_EQ(*store_.DeleteHolds(tx, second, 10), 0);
                EXPECT_EQ(*store_.DeleteHolds(tx, import_, 10), 1);
                EXPECT_EQ(*store_.DeleteChunks(tx, import_, 1), 1);
                EXPECT_EQ(*store_.DeleteChunks(tx, import_, 10), 1);
                EXPECT_EQ(*store_.DeleteRefusals(tx, import_, 10), 2);
                return absl::OkStatus();
              }),
              IsOk());
}

INSTANTIATE_TEST_SUITE_P(Engines, MarkImportStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::moderation
