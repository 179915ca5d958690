// Lists and searches of centres as the service does them, without the network: P11. And imports.
//
//   ASSAY_BENCHMARK_FULL=1 approval_benchmark --benchmark_filter=Centres
//
// measures at 1,000, 10,000 and 100,000 centres; without it the sizes are small.
// ASSAY_BENCHMARK_DATABASE names another database than SQLite in a temporary folder.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/clients/moderation.h"
#include "services/approval/commands/import_centres.h"
#include "services/approval/context.h"
#include "services/approval/oversight_loader.h"
#include "services/approval/search.h"
#include "services/approval/stores/centre_search.h"
#include "services/approval/stores/duplicates.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/id.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/rpc/client.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;

constexpr std::size_t kBatch = 2000;
constexpr int kPage = 50;

void Check(const absl::Status& status) {
  if (!status.ok()) {
    platform::Log(platform::Severity::kError, "benchmark", {{"error", status.ToString()}});
  }
  ASSAY_CHECK(status.ok());
}

// Names as registers have them: saints and kinds that every town has, and places that few have.
class Names {
 public:
  std::string Place() {
    static constexpr const char* kFirst[] = {
        "bar",  "ash",   "whit", "brad", "elm",   "hart",  "black", "long",  "mar",    "stan",
        "wood", "thorn", "llan", "pen",  "cross", "green", "old",   "kings", "bishop", "nor"};
    static constexpr const char* kMiddle[] = {"ing", "er", "y", "en", "le", "s",  "ar", "en",
                                              "or",  "wy", "a", "ol", "mi", "ra", "to"};
    static constexpr const char* kLast[] = {"ton",  "ford", "ham",   "ley",    "worth", "field",
                                            "bury", "by",   "wick",  "combe",  "stead", "fawr",
                                            "goch", "dale", "mouth", "bridge", "well",  "stoke"};
    return Upper(
        absl::StrCat(Of(kFirst), Of(kMiddle), below(3) == 0 ? Of(kMiddle) : "", Of(kLast)));
  }
  std::string Title() {
    static constexpr const char* kSaints[] = {"Mary", "John", "Peter", "Thomas", "Anne", "David"};
    static constexpr const char* kKinds[] = {"Primary School",
                                             "Primary School",
                                             "Primary School",
                                             "Academy",
                                             "Church of England Primary School",
                                             "Catholic Primary School",
                                             "High School",
                                             "College"};
    if (below(4) == 0) return absl::StrCat("St ", Of(kSaints), "'s ", Of(kKinds));
    return absl::StrCat(Place(), " ", Of(kKinds));
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

 private:
  template <std::size_t N>
  const char* Of(const char* const (&texts)[N]) {
    return texts[below(N)];
  }
  static std::string Upper(std::string text) {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
  }

  std::mt19937 random_{17};
};

// Importing and searching ask nobody.
class NobodyToAsk : public platform::Client {
 protected:
  absl::Status CallMethod(const platform::Call&, std::string_view, const google::protobuf::Message&,
                          google::protobuf::Message&) override {
    return absl::UnavailableError("nobody is there");
  }
};

// A database with so many centres, that came as a file.
class Centres {
 public:
  explicit Centres(std::int64_t count) : count_(count) {
    const char* uri = std::getenv("ASSAY_BENCHMARK_DATABASE");
    auto database = platform::OpenDatabase(
        {.uri = uri != nullptr ? uri : absl::StrCat("sqlite:", dir_ / "approval.db")});
    Check(database.status());
    database_ = *std::move(database);
    Check(platform::Migrate(*database_, platform::Migrations()));
    Check(platform::Migrate(*database_, Migrations()));
    auto oversight = LoadOversight("");
    Check(oversight.status());
    oversight_ = *std::move(oversight);
    context_.emplace(Context{*database_, *ids_, store_, catalogue_, 1'000'000, entropy_,
                             moderation_, oversight_});
    platform::Principal principal;
    principal.tenant = ids_->NextId(platform::SystemClock().Now());  // Fresh in any database.
    principal.subject = "users/officer";
    principal.roles = {"quality"};
    call_.principal = std::make_shared<const platform::Principal>(std::move(principal));
    call_.now = absl::FromUnixSeconds(1'777'626'000);
    call_.method = "assay.approval.v1.CentreService/ImportCentres";
    Names names;
    for (std::int64_t i = 0; i < count; ++i) rows_.push_back(Row(names, i));
    Import(rows_, false);
  }

  // One of them in every ten thousand has the word that is looked for.
  static ImportRow Row(Names& names, std::int64_t i) {
    ImportRow row;
    row.line = i + 2;
    row.establishment = {.urn = std::to_string(100'000 + i),
                         .title = i == 17 ? "Caerdydd Grammar School" : names.Title(),
                         .address_lines = {"1 High Street"},
                         .town = absl::StrCat("Town", names.below(500)),
                         .postcode = absl::StrCat("LS", i % 97, " ", i % 9, "AB"),
                         .kind = "School",
                         .age_low = 5,
                         .age_high = 11};
    row.facts = FactsOf(row.establishment);
    return row;
  }

  ImportCounts Import(std::span<const ImportRow> rows, bool validate_only) {
    ImportCounts counts;
    for (std::size_t at = 0; at < rows.size(); at += kBatch) {
      const auto batch = rows.subspan(at, std::min(kBatch, rows.size() - at));
      ImportResult result;
      const auto merge = [&](Transaction& tx) -> absl::Status {
        const Work work{tx, call_, *context_, ReachOf(call_)};
        ASSIGN_OR_RETURN(result, ImportCentres(work, "england-establishments", batch,
                                               {.validate_only = validate_only}));
        return absl::OkStatus();
      };
      Check(validate_only ? database_->ReadNow(merge) : database_->WriteNow(merge));
      counts += result.counts;
    }
    return counts;
  }

  template <typename Body>
  void Read(Body body) {
    Check(database_->ReadNow([&](Transaction& tx) -> absl::Status { return body(tx).status(); }));
  }

  // A page of a search, with the centres.
  std::size_t Search(const std::string& text, std::string after = "") {
    std::size_t found = 0;
    Check(database_->ReadNow([&](Transaction& tx) -> absl::Status {
      CentreQuery query;
      ASSIGN_OR_RETURN(query.words, WordsOfQuery(text));
      query.name = NameWord(query.words);
      ASSIGN_OR_RETURN(const SearchPage page,
                       CentreSearch().Search(tx, reach(), query, after, kPage));
      ASSIGN_OR_RETURN(const auto centres, store_.FindCentres(tx, reach().tenant, page.centres));
      found = centres.size();
      return absl::OkStatus();
    }));
    return found;
  }

  Reach reach() const { return {call_.principal->tenant, ""}; }
  std::string IdAt(std::int64_t i) const { return absl::StrCat("urn-", 100'000 + i % count_); }
  std::span<const ImportRow> rows() const { return rows_; }
  std::int64_t count() const { return count_; }
  Store& store() { return store_; }

  // Made once for each size.
  static Centres& Of(std::int64_t count) {
    static std::map<std::int64_t, std::unique_ptr<Centres>> made;
    std::unique_ptr<Centres>& centres = made[count];
    if (centres == nullptr) centres = std::make_unique<Centres>(count);
    return *centres;
  }

 private:
  const std::int64_t count_;
  platform::testing::TempDir dir_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<platform::IdSource> ids_ = platform::MakeIdSource(platform::SystemEntropy());
  Store store_;
  const Catalogue catalogue_;
  platform::Entropy& entropy_ = platform::SystemEntropy();
  NobodyToAsk nobody_;
  Moderation moderation_{nobody_};
  OversightPolicy oversight_;
  std::optional<Context> context_;
  platform::Call call_;
  std::vector<ImportRow> rows_;
};

void Sizes(benchmark::internal::Benchmark* benchmark) {
  const bool full = std::getenv("ASSAY_BENCHMARK_FULL") != nullptr;
  for (const std::int64_t size : full ? std::vector<std::int64_t>{1'000, 10'000, 100'000}
                                      : std::vector<std::int64_t>{50, 100}) {
    benchmark->Arg(size);
  }
  benchmark->Unit(benchmark::kMicrosecond);
}

void BM_CentresGet(benchmark::State& state) {
  Centres& centres = Centres::Of(state.range(0));
  std::int64_t i = 0;
  for (auto _ : state) {
    centres.Read([&](Transaction& tx) {
      return centres.store().GetCentre(tx, centres.reach(), centres.IdAt(i += 7919));
    });
  }
}
BENCHMARK(BM_CentresGet)->Apply(Sizes);

void BM_CentresListFromTheMiddle(benchmark::State& state) {
  Centres& centres = Centres::Of(state.range(0));
  for (auto _ : state) {
    centres.Read([&](Transaction& tx) {
      return centres.store().ListCentres(tx, centres.reach(), CentreState::kListed,
                                         centres.IdAt(centres.count() / 2), kPage);
    });
  }
}
BENCHMARK(BM_CentresListFromTheMiddle)->Apply(Sizes);

void BM_CentresListDuplicates(benchmark::State& state) {
  Centres& centres = Centres::Of(state.range(0));
  for (auto _ : state) {
    centres.Read([&](Transaction& tx) {
      return DuplicateStore().List(tx, centres.reach().tenant, DuplicateState::kOpen, "",
                                   std::nullopt, kPage);
    });
  }
}
BENCHMARK(BM_CentresListDuplicates)->Apply(Sizes);

void SearchFor(benchmark::State& state, const std::string& text) {
  Centres& centres = Centres::Of(state.range(0));
  std::size_t found = 0;
  for (auto _ : state) found = centres.Search(text);
  state.counters["found"] = static_cast<double>(found);
}

// The words of one centre; of many; a beginning that thousands have; two that are never together.
BENCHMARK_CAPTURE(SearchFor, CentresRareWord, "caerdydd")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresRareAndCommonWord, "caerdydd school")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresCommonWords, "primary school")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresWholeName, "st mary's primary school")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresCommonBeginning, "pr sc")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresNumber, "100017")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresApart, "academy catholic")->Apply(Sizes);
// One letter wrong; two; mutated; wrong beside a common word.
BENCHMARK_CAPTURE(SearchFor, CentresNearWord, "caerdidd")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresTwoErrors, "caedryydd")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresMutated, "gaerdydd")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresNearAndCommonWord, "caerdidd school")->Apply(Sizes);
BENCHMARK_CAPTURE(SearchFor, CentresNearCommonWords, "primery shcool")->Apply(Sizes);

// The file again, which changes nothing: what a preview costs.
void BM_CentresPreviewAgain(benchmark::State& state) {
  Centres& centres = Centres::Of(state.range(0));
  for (auto _ : state) {
    const ImportCounts counts = centres.Import(centres.rows(), true);
    if (counts.unchanged != centres.count()) state.SkipWithError("the second run changes");
  }
  state.SetItemsProcessed(state.iterations() * centres.count());
}
BENCHMARK(BM_CentresPreviewAgain)->Apply(Sizes)->Unit(benchmark::kMillisecond);

// The first import, words and duplicates and all.
void BM_CentresImport(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Centres(state.range(0)).count());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_CentresImport)->Apply(Sizes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::approval
