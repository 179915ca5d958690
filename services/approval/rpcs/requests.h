// What requests about oversight must look like: names of resources below a centre, texts, days, and
// evidence. Each answer with an error is INVALID_ARGUMENT (FIELD_INVALID) unless said otherwise.
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
#include "services/platform/rpc/router.h"

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

template <typename Req, typename Resp>
using Handler = absl::StatusOr<Resp> (*)(const Work&, const Req&);

template <typename Req, typename Resp>
void RouteRead(platform::Router& router, const Context& context, const std::string& method,
               Handler<Req, Resp> handler) {
  router.Read<Req, Resp>(method, [=, &context](const platform::Call& call, const Req& request,
                                               platform::Transaction& tx) {
    return handler(WorkOf(context, call, tx), request);
  });
}

template <typename Req, typename Resp>
void RouteWrite(platform::Router& router, const Context& context, const std::string& method,
                Handler<Req, Resp> handler) {
  router.Write<Req, Resp>(method, [=, &context](const platform::Call& call, const Req& request,
                                                platform::Transaction& tx) {
    return handler(WorkOf(context, call, tx), request);
  });
}

// Cuts what was found beyond the page off, and sets the token after what is left.
template <typename Record, typename Response, typename Position>
void SetNextPage(std::vector<Record>& found, const PageRequest& page, Response& response,
                 Position position) {
  if (static_cast<int>(found.size()) <= page.size) return;
  found.resize(page.size);
  response.set_next_page_token(page.TokenAfter(position(found.back())));
}

}  // namespace assay::approval
