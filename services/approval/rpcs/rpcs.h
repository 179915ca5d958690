// What the files that register RPCs share.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/rpc/page.h"
#include "services/platform/rpc/router.h"

namespace assay::approval {

void RegisterApplications(platform::Router& router, const Context& context);
void RegisterApprovals(platform::Router& router, const Context& context);
void RegisterPlanners(platform::Router& router, const Context& context);
void RegisterInvolvement(platform::Router& router, const Context& context);
void RegisterInvolvementPolicies(platform::Router& router, const Context& context);
void RegisterDashboard(platform::Router& router, const Context& context);
void RegisterDeclarationSamples(platform::Router& router, const Context& context);
void RegisterMerges(platform::Router& router, const Context& context);
void RegisterQualifications(platform::Router& router, const Context& context);
void RegisterRegisters(platform::Router& router, const Context& context);
void RegisterLifecycle(platform::Router& router, const Context& context);
void RegisterOversight(platform::Router& router, const Context& context);
void RegisterRecordingForms(platform::Router& router, const Context& context);
void RegisterStaff(platform::Router& router, const Context& context);
void RegisterLearnerRpcs(platform::Router& router, const Context& context);
void RegisterQualityRpcs(platform::Router& router, const Context& context);

// Where a page begins and how long it may be. What else decides the list is bound into
// the token, so that a token of another list is refused.
struct PageRequest {
  std::string query;
  std::string after;
  std::int32_t size = 0;

  template <typename Request>
  static absl::StatusOr<PageRequest> From(const Request& request, const Reach& reach,
                                          std::initializer_list<std::string_view> what) {
    PageRequest page;
    for (const std::string_view part :
         {std::string_view(reach.tenant), std::string_view(reach.within)}) {
      page.query.append(part).push_back('\n');
    }
    for (const std::string_view part : what) page.query.append(part).push_back('\n');
    ASSIGN_OR_RETURN(page.size, platform::PageSize(request.page_size()));
    ASSIGN_OR_RETURN(page.after, platform::DecodePageToken(request.page_token(), page.query));
    return page;
  }

  std::string TokenAfter(const std::string& next) const {
    return next.empty() ? "" : platform::EncodePageToken(next, query);
  }
};

inline Work WorkOf(const Context& context, const platform::Call& call, platform::Transaction& tx) {
  return {tx, call, context, ReachOf(call)};
}

// A handler of one call in its transaction, which is what most RPCs are.
template <typename Req, typename Resp>
using Handler = absl::StatusOr<Resp> (*)(const Work&, const Req&);

template <typename Req, typename Resp>
void Read(platform::Router& router, const Context& context, const std::string& method,
          Handler<Req, Resp> handler) {
  router.Read<Req, Resp>(method, [=, &context](const platform::Call& call, const Req& request,
                                               platform::Transaction& tx) {
    return handler(WorkOf(context, call, tx), request);
  });
}

template <typename Req, typename Resp>
void Write(platform::Router& router, const Context& context, const std::string& method,
           Handler<Req, Resp> handler) {
  router.Write<Req, Resp>(method, [=, &context](const platform::Call& call, const Req& request,
                                                platform::Transaction& tx) {
    return handler(WorkOf(context, call, tx), request);
  });
}

}  // namespace assay::approval
