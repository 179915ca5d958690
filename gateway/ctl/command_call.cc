#include "gateway/ctl/command.h"
#include "gateway/ctl/mint.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway::ctl {
namespace {

absl::Status Run(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const ApiOptions options, ApiOptionsFrom(args));
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  Api api(options, console.clock);
  ApiRequest request{.path = args.words()[0], .token = token};
  if (!request.path.starts_with('/')) request.path = "/v1/" + request.path;
  request.body = args.Get("body");
  request.method = args.Given("method")   ? args.Get("method")
                   : request.body.empty() ? "GET"
                                          : "POST";
  request.repeatable = request.method == "GET";
  ASSIGN_OR_RETURN(const std::string answer, api.Fetch(request));
  const Json json = ParseJson(answer);
  if (json.is_null()) {
    console.out << answer;
  } else {
    console.out << json.dump(2) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

Command CallCommand() {
  return {.name = "call",
          .words = "PATH",
          .summary = "Makes one call to the gateway and prints the answer.",
          .more = "A path without a leading slash is a resource name.",
          .example =
              "assayctl call centres/urn-900001\n"
              "assayctl call centres/urn-900001:suspend --body '{\"reason\":\"late\"}'",
          .flags = Join({{{.name = "method",
                           .value = "NAME",
                           .help = "GET, or POST if there is a body, unless said otherwise"},
                          {.name = "body", .value = "JSON", .help = "what to send"}},
                         ApiFlags(),
                         {TokenFlag()},
                         MintFlags()}),
          .words_min = 1,
          .words_max = 1,
          .run = Run};
}

}  // namespace assay::gateway::ctl
