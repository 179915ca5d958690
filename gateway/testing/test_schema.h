// The schema of ../testdata, loaded once per test binary.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/schema.h"

namespace assay::gateway::testing {

const Schema& TestSchema();
const MessageInfo& TestMessage(std::string_view name);  // "Everything"

// JSON → message → JSON, or the error.
absl::StatusOr<std::string> RoundTrip(const MessageInfo& info, std::string_view json);

}  // namespace assay::gateway::testing
