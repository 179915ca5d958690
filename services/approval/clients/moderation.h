// What approval asks of moderation: to draw from a list as it draws samples of cohorts (EI-14,
// MOD-4).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/client.h"

namespace assay::approval {

struct ListItem {
  std::string item;
  std::string group;
  std::string site;
};

struct ListDraw {
  std::vector<std::string> drawn;
  std::string policy_version;
  std::string commitment;  // Hexadecimal.
  std::string published;   // JSON of assay.moderation.v1.PublishedDraw, for VerifyDraw.
};

class Moderation {
 public:
  explicit Moderation(platform::Client& client) : client_(client) {}

  // `secret`: 32 bytes. UNAVAILABLE (MODERATION_UNAVAILABLE), and what moderation refuses. Blocks.
  absl::StatusOr<ListDraw> DrawFromList(const platform::Call& call, std::string_view subject,
                                        std::string_view policy, std::string_view secret,
                                        const std::vector<ListItem>& items);

 private:
  platform::Client& client_;
};

}  // namespace assay::approval
