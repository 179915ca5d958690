// The catalogue of qualifications: what ships in the binary, and what an operator adds.
//
// An entry is a JSON file (catalogue/data/3818-13.json is one). What contradicts itself in
// an entry becomes its findings (QUAL-4) and does not keep it from being loaded; a file
// that is not an entry at all, or whose rule of combination cannot be used (IsRefusing of
// checks.h), stops the start.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/catalogue/qualification.h"
#include "services/platform/core/embedded_file.h"

namespace assay::approval {

// By number.
using Catalogue = std::map<std::string, Qualification, std::less<>>;

// catalogue/data/*.json, embedded at build time.
std::span<const platform::EmbeddedFile> ShippedCatalogue();

// One entry with its findings. INVALID_ARGUMENT names the file and the place in it.
absl::StatusOr<Qualification> ParseQualification(std::string_view file, std::string_view json);

// The entry as JSON that ParseQualification reads back, without its findings.
std::string WriteQualification(const Qualification& qualification);

// The shipped entries, then the *.json files of `directory` ("": none). An entry of the
// directory replaces a shipped one with its number; two files with one number are refused.
absl::StatusOr<Catalogue> LoadCatalogue(const std::string& directory);

}  // namespace assay::approval
