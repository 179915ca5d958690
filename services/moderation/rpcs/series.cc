#include <string>
#include <utility>

#include "services/moderation/commands/create.h"
#include "services/moderation/commands/update_series.h"
#include "services/moderation/convert.h"
#include "services/moderation/rpcs/rpcs.h"

namespace assay::moderation {
namespace {

using platform::Router;

absl::StatusOr<v1::Series> CreateSeries(const Work& work, const v1::CreateSeriesRequest& request) {
  ASSIGN_OR_RETURN(const Series series, SeriesFrom(request, work.caller.now));
  RETURN_IF_ERROR(CreateSeries(work, series));
  return ToProto(series);
}

absl::StatusOr<v1::Series> GetSeries(const Work& work, const v1::GetSeriesRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, SeriesIdOf("name", request.name()));
  ASSIGN_OR_RETURN(const Series series, work.store().GetSeries(work.tx, work.caller.tenant, id));
  return ToProto(series);
}

absl::StatusOr<v1::Series> UpdateSeries(const Work& work, const v1::UpdateSeriesRequest& request) {
  ASSIGN_OR_RETURN(const Series wanted, SeriesFrom(request));
  ASSIGN_OR_RETURN(const Series series, UpdateSeries(work, wanted, request.series().etag()));
  return ToProto(series);
}

absl::StatusOr<v1::ListSeriesResponse> ListSeries(const Work& work,
                                                  const v1::ListSeriesRequest& request) {
  return Page<v1::ListSeriesResponse>(
      work, request, "",
      [&](const std::string& after, int limit) {
        return work.store().ListSeries(work.tx, work.caller.tenant, after, limit);
      },
      [](auto& response, const Series& series) { *response.add_series() = ToProto(series); },
      [](const Series& series) { return series.id; });
}

absl::StatusOr<v1::Component> CreateComponent(const Work& work,
                                              const v1::CreateComponentRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentFrom(request, work.caller.now));
  RETURN_IF_ERROR(CreateComponent(work, component));
  return ToProto(component);
}

absl::StatusOr<v1::Component> GetComponent(const Work& work,
                                           const v1::GetComponentRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf("name", request.name()));
  ASSIGN_OR_RETURN(Component component, work.store().GetComponent(work.tx, work.caller.tenant,
                                                                  name.series, name.component));
  ASSIGN_OR_RETURN(auto choices, work.context.policies.store().Choices(
                                     work.tx, work.caller.tenant, name.series, name.component));
  component.policies = std::move(choices[component.id]);
  return ToProto(component);
}

absl::StatusOr<v1::ListComponentsResponse> ListComponents(
    const Work& work, const v1::ListComponentsRequest& request) {
  ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", request.parent()));
  ASSIGN_OR_RETURN(auto choices,
                   work.context.policies.store().Choices(work.tx, work.caller.tenant, series, ""));
  return Page<v1::ListComponentsResponse>(
      work, request, series,
      [&](const std::string& after, int limit) {
        return work.store().ListComponents(work.tx, work.caller.tenant, series, after, limit);
      },
      [&](auto& response, Component c) {
        c.policies = choices[c.id];
        *response.add_components() = ToProto(c);
      },
      [](const Component& c) { return c.id; });
}

}  // namespace

void RegisterSeries(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.SeriesService/";
  const Scope scope = Scope::kTenant;
  Write<v1::CreateSeriesRequest, v1::Series>(router, context, service + "CreateSeries", scope,
                                             CreateSeries);
  Read<v1::GetSeriesRequest, v1::Series>(router, context, service + "GetSeries", scope, GetSeries);
  Read<v1::ListSeriesRequest, v1::ListSeriesResponse>(router, context, service + "ListSeries",
                                                      scope, ListSeries);
  Write<v1::UpdateSeriesRequest, v1::Series>(router, context, service + "UpdateSeries", scope,
                                             UpdateSeries);
  Write<v1::CreateComponentRequest, v1::Component>(router, context, service + "CreateComponent",
                                                   scope, CreateComponent);
  Read<v1::GetComponentRequest, v1::Component>(router, context, service + "GetComponent", scope,
                                               GetComponent);
  Read<v1::ListComponentsRequest, v1::ListComponentsResponse>(
      router, context, service + "ListComponents", scope, ListComponents);
}

}  // namespace assay::moderation
