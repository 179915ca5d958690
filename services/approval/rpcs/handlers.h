// How a file of RPCs registers its handlers, and what it reads of names and days.
//
// Example:
//   const Handlers on(router, context, "assay.approval.v1.LearnerService/");
//   on.Read<v1::GetAwardRequest, v1::Award>("GetAward", GetAward);
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/rpcs.h"

namespace assay::approval {

class Handlers {
 public:
  Handlers(platform::Router& router, const Context& context, std::string service)
      : router_(router), context_(context), service_(std::move(service)) {}

  template <typename Req, typename Resp>
  void Read(const char* method, absl::StatusOr<Resp> (*handler)(const Work&, const Req&)) const {
    router_.Read<Req, Resp>(service_ + method, [handler, &context = context_](
                                                   const platform::Call& call, const Req& request,
                                                   platform::Transaction& tx) {
      return handler(WorkOf(context, call, tx), request);
    });
  }
  template <typename Req, typename Resp>
  void Write(const char* method, absl::StatusOr<Resp> (*handler)(const Work&, const Req&)) const {
    router_.Write<Req, Resp>(service_ + method, [handler, &context = context_](
                                                    const platform::Call& call, const Req& request,
                                                    platform::Transaction& tx) {
      return handler(WorkOf(context, call, tx), request);
    });
  }

 private:
  platform::Router& router_;
  const Context& context_;
  const std::string service_;
};

// The variable parts of a name of the form "centres/*/awards/*".
inline absl::StatusOr<std::vector<std::string>> PartsOf(std::string_view field,
                                                        const std::string& name,
                                                        std::string_view form) {
  const std::vector<std::string> have = absl::StrSplit(name, '/');
  const std::vector<std::string> want =
      absl::StrSplit(absl::string_view(form.data(), form.size()), '/');
  std::vector<std::string> parts;
  bool fits = have.size() == want.size();
  for (std::size_t i = 0; fits && i < have.size(); ++i) {
    if (want[i] == "*") {
      fits = !have[i].empty();
      parts.push_back(have[i]);
    } else {
      fits = have[i] == want[i];
    }
  }
  if (fits) return parts;
  return FieldInvalid(field, "is not " + std::string(form));
}

inline absl::StatusOr<absl::CivilDay> NeededDay(std::string_view field, bool is_set,
                                                const google::type::Date& date) {
  ASSIGN_OR_RETURN(const auto day, DayFrom(field, is_set, date));
  if (!day.has_value()) return FieldInvalid(field, "is missing");
  return *day;
}

// Cuts a list that was read with one item more than a page has, and names where the next begins.
template <typename Item, typename KeyOf>
std::string CutPage(std::vector<Item>& found, const PageRequest& page, KeyOf key_of) {
  if (static_cast<int>(found.size()) <= page.size) return "";
  found.pop_back();
  return page.TokenAfter(key_of(found.back()));
}

}  // namespace assay::approval
