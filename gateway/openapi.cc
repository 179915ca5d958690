#include "gateway/openapi.h"

#include <nlohmann/json.hpp>

namespace assay::gateway {

std::string OpenApiJson(const Schema& schema, const RouteTable& routes) {
  nlohmann::json doc;
  doc["openapi"] = "3.1.0";
  return doc.dump();
}

}  // namespace assay::gateway
