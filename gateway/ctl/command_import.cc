#include <filesystem>

#include "gateway/ctl/command.h"
#include "gateway/ctl/import_report.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/progress.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway::ctl {
namespace {

absl::Status Run(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const ApiOptions options, ApiOptionsFrom(args));
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  Api api(options, console.clock);
  const std::filesystem::path file = args.words()[0];
  std::error_code error;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(file, error));
  const bool validate_only = args.Is("validate-only");
  absl::StatusOr<Json> report;
  {
    Progress progress({.what = file.filename().string(),
                       .unit = "B",
                       .total = error ? 0 : size,
                       .terminal = console.terminal},
                      console.clock, console.out);
    report = api.Call({.method = "POST",
                       .path = "/v1/centres:import",
                       .query = {{"layout", args.Get("layout")},
                                 {"validateOnly", validate_only ? "true" : "false"},
                                 {"refusedRowsMax", args.Get("refused-rows-max")}},
                       .token = token,
                       .content_type = "text/csv",
                       .body_file = file.string(),
                       .on_sent = [&](std::int64_t sent) { progress.Set(sent); }});
  }
  RETURN_IF_ERROR(report.status());
  console.out << ImportSentence(file.filename().string(), *report) << "\n";
  if (validate_only) console.out << "Nothing was kept: --validate-only.\n";
  const TextTable refused = RefusedTable(*report);
  if (!refused.empty()) console.out << "\n" << refused.Text("  ");
  const auto listed = static_cast<std::int64_t>(Items(*report, "refusedRows").size());
  if (const std::int64_t count = Int(*report, "refusedCount"); listed < count) {
    console.out << "  and " << WithCommas(count - listed)
                << " more; --refused-rows-max lists more of them\n";
  }
  return absl::OkStatus();
}

}  // namespace

Command ImportCentresCommand() {
  return {.name = "import centres",
          .words = "FILE",
          .summary = "Registers the centres of a national file, and says which rows it refused.",
          .more =
              "Good rows are taken although others are bad. The same file can be sent again: "
              "what is the same already is left alone.",
          .example = "assayctl import centres deploy/data/centres.csv --validate-only",
          .flags = Join({{{.name = "layout",
                           .value = "NAME",
                           .help = "how the file is laid out: gias, england-establishments, "
                                   "welsh-schools, uk-providers or uk-further-education",
                           .initial = "england-establishments"},
                          {.name = "validate-only",
                           .help = "say what would happen, keep nothing",
                           .kind = FlagSpec::Kind::kSwitch},
                          {.name = "refused-rows-max",
                           .value = "N",
                           .help = "list at most so many refused rows; all are counted",
                           .initial = "1000"}},
                         ApiFlags(),
                         {TokenFlag()},
                         MintFlags()}),
          .words_min = 1,
          .words_max = 1,
          .run = Run};
}

}  // namespace assay::gateway::ctl
