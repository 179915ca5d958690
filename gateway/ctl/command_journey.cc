#include "absl/strings/numbers.h"
#include "gateway/ctl/command.h"
#include "gateway/ctl/journey_real.h"
#include "gateway/ctl/journey_shipped.h"
#include "gateway/ctl/mint.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway::ctl {
namespace {

constexpr int kWorkersMax = 64;

absl::Status Run(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const ApiOptions options, ApiOptionsFrom(args));
  ASSIGN_OR_RETURN(const auto mint, Mint::Open(MintOptionsFrom(args), console.clock));
  Api api(options, console.clock);
  Story story({.terminal = console.terminal}, console.clock, console.out);
  if (!args.Is("data")) {
    ShippedJourneyOptions shipped{.folder = args.Get("shipped")};
    if (args.Is("series")) shipped.series = args.Get("series");
    return RunShippedJourney(shipped, *mint, api, story);
  }
  RealJourneyOptions real{.folder = args.Get("data")};
  if (args.Is("series")) real.series = args.Get("series");
  real.figures = args.Get("figures");
  if (!absl::SimpleAtoi(args.Get("workers"), &real.workers) || real.workers < 1 ||
      real.workers > kWorkersMax) {
    return UsageError("--workers must be a whole number from 1 to 64");
  }
  return RunRealJourney(real, *mint, api, story);
}

}  // namespace

Command JourneyCommand() {
  return {.name = "journey",
          .words = "",
          .summary = "Goes from an approved centre to a moderated result, and tells it.",
          .more =
              "Without --data it uses the small data that ships with the project. With --data "
              "it takes real files: centres/england_establishments.csv, "
              "marks/mlmRev_Gcsemv.csv and double_marked/asap_sets_1_2_3_7.csv below DIR, "
              "prints what came out per stage, and counts it again from the files.\n\n"
              "Run again, it does nothing twice and tells the same; another --series runs "
              "everything afresh. It needs the embedded issuer's key, because it acts for "
              "several people.",
          .example =
              "assayctl journey\n"
              "assayctl journey --data ../shared/data --series summer-2018",
          .flags = Join({{{.name = "data", .value = "DIR", .help = "folder of real files"},
                          {.name = "shipped",
                           .value = "DIR",
                           .help = "folder of the small data",
                           .initial = ASSAY_SHIPPED_DATA,
                           .env = "ASSAY_SHIPPED"},
                          {.name = "series",
                           .value = "ID",
                           .help = "the series to run in (default summer-2026, with --data "
                                   "summer-2018)"},
                          {.name = "workers",
                           .value = "N",
                           .help = "calls in flight with --data",
                           .initial = "8"},
                          {.name = "figures",
                           .value = "FILE",
                           .help = "with --data, also write the figures there as JSON"}},
                         ApiFlags(),
                         MintFlags()}),
          .run = Run};
}

}  // namespace assay::gateway::ctl
