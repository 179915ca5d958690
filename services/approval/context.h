// What every RPC and command of this service works with.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "services/approval/catalogue_loader.h"
#include "services/approval/oversight/policy.h"
#include "services/approval/parsed_entries.h"
#include "services/approval/store.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/etag.h"
#include "services/platform/storage/database.h"

namespace assay::approval {

class Moderation;

// All references outlive it.
struct Context {
  platform::Database& database;
  platform::IdSource& ids;
  Store& store;
  const Catalogue& catalogue;
  std::int64_t import_rows_max;
  platform::Entropy& entropy;
  Moderation& moderation;
  const OversightPolicy& oversight;
  // Its own: what tenants have added to the catalogue, as it was read.
  std::shared_ptr<ParsedEntries> parsed_entries = std::make_shared<ParsedEntries>();
};

// One call's transaction and who makes the call.
struct Work {
  platform::Transaction& tx;
  const platform::Call& call;
  const Context& context;
  Reach reach;
};

// What the caller reaches: officers, moderators and programs all of the tenant, people of
// a centre their own. A centre person whose token names no centre reaches nothing.
Reach ReachOf(const platform::Call& call);

// The day of the call in UTC, by which every date of this service is counted.
absl::CivilDay Today(const Work& work);

}  // namespace assay::approval
