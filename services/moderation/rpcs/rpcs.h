// What the files of this folder share: one file a proto service, each registering its RPCs
// in the way of Read, Write and Page.
//
// Example:
//   Read<v1::GetSeriesRequest, v1::Series>(router, context, service + "GetSeries",
//                                          Scope::kTenant, GetSeries);
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/context.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/rpc/page.h"
#include "services/platform/rpc/router.h"

namespace assay::moderation {

void RegisterSeries(platform::Router& router, const Context& context);
void RegisterSubmissions(platform::Router& router, const Context& context);
void RegisterLifecycle(platform::Router& router, const Context& context);
void RegisterSamples(platform::Router& router, const Context& context);
void RegisterModeration(platform::Router& router, const Context& context);
void RegisterConsortia(platform::Router& router, const Context& context);
void RegisterAllocation(platform::Router& router, const Context& context);
void RegisterStandardisation(platform::Router& router, const Context& context);
void RegisterAgreement(platform::Router& router, const Context& context);
void RegisterMarkImports(platform::Router& router, const Context& context);
void RegisterReplay(platform::Router& router, const Context& context);
void RegisterReviews(platform::Router& router, const Context& context);
void RegisterReturns(platform::Router& router, const Context& context);
void RegisterPolicies(platform::Router& router, const Context& context);
void RegisterAwards(platform::Router& router, const Context& context);
void RegisterCheckpoints(platform::Router& router, const Context& context);
void RegisterReports(platform::Router& router, const Context& context);

// A handler of one call in its transaction.
template <typename Req, typename Resp>
using Handler = absl::StatusOr<Resp> (*)(const Work&, const Req&);

template <typename Req, typename Resp>
void Read(platform::Router& router, const Context& context, std::string_view method, Scope scope,
          Handler<Req, Resp> handler) {
  router.Read<Req, Resp>(method,
                         [=, &context](const platform::Call& call, const Req& request,
                                       platform::Transaction& tx) -> absl::StatusOr<Resp> {
                           return handler(Work{tx, call, context, CallerOf(call, scope)}, request);
                         });
}

template <typename Req, typename Resp>
void Write(platform::Router& router, const Context& context, std::string_view method, Scope scope,
           Handler<Req, Resp> handler) {
  router.Write<Req, Resp>(method,
                          [=, &context](const platform::Call& call, const Req& request,
                                        platform::Transaction& tx) -> absl::StatusOr<Resp> {
                            return handler(Work{tx, call, context, CallerOf(call, scope)}, request);
                          });
}

// One page of a list: asks for one item more than the page holds to see whether more come.
// `what` is everything besides the position that decides the list.
template <typename Resp, typename Req, typename Fetch, typename Put, typename Position>
absl::StatusOr<Resp> Page(const Work& work, const Req& request, std::string_view what, Fetch fetch,
                          Put put, Position position) {
  const Reach& reach = work.caller.reach;
  const std::string query =
      absl::StrCat(work.caller.tenant, "\n", reach.all, "\n", reach.centre, "\n", reach.moderator,
                   "\n", work.call.method, "\n", platform::View(what));
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(auto items, fetch(after, size + 1));
  Resp response;
  const bool more = static_cast<std::int32_t>(items.size()) > size;
  if (more) items.pop_back();
  for (const auto& item : items) put(response, item);
  if (more) {
    response.set_next_page_token(platform::EncodePageToken(position(items.back()), query));
  }
  return response;
}

}  // namespace assay::moderation
