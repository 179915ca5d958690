// What approval asks of moderation: to draw from a list as it draws samples of cohorts (EI-14,
// MOD-4), and whether moderation of a learner's components is final (QUAL-9).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/learners/eligibility.h"
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

// Who is meant: the learner by national number, and by number at each centre where they were.
struct ModerationQuestion {
  std::string qualification;  // Number.
  std::string uln;            // Empty: unknown.
  struct Place {
    std::string centre;  // Id.
    std::string enrolment;
  };
  std::vector<Place> places;  // The present one first.
};

class Moderation {
 public:
  explicit Moderation(platform::Client& client) : client_(client) {}

  // `secret`: 32 bytes. UNAVAILABLE (MODERATION_UNAVAILABLE), and what moderation refuses. Blocks.
  absl::StatusOr<ListDraw> DrawFromList(const platform::Call& call, std::string_view subject,
                                        std::string_view policy, std::string_view secret,
                                        const std::vector<ListItem>& items);

  // Always an answer: that it cannot be asked is one. Blocks, no longer than the call's deadline.
  ModerationFact Final(const platform::Call& call, const ModerationQuestion& question);

 private:
  platform::Client& client_;
};

}  // namespace assay::approval
