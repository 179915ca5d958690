#include "services/approval/wiring.h"

#include <memory>
#include <utility>

#include "services/approval/catalogue_loader.h"
#include "services/approval/clients/moderation.h"
#include "services/approval/commands/lapse_approvals.h"
#include "services/approval/commands/sweep_deadlines.h"
#include "services/approval/oversight_loader.h"
#include "services/approval/service.h"
#include "services/approval/store.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();  // Made from migrations/ by assay_sql.

namespace {

// In the order of who needs whom.
struct App {
  App(platform::Parts& parts, Catalogue the_catalogue, OversightPolicy the_oversight,
      std::int64_t import_rows_max)
      : catalogue(std::move(the_catalogue)),
        oversight(std::move(the_oversight)),
        moderation(parts.client("moderation")),
        context{parts.database,  parts.ids,     store,      catalogue,
                import_rows_max, parts.entropy, moderation, oversight} {}

  Store store;
  const Catalogue catalogue;
  const OversightPolicy oversight;
  Moderation moderation;
  const Context context;
};

absl::StatusOr<std::shared_ptr<void>> Wire(const Config& config, platform::Parts& parts) {
  ASSIGN_OR_RETURN(Catalogue catalogue, LoadCatalogue(config.catalogue_dir));
  for (const auto& [number, qualification] : catalogue) {
    platform::Log(platform::Severity::kInfo, "approval.qualification_loaded",
                  {{"number", number},
                   {"units", static_cast<std::int64_t>(qualification.units.size())},
                   {"findings", static_cast<std::int64_t>(qualification.findings.size())}});
  }
  ASSIGN_OR_RETURN(OversightPolicy oversight, LoadOversight(config.oversight_policy));
  auto app = std::make_shared<App>(parts, std::move(catalogue), std::move(oversight),
                                   config.import_rows_max);
  RegisterRpcs(parts.router, app->context);
  parts.every("approval.deadlines", config.reminder_period, [app = app.get(), &parts] {
    return SweepDeadlines(app->context, parts.clock.Now());
  });
  parts.every("approval.endings", config.approval_period,
              [app = app.get(), &parts] { return TendApprovals(app->context, parts.clock.Now()); });
  return app;
}

}  // namespace

platform::ServiceDefinition Definition(Config& config) {
  return {.name = "approval",
          .migrations = &Migrations(),
          .bind = [&config](platform::ConfigBinder& binder) { config.Bind(binder); },
          .asks = {"moderation"},
          .consumes = {},
          .wire = [&config](platform::Parts& parts) { return Wire(config, parts); },
          .on_event = {}};
}

}  // namespace assay::approval
