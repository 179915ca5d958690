#include "services/evidence/commands/sweep_blobs.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/core/status_macros.h"

namespace assay::evidence {
namespace {

constexpr std::size_t kBatch = 500;

// Those of `refs` that no record names, in one read.
absl::StatusOr<std::vector<BlobRef>> Unnamed(platform::Database& database, Store& store,
                                             BlobStore& blobs, const std::vector<BlobRef>& refs) {
  std::vector<BlobRef> unnamed;
  RETURN_IF_ERROR(database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    unnamed.clear();
    std::map<std::string, std::string> tenant_of;  // By space.
    ASSIGN_OR_RETURN(const std::vector<std::string> tenants, store.Tenants(tx));
    for (const std::string& tenant : tenants) tenant_of[blobs.SpaceOf(tenant)] = tenant;
    for (const BlobRef& ref : refs) {
      const auto tenant = tenant_of.find(ref.space);
      if (tenant != tenant_of.end()) {
        ASSIGN_OR_RETURN(const bool named, store.IsNamed(tx, tenant->second, ref.sha256));
        if (named) continue;
      }
      unnamed.push_back(ref);
    }
    return absl::OkStatus();
  }));
  return unnamed;
}

}  // namespace

absl::StatusOr<Swept> SweepBlobs(platform::Database& database, Store& store, BlobStore& blobs,
                                 absl::Time before) {
  Swept swept;
  std::vector<BlobRef> batch;
  const auto remove_batch = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<BlobRef> unnamed, Unnamed(database, store, blobs, batch));
    for (const BlobRef& ref : unnamed) {
      ASSIGN_OR_RETURN(const bool removed, blobs.RemoveBlob(ref, before));
      swept.blobs += removed ? 1 : 0;
    }
    batch.clear();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(blobs.ListBlobs(before, [&](const BlobRef& ref) -> absl::Status {
    batch.push_back(ref);
    return batch.size() < kBatch ? absl::OkStatus() : remove_batch();
  }));
  RETURN_IF_ERROR(remove_batch());
  ASSIGN_OR_RETURN(swept.abandoned, blobs.RemoveAbandoned(before));
  return swept;
}

}  // namespace assay::evidence
