// Marks in and samples out, as the service does them, without the network: P9 and P8.
//
//   ASSAY_BENCHMARK_FULL=1 moderation_benchmark     a million marks, ten thousand cohorts
//
// Without it the sizes are small. ASSAY_BENCHMARK_DATABASE names another database than SQLite in a
// temporary folder.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "services/moderation/clients/approval.h"
#include "services/moderation/clients/evidence.h"
#include "services/moderation/commands/create.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/context.h"
#include "services/moderation/import_marks.h"
#include "services/moderation/policies/loader.h"
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
    policies_ = *std::move(book);
    context_.emplace(
        Context{*database_, *ids_, entropy_, store_, policies_, approval_, evidence_, 2'000'000});
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

  platform::Database& database() { return *database_; }

 private:
  static constexpr std::size_t kPiece = 64 * 1024;
  platform::testing::TempDir dir_;
  platform::testing::FakeEntropy entropy_;
  std::unique_ptr<platform::IdSource> ids_ = platform::MakeIdSource(platform::SystemEntropy());
  std::unique_ptr<platform::Database> database_;
  NoClient client_;
  NoCache cache_;
  Approval approval_{client_, cache_, absl::Minutes(1)};
  Evidence evidence_{client_, cache_, absl::Minutes(1)};
  Store store_;
  PolicyBook policies_;
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

// So many cohorts of 100, all waiting at once, each drawn by a command of its own.
void DrawSamples(benchmark::State& state) {
  const auto cohorts = static_cast<int>(state.range(0));
  for (auto _ : state) {
    Fixture fixture;
    const std::string csv = Csv(100);
    std::vector<SubmissionName> names;
    for (int i = 0; i < cohorts; ++i) {
      names.push_back(fixture.Open());
      fixture.Import(names.back(), csv);
    }
    Check(fixture.Write([&](const Work& work) -> absl::Status {
      for (const SubmissionName& name : names) {
        ASSIGN_OR_RETURN(Submission s, work.store().GetSubmission(work.tx, work.caller, name));
        s.state = State::kSubmitted;
        RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, s));
      }
      return absl::OkStatus();
    }));
    absl::BlockingCounter left(cohorts);
    const auto start = std::chrono::steady_clock::now();
    for (const SubmissionName& name : names) {
      fixture.database().Write(
          [&](Transaction& tx) { return DrawSample(fixture.WorkOn(tx), name, "").status(); },
          [&](absl::Status status) {
            Check(status);
            left.DecrementCount();
          });
    }
    left.Wait();
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  state.SetItemsProcessed(state.iterations() * cohorts);
}
BENCHMARK(DrawSamples)->Apply([](auto* b) {
                        Sizes(b, {20}, {10'000});
                      }) -> Iterations(1) -> Unit(benchmark::kMillisecond) -> UseManualTime();

}  // namespace
}  // namespace assay::moderation
