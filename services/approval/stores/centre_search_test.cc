#include "services/approval/stores/centre_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/search.h"
#include "services/approval/stores/common_pairs.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Reach kTenant = {.tenant = "body-a", .within = ""};

class CentreSearchTest : public platform::testing::EngineTest {
 protected:
  CentreSearchTest() : EngineTest({&Migrations()}) {}

  void Insert(const std::vector<std::pair<std::string, std::string>>& titles,
              const std::string& tenant = "body-a") {
    std::vector<IndexedCentre> centres;
    std::vector<std::string> words;
    for (const auto& [urn, title] : titles) {
      const Centre centre = Make(urn, title);
      centres.push_back({centre, WordsOf(centre.facts)});
      words.insert(words.end(), centres.back().words.begin(), centres.back().words.end());
    }
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(Store().InsertCentres(tx, tenant, centres));
      RETURN_IF_ERROR(CentreSearch().Learn(tx, tenant, words));
      // A running server does so by itself within a minute of as many rows.
      return titles.size() > 1000 ? tx.Execute("ANALYZE", {}).status() : absl::OkStatus();
    }),
                IsOk());
  }

  static Centre Make(const std::string& urn, const std::string& title) {
    Centre centre;
    centre.facts = {.urn = urn, .title = title, .town = "Leeds", .postcode = "LS1 4AP"};
    centre.id = CentreId(centre.facts);
    centre.create_time = absl::FromUnixMicros(5);
    centre.update_time = centre.create_time;
    return centre;
  }

  void Rename(const std::string& urn, const std::string& title, std::int64_t version) {
    Centre centre = Make(urn, title);
    centre.version = version;
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
      return Store().UpdateCentre(tx, "body-a", {centre, WordsOf(centre.facts)});
    }),
                IsOk());
  }

  std::vector<std::string> CommonWords() {
    std::vector<std::string> words;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(words, CommonPairs().WordsFrom(tx, "body-a", "", "zzz", 100));
      return absl::OkStatus();
    }),
                IsOk());
    return words;
  }

  SearchPage Page(const std::string& text, const std::string& after = "", int limit = 100,
                  bool approximate = false, const Reach& reach = kTenant) {
    SearchPage page;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      CentreQuery query;
      ASSIGN_OR_RETURN(query.words, WordsOfQuery(text));
      query.name = NameWord(query.words);
      query.include_approximate = approximate;
      ASSIGN_OR_RETURN(page, CentreSearch().Search(tx, reach, query, after, limit));
      return absl::OkStatus();
    }),
                IsOk());
    return page;
  }
  std::vector<std::string> Search(const std::string& text, const Reach& reach = kTenant) {
    return Page(text, "", 100, false, reach).centres;
  }
};

TEST_P(CentreSearchTest, EveryWordBeginsAWord) {
  Insert({{"100000", "St Mary's Primary"},
          {"100002", "St Marylebone College"},
          {"100004",
           "Rosemary Lane \xC3\x89"
           "cole"}});
  EXPECT_THAT(Search("mary"), ElementsAre("urn-100000", "urn-100002"));
  EXPECT_THAT(Search("mary primary"), ElementsAre("urn-100000"));
  EXPECT_THAT(Search("leeds ecole"), ElementsAre("urn-100004"));
  EXPECT_THAT(Search("100002"), ElementsAre("urn-100002"));
  EXPECT_THAT(Search("ls14"), ElementsAre("urn-100000", "urn-100002", "urn-100004"));
  EXPECT_THAT(Search("mary nowhere"), IsEmpty());
}

TEST_P(CentreSearchTest, GivesTheWholeNameFirstThenWholeWordsThenBeginnings) {
  Insert({{"100000", "Ashford Elms College"},
          {"100002", "Ash Elm College"},
          {"100004", "Elm Ash"},
          {"100006", "Ashes Elm"}});
  EXPECT_THAT(Search("elm ash"),
              ElementsAre("urn-100004", "urn-100002", "urn-100000", "urn-100006"));
}

TEST_P(CentreSearchTest, FindsNearSpellingsIfNothingMatchesAsTyped) {
  Insert({{"100000", "Sheffield College"},
          {"100002", "Shenfield College"},
          {"100004", "Ysgol Caerdydd"}});
  EXPECT_THAT(Search("sheffield"), ElementsAre("urn-100000"));
  // One swap away from the first; the second has another letter besides.
  EXPECT_THAT(Search("sheffeild"), ElementsAre("urn-100000", "urn-100002"));
  EXPECT_THAT(Search("shenfeild"), ElementsAre("urn-100002", "urn-100000"));
  EXPECT_THAT(Search("colleg sheffelid"), ElementsAre("urn-100000"));
  EXPECT_THAT(Search("ysgol gaerdydd"), ElementsAre("urn-100004"));
  EXPECT_THAT(Search("sheffield caerdyd"), IsEmpty());
  EXPECT_EQ(Page("sheffeild").exact_count, 0);
  const SearchPage both = Page("sheffield", "", 100, true);
  EXPECT_THAT(both.centres, ElementsAre("urn-100000", "urn-100002"));
  EXPECT_EQ(both.exact_count, 1);
}

TEST_P(CentreSearchTest, PagesThroughAllThatIsFoundOnceEach) {
  std::vector<std::pair<std::string, std::string>> titles;
  for (int i = 0; i < 5; ++i) {
    titles.emplace_back(std::to_string(100'000 + i), "Elm");
    titles.emplace_back(std::to_string(100'100 + i), "Elm College");
    titles.emplace_back(std::to_string(100'200 + i), "Elmfield College");
    titles.emplace_back(std::to_string(100'300 + i), "Elmfild Academy");
  }
  Insert(titles);
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::size_t>>{
           {"elm", 20u}, {"elmfield", 10u}, {"elmfeild", 10u}}) {
    const std::vector<std::string> whole = Page(text, "", 100, true).centres;
    EXPECT_EQ(whole.size(), expected) << text;
    for (const int limit : {1, 3, 5, 7}) {
      std::vector<std::string> found;
      std::string after;
      do {
        const SearchPage page = Page(text, after, limit, true);
        EXPECT_LE(page.centres.size(), static_cast<std::size_t>(limit));
        found.insert(found.end(), page.centres.begin(), page.centres.end());
        after = page.next;
      } while (!after.empty());
      EXPECT_EQ(found, whole) << text << " by " << limit;
    }
  }
}

TEST_P(CentreSearchTest, KeepsToTheCallersReach) {
  Insert({{"100000", "Sheffield College"}, {"100002", "Sheffield Academy"}});
  Insert({{"100004", "Sheffield Sixth Form"}}, "body-b");
  EXPECT_THAT(Search("sheffield", {"body-b", ""}), ElementsAre("urn-100004"));
  EXPECT_THAT(Search("sheffeild", {"body-b", ""}), ElementsAre("urn-100004"));
  EXPECT_THAT(Search("sheffeild", {"body-a", "urn-100002"}), ElementsAre("urn-100002"));
  EXPECT_THAT(Search("sheffeild", {"body-c", ""}), IsEmpty());
}

TEST_P(CentreSearchTest, LearnsAWordOnceHoweverOftenItComes) {
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> words;
    for (char c = 'a'; c < 'a' + 20; ++c) {
      for (char d = 'a'; d < 'a' + 2; ++d) words.push_back(std::string("word") + c + d);
    }
    words.push_back("word");
    EXPECT_THAT(
        db().WriteNow([&](Transaction& tx) { return CentreSearch().Learn(tx, "body-a", words); }),
        IsOk());
  }
}

// P11: words that thousands have and few have together are met in their blocks.
TEST_P(CentreSearchTest, FindsCommonWordsThatAreSeldomTogether) {
  std::vector<std::pair<std::string, std::string>> titles = {{"10500", "Ash Academy Catholic"},
                                                             {"105000", "Elm Academy Catholic"},
                                                             {"120000", "Catholic Academy"}};
  for (int i = 0; i < kRareMax + 100; ++i) {
    titles.emplace_back(std::to_string(200'000 + i), "Elm Academy");
    titles.emplace_back(std::to_string(300'000 + i), "Elm Catholic");
  }
  Insert(titles);
  // Later ones, by themselves: with the very words, and with words that begin so.
  Insert({{"130000", "Oak Catholic Academy"}, {"400000", "Academyfield Catholicton"}});
  EXPECT_THAT(CommonWords(), ::testing::IsSupersetOf({"academy", "catholic", "elm", "leeds"}));
  EXPECT_THAT(Search("academy catholic"),
              ElementsAre("urn-120000", "urn-10500", "urn-105000", "urn-130000", "urn-400000"));
  EXPECT_THAT(Search("acad cath"),
              ElementsAre("urn-10500", "urn-105000", "urn-120000", "urn-130000", "urn-400000"));
  EXPECT_THAT(Search("catholic elm academy"), ElementsAre("urn-105000"));
  EXPECT_THAT(Search("academy catholic", {"body-a", "urn-130000"}), ElementsAre("urn-130000"));
  EXPECT_THAT(Search("academy catholic", {"body-b", ""}), IsEmpty());
  for (const char* text : {"academy catholic", "acad cath", "elm academy leeds"}) {
    const std::vector<std::string> whole = Page(text, "", 10).centres;
    for (const int limit : {1, 3}) {
      std::vector<std::string> found;
      std::string after;
      do {
        const SearchPage page = Page(text, after, limit);
        found.insert(found.end(), page.centres.begin(), page.centres.end());
        after = page.next;
      } while (!after.empty() && found.size() < whole.size());
      found.resize(std::min(found.size(), whole.size()));
      EXPECT_EQ(found, whole) << text << " by " << limit;
    }
  }
}

// A name that a centre no longer has leaves its block behind, where nothing is found.
TEST_P(CentreSearchTest, ForgetsCommonWordsThatACentreNoLongerHas) {
  std::vector<std::pair<std::string, std::string>> titles = {{"100000", "Academy Catholic Ash"}};
  for (int i = 0; i < kRareMax + 100; ++i) {
    titles.emplace_back(std::to_string(200'000 + i), "Elm Academy");
    titles.emplace_back(std::to_string(300'000 + i), "Elm Catholic");
  }
  Insert(titles);
  EXPECT_THAT(Search("academy catholic"), ElementsAre("urn-100000"));
  Rename("100000", "Academy Ash", 2);
  EXPECT_THAT(Search("academy catholic ash"), IsEmpty());
  EXPECT_THAT(Page("academy catholic").exact_count, 0);
  Rename("100000", "Catholic Ash Academy", 3);
  EXPECT_THAT(Search("academy catholic"), ElementsAre("urn-100000"));
}

INSTANTIATE_TEST_SUITE_P(Engines, CentreSearchTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
