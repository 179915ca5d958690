// The OpenAPI 3.1 description of all routes, made from the same descriptors as the
// routes themselves, comments included.
#pragma once
#include <string>

#include "gateway/routes.h"
#include "gateway/schema.h"

namespace assay::gateway {

std::string OpenApiJson(const Schema& schema, const RouteTable& routes);

}  // namespace assay::gateway
