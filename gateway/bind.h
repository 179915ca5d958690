// Path variables and query parameters → fields of the request message.
//
// A field has one source. What the path binds cannot come from the query or the
// body; what the body holds cannot come from the query. Anything else would let
// `?centre=other` change what `/centres/mine` was authorised for.
#pragma once
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/routes.h"
#include "gateway/schema.h"

namespace assay::gateway {

// `values` as Match gave them. Call it after the body is in the message.
absl::Status BindPath(const Schema& schema, const Route& route,
                      const std::vector<std::string>& values, google::protobuf::Message* message);

// `query` is the raw text after '?'. Pairs without '=' or without a name are ignored;
// unknown names, second values of singular fields and fields with another source are not.
absl::Status BindQuery(const Schema& schema, const Route& route, std::string_view query,
                       google::protobuf::Message* message);

}  // namespace assay::gateway
