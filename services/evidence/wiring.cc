#include "services/evidence/wiring.h"

#include <memory>
#include <utility>

#include "services/evidence/blobs/file_blob_store.h"
#include "services/evidence/commands/sweep_blobs.h"
#include "services/evidence/events.h"
#include "services/evidence/service.h"
#include "services/evidence/store.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::evidence {

const platform::MigrationSet& Migrations();  // Made from migrations/ by assay_sql.

namespace {

// In the order of who needs whom.
struct App {
  App(platform::Parts& parts, std::unique_ptr<BlobStore> the_blobs, std::int64_t upload_bytes_max)
      : blobs(std::move(the_blobs)), context{parts.database, parts.clock, parts.ids,
                                             store,          *blobs,      upload_bytes_max} {}

  Store store;
  std::unique_ptr<BlobStore> blobs;
  Context context;
};

absl::StatusOr<std::shared_ptr<void>> Wire(const Config& config, platform::Parts& parts) {
  ASSIGN_OR_RETURN(auto blobs, OpenFileBlobStore({.root = config.blob_dir.empty()
                                                              ? parts.common.data_dir + "/blobs"
                                                              : config.blob_dir,
                                                  .entropy = parts.entropy}));
  auto app = std::make_shared<App>(parts, std::move(blobs), config.upload_bytes_max);
  RegisterRpcs(parts.router, app->context);
  parts.every("evidence.sweep", config.sweep_period,
              [app = app.get(), &parts, age = config.orphan_age]() -> absl::Status {
                ASSIGN_OR_RETURN(
                    const Swept swept,
                    SweepBlobs(parts.database, app->store, *app->blobs, parts.clock.Now() - age));
                platform::Log(platform::Severity::kInfo, "evidence.swept",
                              {{"blobs", swept.blobs}, {"abandoned", swept.abandoned}});
                return absl::OkStatus();
              });
  return app;
}

}  // namespace

platform::ServiceDefinition Definition(Config& config) {
  return {.name = "evidence",
          .migrations = &Migrations(),
          .bind = [&config](platform::ConfigBinder& binder) { config.Bind(binder); },
          .asks = {},
          .consumes = {"moderation"},
          .wire = [&config](platform::Parts& parts) { return Wire(config, parts); },
          .on_event =
              [](const std::shared_ptr<void>& state, platform::Parts& parts,
                 const platform::Event& event) {
                return OnEvent(parts.database, parts.clock, static_cast<App*>(state.get())->store,
                               event);
              }};
}

}  // namespace assay::evidence
