#include "services/platform/auth/strict_json.h"

#include <set>
#include <string>
#include <vector>

namespace assay::platform::auth_internal {

std::optional<nlohmann::json> ParseStrictObject(std::string_view text) {
  using Event = nlohmann::json::parse_event_t;
  constexpr int kDepthMax = 8;
  bool refused = false;
  std::vector<std::set<std::string>> members;
  const auto watch = [&](int depth, Event event, nlohmann::json& parsed) {
    switch (event) {
      case Event::object_start:
        members.emplace_back();
        [[fallthrough]];
      case Event::array_start:
        if (depth >= kDepthMax) refused = true;
        break;
      case Event::object_end:
        members.pop_back();
        break;
      case Event::key:
        if (!members.back().insert(parsed.get<std::string>()).second) refused = true;
        break;
      default:
        break;
    }
    return !refused;
  };
  nlohmann::json object =
      nlohmann::json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (refused || object.is_discarded() || !object.is_object()) return std::nullopt;
  return object;
}

std::optional<std::string> StringMember(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

}  // namespace assay::platform::auth_internal
