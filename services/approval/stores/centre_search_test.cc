#include "services/approval/stores/centre_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/search.h"
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
      Centre centre;
      centre.facts = {.urn = urn, .title = title, .town = "Leeds", .postcode = "LS1 4AP"};
      centre.id = CentreId(centre.facts);
      centre.create_time = absl::FromUnixMicros(5);
      centre.update_time = centre.create_time;
      centres.push_back({centre, WordsOf(centre.facts)});
      words.insert(words.end(), centres.back().words.begin(), centres.back().words.end());
    }
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(Store().InsertCentres(tx, tenant, centres));
      return CentreSearch().Learn(tx, tenant, words);
    }),
                IsOk());
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

INSTANTIATE_TEST_SUITE_P(Engines, CentreSearchTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
