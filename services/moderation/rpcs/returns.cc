#include "services/moderation/export_results.h"
#include "services/moderation/rpcs/rpcs.h"

namespace assay::moderation {

void RegisterReturns(platform::Router& router, const Context& context) {
  router.Download<v1::ExportResultsRequest, google::api::HttpBody>(
      "assay.moderation.v1.ReturnService/ExportResults",
      [&context](const platform::Call& call, const v1::ExportResultsRequest& request) {
        return OpenExport(context, call, request);
      });
}

}  // namespace assay::moderation
