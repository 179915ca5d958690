// Carries an import of many centres' marks from what was sent to what is recorded.
//
// Checking reads every row, holds every submission and keeps each refusal; applying records the
// good rows in bounded transactions, each of which also says how far it has come. Both may be
// interrupted at any point: checking begins anew, applying goes on.
#pragma once
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/mark_imports.h"

namespace assay::moderation {

// See MarkImportService.FinishMarkImport. Blocks.
absl::StatusOr<MarkImport> FinishMarkImport(const Context& context, const platform::Call& call,
                                            const MarkImportName& name);

// Lets go of what an ended import still holds and has kept, except its refusals.
absl::Status SweepMarkImport(const Context& context, const MarkImport& import);

// The background's share: goes on with what was interrupted while marks were recorded, cancels
// what was left lying, forgets what ended long ago.
absl::Status TendMarkImports(const Context& context, absl::Time now);

}  // namespace assay::moderation
