#include "services/moderation/policies/readers.h"

namespace assay::moderation {

RuleReader ReaderOf(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::kSampling:
      return ReadSampling;
    case PolicyKind::kTolerance:
      return ReadTolerance;
    case PolicyKind::kAdjustment:
      return ReadAdjustment;
    case PolicyKind::kAllocation:
      return ReadAllocation;
    case PolicyKind::kCheckpoints:
      return ReadCheckpoints;
    case PolicyKind::kReview:
      return ReadReview;
    case PolicyKind::kReturn:
      return ReadReturn;
  }
  return nullptr;
}

}  // namespace assay::moderation
