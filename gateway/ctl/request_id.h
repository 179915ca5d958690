// Request ids that a repeat of the same step makes again.
//
// A journey that broke off can be started again with the same run key: what was
// acknowledged is answered from memory, the rest is done.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace assay::gateway::ctl {

// A UUID (version and variant as of a random one) from the SHA-256 of `parts`.
std::string RequestId(std::initializer_list<std::string_view> parts);

// Lower-case hex.
std::string Sha256Hex(std::string_view bytes);
std::string Hex(std::string_view bytes);
// "" unless `hex` is an even number of hex digits.
std::string Unhex(std::string_view hex);

}  // namespace assay::gateway::ctl
