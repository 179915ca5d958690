#include "gateway/ctl/command.h"
#include "gateway/ctl/journey_calls.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/text_table.h"
#include "gateway/ctl/verify_sample.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

absl::Status Run(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const ApiOptions options, ApiOptionsFrom(args));
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  Api api(options, console.clock);
  JourneyCalls calls(api, "verify");
  const std::string& name = args.words()[0];
  if (SubmissionOfSample(name).empty()) {
    return UsageError("needs a sample: series/S/components/C/submissions/U/samples/N");
  }
  ASSIGN_OR_RETURN(const SampleFacts facts, FetchSampleFacts(calls, token, name));
  const auto checks = CheckSample(facts);
  TextTable table({"check", "by", "holds", "detail"});
  for (const SampleCheck& check : checks) {
    table.Add({check.what, check.by, check.held ? "yes" : "NO", check.detail});
  }
  console.out << name << "\n"
              << Items(facts.sample, "candidates").size() << " drawn of "
              << Int(facts.sample, "poolCount") << " by " << Text(facts.sample, "policyVersion")
              << ", " << Text(facts.sample, "algorithm") << ", "
              << (Text(facts.sample, "state") == "STATE_VOID" ? "void: the cohort changed after it"
                                                              : "in force")
              << "\n\n"
              << table.Text("  ");
  if (!facts.candidates_known) {
    console.out << "\nThis token may not list the candidates, so their digest was not recomputed "
                   "here.\n";
  }
  if (AllHeld(checks)) return absl::OkStatus();
  return platform::Error(absl::StatusCode::kDataLoss, "SAMPLE_NOT_VERIFIED",
                         "at least one check does not hold (MOD-4)")
      .With("sample", name);
}

}  // namespace

Command VerifyCommand() {
  return {.name = "verify",
          .words = "SAMPLE",
          .summary = "Checks that a sample is what its draw had to give.",
          .more =
              "Recomputes here: the digest of the revealed secret against what was committed "
              "before the marks closed, the digest of the candidate list, and the seed. Asks "
              "the service to draw again.",
          .example =
              "assayctl verify "
              "series/summer-2026/components/unit-304-coursework/submissions/urn-900001/"
              "samples/1",
          .flags = Join({ApiFlags(), {TokenFlag()}, MintFlags()}),
          .words_min = 1,
          .words_max = 1,
          .run = Run};
}

}  // namespace assay::gateway::ctl
