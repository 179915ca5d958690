// Is a sample what the draw had to give (MOD-4)?
//
// Three facts are recomputed here, from what anybody may read: the digest of the revealed
// secret, the digest of the candidate list, and the seed. Their form is that of
// services/moderation/README.md. The redraw itself is asked of the service.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/ctl/json_view.h"

namespace assay::gateway::ctl {

struct SampleFacts {
  Json submission;
  Json sample;
  std::vector<Json> candidates;  // All of the submission, in any order.
  bool candidates_known = true;  // False if the caller may not list them.
  Json verdict;                  // What VerifySample answered.
};

struct SampleCheck {
  std::string what;
  std::string by;  // "here" or "the service"
  bool held = false;
  std::string detail;
};

std::vector<SampleCheck> CheckSample(const SampleFacts& facts);
bool AllHeld(const std::vector<SampleCheck>& checks);

// "series/…/submissions/…" of a sample's name; "" if it is not one.
std::string SubmissionOfSample(std::string_view sample);

}  // namespace assay::gateway::ctl
