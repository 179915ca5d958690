// Marks in, samples out and what blocks results, as the service does them, without the network: P9,
// P8 and P11.
//
//   ASSAY_BENCHMARK_FULL=1 moderation_benchmark     a million marks, ten thousand cohorts
//
// Without it the sizes are small. ASSAY_BENCHMARK_DATABASE names another database than SQLite in a
// temporary folder.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/clients/approval.h"
#include "services/moderation/clients/evidence.h"
#include "services/moderation/commands/create.h"
#include "services/moderation/commands/find_blockers.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/context.h"
#include "services/moderation/draw_all.h"
#include "services/moderation/import_marks.h"
#include "services/moderation/mark_import_runner.h"
#include "services/moderation/mark_import_upload.h"
#include "services/moderation/policies/loader.h"
#include "services/moderation/policy_shelf.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;

class NoCache final : public platform::Cache {
 public:
  std::optional<std::string> Get(std::string_view) override { return std::nullopt; }
  void Set(std::string_view, std::string_view, absl::Duration) override {}
  void Delete(std::string_view) override {}
};

class NoClient final : public platform::Client {
  absl::Status CallMethod(const platform::Call&, std::string_view, const google::protobuf::Message&,
                          google::protobuf::Message&) override {
    return absl::UnavailableError("a benchmark asks nobody");
  }
};

void Check(const absl::Status& status) {
  if (!status.ok())
    platform::Log(platform::Severity::kError, "benchmark", {{"error", status.ToString()}});
  ASSAY_CHECK(status.ok());
}

// A database with one series and one component.
class Fixture {
 public:
  Fixture() {
    const char* uri = std::getenv("ASSAY_BENCHMARK_DATABASE");
    auto database = platform::OpenDatabase(
        {.uri = uri != nullptr ? uri : absl::StrCat("sqlite:", dir_ / "moderation.db"),
         .waiting_writes_max = 100'000});
    Check(database.status());
    database_ = *std::move(database);
    Check(platform::Migrate(*database_, platform::Migrations()));
    Check(platform::Migrate(*database_, Migrations()));
    auto book = LoadPolicies(ShippedPolicies());
    Check(book.status());
    policies_.emplace(*std::move(book));
    context_.emplace(
        Context{*database_, *ids_, entropy_, store_, *policies_, approval_, evidence_, 2'000'000});
    platform::Principal principal;
    principal.tenant = ids_->NextId(platform::SystemClock().Now());  // Fresh in any database.
    principal.subject = "users/officer";
    principal.roles = {"quality"};
    call_.principal = std::make_shared<const platform::Principal>(std::move(principal));
    call_.now = absl::FromUnixSeconds(1'777'626'000);
    call_.method = "assay.moderation.v1.SubmissionService/ImportMarks";
    Check(Write([](const Work& work) -> absl::Status {
      RETURN_IF_ERROR(CreateSeries(work, {.id = "s", .title = "S"}));
      return CreateComponent(work, {.series = "s",
                                    .id = "c",
                                    .title = "C",
                                    .scale = {.maximum = 60 * kOneMark},
                                    .sampling_policy = "pearson-2026",
                                    .tolerance_policy = "six-percent",
                                    .adjustment_policy = "least-squares"});
    }));
  }

  absl::Status Write(absl::FunctionRef<absl::Status(const Work&)> body) {
    return database_->WriteNow([&](Transaction& tx) { return body(WorkOn(tx)); });
  }
  absl::Status Read(absl::FunctionRef<absl::Status(const Work&)> body) {
    return database_->ReadNow([&](Transaction& tx) { return body(WorkOn(tx)); });
  }
  Work WorkOn(Transaction& tx) { return {tx, call_, *context_, CallerOf(call_, Scope::kCentre)}; }

  // A new submission, named by a number that is never used twice.
  SubmissionName Open() {
    const SubmissionName name{"s", "c", absl::StrCat("urn-", ++opened_)};
    Check(Write([&](const Work& work) {
      return CreateSubmission(work, name, "centres/" + name.id, "Centre").status();
    }));
    return name;
  }

  void Import(const SubmissionName& name, const std::string& csv) {
    v1::ImportMarksRequest message;
    message.set_name(name.Text());
    auto sink = OpenImport(*context_, call_, message);
    Check(sink.status());
    for (std::size_t at = 0; at < csv.size(); at += kPiece) {
      message.mutable_content()->set_data(csv.substr(at, kPiece));
      Check((*sink)->Take(message));
    }
    Check((*sink)->Finish().status());
  }

  // So many submissions urn-100000 …; with candidates they are handed in.
  void OpenMany(int count, int candidates) {
    std::vector<Candidate> cohort;
    for (int first = 0; first < count; first += kOpenedAtOnce) {
      Check(Write([&](const Work& work) -> absl::Status {
        for (int i = first; i < std::min(count, first + kOpenedAtOnce); ++i) {
          const SubmissionName name{"s", "c", absl::StrCat("urn-", 100'000 + i)};
          ASSIGN_OR_RETURN(Submission s,
                           CreateSubmission(work, name, "centres/" + name.id, "Centre"));
          if (candidates == 0) continue;
          cohort.clear();
          for (int c = 0; c < candidates; ++c) {
            cohort.push_back({.number = absl::StrCat(10'000 + c),
                              .mark = (c * 37 + i) % 61 * kOneMark,
                              .assessor = absl::StrCat("assessor-", c % 7),
                              .group = absl::StrCat("group-", c % 11),
                              .site = absl::StrCat("site-", c % 3)});
            s.counts.Add(cohort.back(), 1);
          }
          RETURN_IF_ERROR(
              work.store().InsertCandidates(work.tx, work.caller.tenant, s.number, cohort));
          s.state = State::kSubmitted;
          RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, s));
        }
        return absl::OkStatus();
      }));
    }
  }

  void ImportManyCentres(const std::string& csv) {
    MarkImport import;
    import.tenant = call_.tenant();
    import.name = {"s", "c", ids_->NextId(call_.now)};
    import.mode = static_cast<int>(MarksMode::kAllOrNothing);
    import.create_time = import.update_time = import.expire_time = call_.now;
    Check(Write([&](const Work& work) { return MarkImportStore().Insert(work.tx, import); }));
    v1::UploadMarksRequest message;
    message.set_name(import.name.Text());
    auto sink = OpenMarksUpload(*context_, call_, message);
    Check(sink.status());
    for (std::size_t at = 0; at < csv.size(); at += kPiece) {
      message.mutable_content()->set_data(csv.substr(at, kPiece));
      Check((*sink)->Take(message));
    }
    Check((*sink)->Finish().status());
    const auto done = FinishMarkImport(*context_, call_, import.name);
    Check(done.status());
    ASSAY_CHECK(done->state == MarkImportState::kDone && done->refused == 0);
  }

  std::int64_t DrawAll() {
    const auto drawn = moderation::DrawSamples(*context_, call_, "s", "c");
    Check(drawn.status());
    return drawn->drawn;
  }

 private:
  static constexpr std::size_t kPiece = 64 * 1024;
  static constexpr int kOpenedAtOnce = 500;
  platform::testing::TempDir dir_;
  platform::testing::FakeEntropy entropy_;
  std::unique_ptr<platform::IdSource> ids_ = platform::MakeIdSource(platform::SystemEntropy());
  std::unique_ptr<platform::Database> database_;
  NoClient client_;
  NoCache cache_;
  Approval approval_{client_, cache_, absl::Minutes(1)};
  Evidence evidence_{client_, cache_, absl::Minutes(1)};
  Store store_;
  std::optional<PolicyShelf> policies_;
  std::optional<Context> context_;
  platform::Call call_;
  int opened_ = 0;
};

void Sizes(benchmark::internal::Benchmark* benchmark, std::initializer_list<std::int64_t> smoke,
           std::initializer_list<std::int64_t> full) {
  const bool all = std::getenv("ASSAY_BENCHMARK_FULL") != nullptr;
  for (std::int64_t size : all ? full : smoke) benchmark->Arg(size);
}

std::string Csv(std::int64_t rows, std::int64_t from = 0) {
  std::string csv = "candidate,mark,assessor,group,site\n";
  for (std::int64_t i = from; i < from + rows; ++i) {
    absl::StrAppend(&csv, 10'000'000 + i, ",", (i * 37) % 61, ",assessor-", i % 7, ",group-",
                    i % 11, ",site-", i % 3, "\n");
  }
  return csv;
}

// One file with so many rows, checked and durably kept.
void ImportMarks(benchmark::State& state) {
  Fixture fixture;
  const std::string csv = Csv(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    const SubmissionName name = fixture.Open();
    state.ResumeTiming();
    fixture.Import(name, csv);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(ImportMarks)->Apply([](auto* b) {
                        Sizes(b, {100}, {10'000, 1'000'000});
                      }) -> Unit(benchmark::kMillisecond) -> UseRealTime();

// The same rows into the same table by SQLite alone: one prepared statement, one transaction.
// `texts` are there already and nothing is checked. Seconds.
class RawTable {
 public:
  explicit RawTable(const std::string& path) {
    ASSAY_CHECK(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192");
    Run("CREATE TABLE candidates (tenant TEXT NOT NULL, submission BIGINT NOT NULL, candidate TEXT "
        "NOT NULL, mark BIGINT, assessor TEXT NOT NULL, teaching_group TEXT NOT NULL, site TEXT "
        "NOT NULL, flags BIGINT NOT NULL, grade TEXT NOT NULL DEFAULT '', uln TEXT NOT NULL "
        "DEFAULT '', PRIMARY KEY (tenant, submission, candidate)) WITHOUT ROWID; "
        "CREATE TABLE marks (candidate TEXT PRIMARY KEY, mark BIGINT) WITHOUT ROWID");
  }
  ~RawTable() { sqlite3_close(db_); }
  RawTable(const RawTable&) = delete;
  RawTable& operator=(const RawTable&) = delete;

  double Insert(const std::vector<Candidate>& rows, std::int64_t submission) {
    return Timed("INSERT INTO candidates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows,
                 [&](sqlite3_stmt* insert, const Candidate& c) {
                   Bind(insert, 1, kTenant);
                   sqlite3_bind_int64(insert, 2, submission);
                   Bind(insert, 3, c.number);
                   sqlite3_bind_int64(insert, 4, *c.mark);
                   Bind(insert, 5, c.assessor);
                   Bind(insert, 6, c.group);
                   Bind(insert, 7, c.site);
                   sqlite3_bind_int64(insert, 8, c.flags);
                   Bind(insert, 9, c.grade);
                   Bind(insert, 10, c.uln);
                 });
  }

  // The least that a mark could be.
  double InsertNumberAndMark(const std::vector<Candidate>& rows) {
    Run("DELETE FROM marks");
    return Timed("INSERT INTO marks VALUES (?, ?)", rows,
                 [&](sqlite3_stmt* insert, const Candidate& c) {
                   Bind(insert, 1, c.number);
                   sqlite3_bind_int64(insert, 2, *c.mark);
                 });
  }

 private:
  static constexpr std::string_view kTenant = "01kqhc8am0qmm4ep0bm7kwx3ja";

  template <typename BindRow>
  double Timed(const char* sql, const std::vector<Candidate>& rows, BindRow bind) {
    sqlite3_stmt* insert = nullptr;
    ASSAY_CHECK(sqlite3_prepare_v2(db_, sql, -1, &insert, nullptr) == SQLITE_OK);
    const auto start = std::chrono::steady_clock::now();
    Run("BEGIN");
    for (const Candidate& c : rows) {
      bind(insert, c);
      ASSAY_CHECK(sqlite3_step(insert) == SQLITE_DONE);
      sqlite3_reset(insert);
    }
    Run("COMMIT");
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    sqlite3_finalize(insert);
    return seconds;
  }
  static void Bind(sqlite3_stmt* insert, int place, std::string_view text) {
    sqlite3_bind_text(insert, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  void Run(const char* sql) {
    ASSAY_CHECK(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  sqlite3* db_ = nullptr;
};

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// P9: five pairs, ours and raw in turn, on the same disk. `ratio` is the median of raw seconds over
// ours into the same table, `ratio_to_least` into a table of number and mark alone.
void ImportMarksAgainstRaw(benchmark::State& state) {
  constexpr int kPairs = 5;
  const std::int64_t rows = state.range(0);
  const std::string csv = Csv(rows);
  std::vector<Candidate> candidates;
  for (std::int64_t i = 0; i < rows; ++i) {
    candidates.push_back({.number = absl::StrCat(10'000'000 + i),
                          .mark = (i * 37) % 61 * kOneMark,
                          .assessor = absl::StrCat("assessor-", i % 7),
                          .group = absl::StrCat("group-", i % 11),
                          .site = absl::StrCat("site-", i % 3)});
  }
  for (auto _ : state) {
    std::vector<double> ratios, to_least, seconds;
    for (int pair = 0; pair < kPairs; ++pair) {
      platform::testing::TempDir dir;
      RawTable raw(dir / "raw.db");
      const double raw_seconds = raw.Insert(candidates, 17);
      const double least_seconds = raw.InsertNumberAndMark(candidates);
      Fixture fixture;
      const SubmissionName name = fixture.Open();
      const auto start = std::chrono::steady_clock::now();
      fixture.Import(name, csv);
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      ratios.push_back(raw_seconds / seconds.back());
      to_least.push_back(least_seconds / seconds.back());
    }
    state.SetIterationTime(MedianOf(seconds));
    state.counters["ratio"] = MedianOf(ratios);
    state.counters["ratio_to_least"] = MedianOf(to_least);
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(ImportMarksAgainstRaw)
    ->Apply([](auto* b) { Sizes(b, {100}, {1'000'000}); }) -> Iterations(1)
        -> Unit(benchmark::kMillisecond) -> UseManualTime();

// One import of so many candidates in cohorts of 100: uploaded, checked, opened and recorded.
void ImportManyCentres(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  std::string csv = "centre,candidate,mark,assessor,group,site\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    absl::StrAppend(&csv, 100'000 + i / 100, ",", 10'000'000 + i, ",", (i * 37) % 61, ",assessor-",
                    i % 7, ",group-", i % 11, ",site-", i % 3, "\n");
  }
  for (auto _ : state) {
    Fixture fixture;
    fixture.OpenMany(static_cast<int>((rows + 99) / 100), 0);
    const auto start = std::chrono::steady_clock::now();
    fixture.ImportManyCentres(csv);
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(ImportManyCentres)->Apply([](auto* b) {
                              Sizes(b, {1'000}, {1'000'000});
                            }) -> Iterations(1) -> Unit(benchmark::kMillisecond) -> UseManualTime();

// P8: so many cohorts of 100 that wait, drawn and stored by one call.
void DrawSamples(benchmark::State& state) {
  const auto cohorts = static_cast<int>(state.range(0));
  for (auto _ : state) {
    Fixture fixture;
    fixture.OpenMany(cohorts, 100);
    const auto start = std::chrono::steady_clock::now();
    ASSAY_CHECK(fixture.DrawAll() == cohorts);
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  state.SetItemsProcessed(state.iterations() * cohorts);
}
BENCHMARK(DrawSamples)->Apply([](auto* b) {
                        Sizes(b, {20}, {10'000});
                      }) -> Iterations(1) -> Unit(benchmark::kMillisecond) -> UseManualTime();

// A page of fifty of what blocks a series' results, from anywhere in it: so many submissions of a
// hundred candidates, every tenth of which lacks marks, and nine tenths of which are released.
void ListBlockers(benchmark::State& state) {
  const auto submissions = static_cast<int>(state.range(0));
  Fixture fixture;
  constexpr int kBatch = 500;
  for (int begin = 0; begin < submissions; begin += kBatch) {
    Check(fixture.Write([&](const Work& work) -> absl::Status {
      for (int i = begin; i < std::min(submissions, begin + kBatch); ++i) {
        Submission s{.name = {"s", "c", absl::StrCat("urn-", 100'000 + i)}, .secret = "secret"};
        s.centre = "centres/" + s.name.id;
        RETURN_IF_ERROR(work.store().InsertSubmission(work.tx, work.caller.tenant, s));
        const bool missing = i % 10 == 0;
        std::vector<Candidate> cohort(100);
        for (int c = 0; c < 100; ++c) {
          cohort[c].number = absl::StrCat(1000 + c);
          if (!missing || c % 20 != 0) cohort[c].mark = c * 10;
          s.counts.Add(cohort[c], 1);
        }
        s.state = missing ? State::kOpen : State::kReleased;
        RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, s));
        RETURN_IF_ERROR(
            work.store().InsertCandidates(work.tx, work.caller.tenant, s.number, cohort));
      }
      return absl::OkStatus();
    }));
  }
  std::uint64_t position = 1;
  std::int64_t found = 0;
  for (auto _ : state) {
    position = position * 6364136223846793005u + 1442695040888963407u;
    const AwardFrom from{
        .name = {"s", "c", absl::StrCat("urn-", 100'000 + (position >> 33) % submissions)}};
    Check(fixture.Read([&](const Work& work) -> absl::Status {
      ASSIGN_OR_RETURN(auto page, AwardStore().ListSubmissions(
                                      work.tx, work.caller,
                                      {.series = "s", .unfinished_only = true}, &from, 51));
      ASSIGN_OR_RETURN(const auto examined,
                       Examine(work.tx, work.context, work.caller.tenant, std::move(page)));
      for (const Examined& e : examined) {
        found += static_cast<std::int64_t>(BlockersOf(e.facts, work.caller.now).size());
      }
      return absl::OkStatus();
    }));
  }
  state.counters["blockers"] =
      benchmark::Counter(static_cast<double>(found), benchmark::Counter::kAvgIterations);
}
BENCHMARK(ListBlockers)->Apply([](auto* b) {
                         Sizes(b, {100}, {100, 1'000, 10'000});
                       }) -> Iterations(1'000) -> Unit(benchmark::kMicrosecond) -> UseRealTime();

// What a learner of so many has, by national number.
void FindLearner(benchmark::State& state) {
  const auto submissions = static_cast<int>(state.range(0));
  Fixture fixture;
  constexpr int kBatch = 500;
  for (int begin = 0; begin < submissions; begin += kBatch) {
    Check(fixture.Write([&](const Work& work) -> absl::Status {
      for (int i = begin; i < std::min(submissions, begin + kBatch); ++i) {
        Submission s{.name = {"s", "c", absl::StrCat("urn-", 100'000 + i)}, .secret = "secret"};
        s.centre = "centres/" + s.name.id;
        RETURN_IF_ERROR(work.store().InsertSubmission(work.tx, work.caller.tenant, s));
        std::vector<Candidate> cohort(100);
        for (int c = 0; c < 100; ++c) {
          cohort[c].number = absl::StrCat(1000 + c);
          cohort[c].uln = absl::StrCat(1'000'000'000 + 100 * i + c);
        }
        RETURN_IF_ERROR(
            work.store().InsertCandidates(work.tx, work.caller.tenant, s.number, cohort));
      }
      return absl::OkStatus();
    }));
  }
  std::uint64_t position = 1;
  for (auto _ : state) {
    position = position * 6364136223846793005u + 1442695040888963407u;
    const LearnerKey key{
        .uln = absl::StrCat(1'000'000'000 + (position >> 33) % (100ull * submissions))};
    Check(fixture.Read([&](const Work& work) -> absl::Status {
      ASSIGN_OR_RETURN(const auto entries,
                       AwardStore().FindLearner(work.tx, work.caller, {.series = "s"}, key, 200));
      if (entries.size() != 1) return absl::InternalError("the learner is not found once");
      return Examine(work.tx, work.context, work.caller.tenant, entries).status();
    }));
  }
}
BENCHMARK(FindLearner)->Apply([](auto* b) {
                        Sizes(b, {100}, {100, 1'000, 10'000});
                      }) -> Iterations(1'000) -> Unit(benchmark::kMicrosecond) -> UseRealTime();

}  // namespace
}  // namespace assay::moderation
