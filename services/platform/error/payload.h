// What error.cc puts into a status and to_grpc.cc takes out again. Nobody else
// needs it: others build an Error and read ReasonOf, MetadataOf and FieldsOf.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace assay::platform {

inline constexpr absl::string_view kErrorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";
inline constexpr absl::string_view kBadRequestType = "type.googleapis.com/google.rpc.BadRequest";

// `text` with every byte that is not UTF-8 as '?', cut between characters. A
// message with anything else in a string field could not be parsed by its reader.
std::string CleanText(std::string_view text, std::size_t bytes_max = std::string::npos);

}  // namespace assay::platform
