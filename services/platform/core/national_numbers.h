// The forms of national numbers of establishments and learners (QUAL-10).
//
// Digits only, no spaces: callers trim what people typed.
#pragma once
#include <string_view>

namespace assay::platform {

bool IsUrn(std::string_view text);      // 5 or 6 digits.
bool IsUkprn(std::string_view text);    // 8 digits that begin with 1.
bool IsLaestab(std::string_view text);  // 7 digits: local authority, establishment.

enum class UlnCheck { kValid, kTemporary, kInvalid };
// kTemporary is 9999999999: a learner whose number is still to come.
UlnCheck CheckUln(std::string_view text);

}  // namespace assay::platform
