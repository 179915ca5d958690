#include "services/notifications/model.h"

#include <algorithm>
#include <cmath>

namespace assay::notifications {
namespace {

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsHost(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsWord(c) || c == '-' || c == '.'; });
}

}  // namespace

bool IsMailbox(std::string_view text) {
  for (std::string_view kind : {"users/", "centres/", "roles/"}) {
    if (text.substr(0, kind.size()) != kind) continue;
    const std::string_view id = text.substr(kind.size());
    return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
      return IsWord(c) || std::string_view("-_.~:@|").find(c) != std::string_view::npos;
    });
  }
  return false;
}

bool IsEmailAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at);
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') {
    return false;
  }
  const bool plain = std::all_of(local.begin(), local.end(), [](char c) {
    return IsWord(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  });
  return plain && local.find("..") == std::string_view::npos && IsHost(text.substr(at + 1));
}

absl::Duration WaitAfter(const RetryPolicy& policy, int attempts, double chance) {
  const double doublings = std::clamp(attempts - 1, 0, 30);
  const absl::Duration wait = std::min(policy.longest, policy.first * std::exp2(doublings));
  return wait * (0.5 + chance);
}

}  // namespace assay::notifications
