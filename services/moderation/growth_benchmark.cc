// Growth: the latency of every Get and List at 100, 1,000, 10,000 and 100,000 resources (P11).
//
//   ASSAY_BENCHMARK_FULL=1 moderation_benchmark --benchmark_filter=Growth
//
// Each resource is there so many times: series, components of one series, submissions of one
// component, candidates and results of one submission, samples (one a submission), moderators,
// imports. A list is asked for its first page and for one from the middle, 50 items each. Without
// the variable the sizes are small.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/moderation/v1/mark_import_service.pb.h"
#include "assay/moderation/v1/moderation_service.pb.h"
#include "assay/moderation/v1/sample_service.pb.h"
#include "assay/moderation/v1/series_service.pb.h"
#include "assay/moderation/v1/submission_service.pb.h"
#include "services/moderation/wiring.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/testing/service_fixture.h"

namespace assay::moderation {
namespace {

using platform::Transaction;
using Micros = std::map<std::string, double>;

constexpr int kRepeats = 200;
constexpr int kPage = 50;
constexpr int kBigPage = 1000;

class Grown {
 public:
  explicit Grown(int count) : service_(Definition(config_)), count_(count) {
    token_ = service_.Token({.subject = "users/officer", .roles = {"quality", "admin"}});
    ASSAY_CHECK(service_.database().WriteNow([&](Transaction& tx) { return Fill(tx); }).ok());
  }

  Micros Measure() {
    const std::string middle = absl::StrCat(kBase + count_ / 2);
    const std::string component = "series/s0/components/c0";
    const std::string submission = component + "/submissions/urn-" + middle;
    const std::string large = component + "/submissions/urn-" + absl::StrCat(kBase);
    const auto get = [&]<typename Req, typename Resp>(Req request, Resp, const std::string& method,
                                                      const std::string& name) {
      request.set_name(name);
      micros_[method] = Median([&] { Call<Resp>(method, request); });
    };
    get(v1::GetSeriesRequest(), v1::Series(), "SeriesService/GetSeries", "series/s" + middle);
    get(v1::GetComponentRequest(), v1::Component(), "SeriesService/GetComponent",
        "series/s0/components/c" + middle);
    get(v1::GetSubmissionRequest(), v1::Submission(), "SubmissionService/GetSubmission",
        submission);
    get(v1::GetSampleRequest(), v1::Sample(), "SampleService/GetSample", submission + "/samples/x");
    get(v1::GetModeratorRequest(), v1::Moderator(), "ModerationService/GetModerator",
        "moderators/m" + middle);
    get(v1::GetJudgementRequest(), v1::Judgement(), "ModerationService/GetJudgement",
        submission + "/judgement");
    get(v1::GetMarkImportRequest(), v1::MarkImport(), "MarkImportService/GetMarkImport",
        component + "/markImports/i" + middle);
    List<v1::ListSeriesRequest, v1::ListSeriesResponse>("SeriesService/ListSeries", "");
    List<v1::ListComponentsRequest, v1::ListComponentsResponse>("SeriesService/ListComponents",
                                                                "series/s0");
    List<v1::ListSubmissionsRequest, v1::ListSubmissionsResponse>(
        "SubmissionService/ListSubmissions", component);
    List<v1::ListCandidatesRequest, v1::ListCandidatesResponse>("SubmissionService/ListCandidates",
                                                                large);
    List<v1::ListSamplesRequest, v1::ListSamplesResponse>("SampleService/ListSamples", submission);
    List<v1::ListModeratorsRequest, v1::ListModeratorsResponse>("ModerationService/ListModerators",
                                                                "");
    List<v1::ListResultsRequest, v1::ListResultsResponse>("ModerationService/ListResults", large);
    List<v1::ListMarkImportsRequest, v1::ListMarkImportsResponse>(
        "MarkImportService/ListMarkImports", component);
    return micros_;
  }

 private:
  static constexpr int kBase = 100'000;  // Numbers of one width, so that they sort as texts.

  template <typename Resp>
  Resp Call(const std::string& method, const google::protobuf::Message& request) {
    auto response =
        service_.Call<Resp>(absl::StrCat("assay.moderation.v1.", method), request, token_);
    ASSAY_CHECK(response.ok());
    return *std::move(response);
  }

  static double Median(const std::function<void()>& call) {
    std::vector<double> micros;
    for (int i = 0; i < kRepeats; ++i) {
      const auto start = std::chrono::steady_clock::now();
      call();
      micros.push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
              .count());
    }
    std::nth_element(micros.begin(), micros.begin() + kRepeats / 2, micros.end());
    return micros[kRepeats / 2];
  }

  template <typename Req, typename Resp>
  void List(const std::string& method, const std::string& parent) {
    Req request;
    if constexpr (requires { request.set_parent(parent); }) request.set_parent(parent);
    request.set_page_size(kPage);
    micros_[method] = Median([&] { Call<Resp>(method, request); });
    request.set_page_size(std::min(kBigPage, std::max(1, count_ / 4)));
    for (int passed = 0; passed < count_ / 2; passed += request.page_size()) {
      const Resp page = Call<Resp>(method, request);
      if (page.next_page_token().empty()) return;  // There are not so many of it.
      request.set_page_token(page.next_page_token());
    }
    request.set_page_size(kPage);
    micros_[method + " from the middle"] = Median([&] { Call<Resp>(method, request); });
  }

  // `columns` and, for the number i of a row, their values.
  absl::Status FillTable(Transaction& tx, const std::string& into, const std::string& values) {
    return tx
        .Execute(absl::StrCat("INSERT INTO ", into,
                              " WITH RECURSIVE n (i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM "
                              "n WHERE i < $1) SELECT 'tenant-a', ",
                              values, " FROM n"),
                 {kBase + count_ - 1})
        .status();
  }

  absl::Status Fill(Transaction& tx) {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO series (tenant, id, title, created_at, version) VALUES "
                               "('tenant-a', 's0', 'S', 1, 1)",
                               std::span<const platform::SqlValue>())
                        .status());
    RETURN_IF_ERROR(FillTable(tx, "series (tenant, id, title, created_at, version)",
                              "'s' || i, 'Series', 1, 1"));
    const std::string component_columns =
        "components (tenant, series, id, title, qualification, mark_max, mark_step, "
        "sampling_policy, tolerance_policy, adjustment_policy, blind, created_at, version)";
    const std::string component_values =
        ", 'Component', '', 6000, 100, 'pearson-2026', 'six-percent', 'least-squares', 1, 1, 1";
    RETURN_IF_ERROR(tx.Execute(absl::StrCat("INSERT INTO ", component_columns,
                                            " SELECT 'tenant-a', 's0', 'c0'", component_values),
                               std::span<const platform::SqlValue>())
                        .status());
    RETURN_IF_ERROR(FillTable(tx, component_columns, "'s0', 'c' || i" + component_values));
    RETURN_IF_ERROR(FillTable(
        tx,
        "submissions (tenant, number, series, component, id, centre, centre_title, state, stage, "
        "candidate_count, marked_count, missing_count, excluded_count, cohort_changed, secret, "
        "secret_revealed, sample, moderator, moderator_subject, submitted_at, created_at, "
        "updated_at, version, feedback_tasks, feedback_accuracy, feedback_administration)",
        "i, 's0', 'c0', 'urn-' || i, 'centres/urn-' || i, 'Centre', 5, 1, 100, 100, 0, 0, 0, "
        "x'00', 1, 'x', 'm' || i, 'users/m' || i, 1, 1, 1, 1, 'a', 'b', 'c'"));
    RETURN_IF_ERROR(FillTable(
        tx,
        "candidates (tenant, submission, candidate, mark, assessor, teaching_group, site, flags)",
        "100000, 'n' || i, 4200, 'a', 'g', 's', 0"));
    RETURN_IF_ERROR(
        FillTable(tx, "results (tenant, submission, candidate, centre_mark, final_mark, basis)",
                  "100000, 'n' || i, 4200, 4200, 0"));
    RETURN_IF_ERROR(FillTable(
        tx,
        "samples (tenant, submission, id, void, sampling_policy, tolerance_policy, "
        "adjustment_policy, algorithm, list_hash, commitment, secret, seed, pool_count, "
        "ladder_size, gaps, created_at)",
        "i, 'x', 0, 'pearson-2026@1', 'six-percent@1', 'least-squares@1', 'assay-draw@1', '', '', "
        "x'00', x'00', 100, 15, '', 1"));
    RETURN_IF_ERROR(FillTable(tx,
                              "sample_candidates (tenant, submission, sample, candidate, reasons, "
                              "stage, mark, marked_by)",
                              "i, 'x', 'n1', 'HIGHEST', 1, 4200, 'users/m'"));
    RETURN_IF_ERROR(FillTable(
        tx,
        "judgements (tenant, submission, sample, number, verdict, stage, finding, tolerance, "
        "judged_count, inside_count, outstanding_count, difference_sum, line, intercept, slope, "
        "residual_spread, before_marks, after_marks, judged_by, judged_at)",
        "i, 'x', 1, 0, 1, '', 360, 1, 1, 0, 0, '', 0, 0, 0, '', '', 'users/m', 1"));
    RETURN_IF_ERROR(
        FillTable(tx, "moderators (tenant, id, subject, title, capacity, created_at, version)",
                  "'m' || i, 'users/m' || i, 'M', 10, 1, 1"));
    return FillTable(
        tx,
        "mark_imports (tenant, series, component, id, mode, open_submissions, total_bytes, sha256, "
        "state, form, next_offset, sequence, row_count, accepted_count, refused_count, "
        "missing_count, applied_count, submission_count, failure_reason, failure_message, "
        "created_by, roles, centre, created_at, updated_at, expires_at, version, swept)",
        "'s0', 'c0', 'i' || i, 1, 0, 0, '', 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'users/o', "
        "'quality', '', 1, 1, 1, 1, 1");
  }

  Config config_;
  platform::testing::TestService service_;
  const int count_;
  std::string token_;
  Micros micros_;
};

// For each method the microseconds at the largest size, and `x` of them at the smallest.
void Growth(benchmark::State& state) {
  const bool full = std::getenv("ASSAY_BENCHMARK_FULL") != nullptr;
  const std::vector<int> sizes =
      full ? std::vector<int>{100, 1'000, 10'000, 100'000} : std::vector<int>{8, 16};
  for (auto _ : state) {
    std::map<int, Micros> by_size;
    for (int size : sizes) by_size[size] = Grown(size).Measure();
    double worst = 0;
    for (const auto& [method, first] : by_size[sizes.front()]) {
      std::string line = method;
      for (int size : sizes) {
        absl::StrAppend(&line, " ", size, ":", static_cast<int>(by_size[size][method]));
      }
      const double growth = by_size[sizes.back()][method] / first;
      worst = std::max(worst, growth);
      state.counters[absl::StrCat(line, " x")] = growth;
    }
    state.counters["worst x"] = worst;
  }
}
BENCHMARK(Growth)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::moderation
