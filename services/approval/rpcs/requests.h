// What requests must look like: names of resources below a centre, texts, days, and evidence; and
// how a page of a list ends. Each answer with an error is INVALID_ARGUMENT (FIELD_INVALID) unless
// said otherwise.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/approval/context.h"
#include "services/approval/rpcs/rpcs.h"

namespace assay::approval {

// "centres/{centre}/staff/{id}/competences/{part}"; without a part collection, the first four.
struct ChildName {
  std::string centre;
  std::string id;
  std::string part;
};
absl::StatusOr<ChildName> ChildNameFrom(std::string_view field, const std::string& name,
                                        std::string_view collection,
                                        std::string_view part_collection = "");

// The variable parts of a name of the form "centres/*/awards/*".
absl::StatusOr<std::vector<std::string>> PartsOf(std::string_view field, const std::string& name,
                                                 std::string_view form);

// One line of 1 to `most` characters, without blanks around it.
absl::StatusOr<std::string> LineFrom(std::string_view field, const std::string& text,
                                     std::size_t most);
// The same, or "".
absl::StatusOr<std::string> OptionalLineFrom(std::string_view field, const std::string& text,
                                             std::size_t most);
// 1 to 2000 characters in any lines, without blanks around them.
absl::StatusOr<std::string> ProseFrom(std::string_view field, const std::string& text);

absl::StatusOr<absl::CivilDay> RequiredDayFrom(std::string_view field, bool is_set,
                                               const google::type::Date& date);

// Names of evidence of this centre.
absl::StatusOr<std::vector<std::string>> EvidenceFrom(
    const std::string& centre, const google::protobuf::RepeatedPtrField<std::string>& names,
    int most);

// Of an approval of this centre; "" for "".
absl::StatusOr<std::string> ApprovalOfCentreFrom(std::string_view field, const std::string& centre,
                                                 const std::string& name);

// Cuts what was found beyond the page off, and sets the token after what is left.
template <typename Record, typename Response, typename Position>
void SetNextPage(std::vector<Record>& found, const PageRequest& page, Response& response,
                 Position position) {
  if (static_cast<int>(found.size()) <= page.size) return;
  found.resize(page.size);
  response.set_next_page_token(page.TokenAfter(position(found.back())));
}

}  // namespace assay::approval
