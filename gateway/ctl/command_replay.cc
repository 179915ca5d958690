#include <fstream>
#include <sstream>

#include "gateway/ctl/command.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/text_table.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

absl::StatusOr<Json> DecisionIn(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return UsageError("cannot read " + file);
  Json json = ParseJson(text.str());
  if (!json.is_object() || !json.contains("draw")) {
    return UsageError(file + " is not a decision as ...:exportDecision answers it");
  }
  return json;
}

absl::Status Run(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const ApiOptions options, ApiOptionsFrom(args));
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  const std::string& file = args.words()[0];
  ASSIGN_OR_RETURN(const Json decision, DecisionIn(file));
  Api api(options, console.clock);
  Json body;
  body["decision"] = decision;
  ASSIGN_OR_RETURN(
      const Json answer,
      api.Call(
          {.method = "POST", .path = "/v1/decisions:replay", .token = token, .body = body.dump()}));
  if (Flag(answer, "same")) {
    console.out << file << ": the draw, the judgement and all " << Items(decision, "results").size()
                << " results come out again\n";
    return absl::OkStatus();
  }
  TextTable table({"reason", "place", "what"});
  for (const Json& difference : Items(answer, "differences")) {
    table.Add({Text(difference, "reason"), Text(difference, "place"), Text(difference, "message")});
  }
  console.out << file << "\n\n" << table.Text("  ");
  return platform::Error(absl::StatusCode::kDataLoss, "DECISION_NOT_REPLAYED",
                         "the decision does not come out again (MOD-4); the first difference is "
                         "the one to look at")
      .With("file", file);
}

}  // namespace

Command ReplayCommand() {
  return {
      .name = "replay",
      .words = "FILE",
      .summary = "Makes an exported decision again, and names what comes out otherwise.",
      .more =
          "The file is what `assayctl call` printed for a submission's :exportDecision, here or "
          "on another machine; nothing else is looked at.",
      .example = "assayctl replay decision.json",
      .flags = Join({ApiFlags(), {TokenFlag()}, MintFlags()}),
      .words_min = 1,
      .words_max = 1,
      .run = Run};
}

}  // namespace assay::gateway::ctl
