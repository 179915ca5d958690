#include "services/moderation/wiring.h"

#include <memory>
#include <utility>
#include <vector>

#include "assay/approval/v1/events.pb.h"
#include "services/moderation/clients/approval.h"
#include "services/moderation/clients/evidence.h"
#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/run_checkpoints.h"
#include "services/moderation/context.h"
#include "services/moderation/mark_import_runner.h"
#include "services/moderation/policies/loader.h"
#include "services/moderation/service.h"
#include "services/moderation/store.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();  // Made from migrations/ by assay_sql.

namespace {

constexpr absl::Duration kMarkImportPeriod = absl::Minutes(1);

// In the order of who needs whom.
struct App {
  App(platform::Parts& parts, const Config& config, PolicyBook the_policies)
      : policies(std::move(the_policies)),
        approval(parts.client("approval"), parts.cache, config.answer_lifetime),
        evidence(parts.client("evidence"), parts.cache, config.answer_lifetime),
        context{parts.database,
                parts.ids,
                parts.entropy,
                store,
                policies,
                approval,
                evidence,
                config.import_rows_max,
                {.rows_max = config.mark_import_rows_max,
                 .bytes_max = config.mark_import_bytes_max,
                 .unfinished_max = config.mark_imports_max,
                 .lifetime = config.mark_import_lifetime}} {}

  PolicyShelf policies;
  Store store;
  Approval approval;
  Evidence evidence;
  Context context;
};

absl::StatusOr<std::shared_ptr<void>> Wire(const Config& config, platform::Parts& parts) {
  std::vector<PolicyText> texts = ShippedPolicies();
  ASSIGN_OR_RETURN(const std::vector<PolicyText> own, PoliciesIn(config.policies));
  texts.insert(texts.end(), own.begin(), own.end());
  ASSIGN_OR_RETURN(PolicyBook policies, LoadPolicies(texts));
  auto app = std::make_shared<App>(parts, config, std::move(policies));
  RegisterRpcs(parts.router, app->context);
  parts.every("moderation.checkpoints", config.checkpoint_period, [app = app.get(), &parts] {
    return SweepCheckpoints(app->context, parts.clock.Now());
  });
  parts.every("mark_imports", kMarkImportPeriod,
              [app, &clock = parts.clock] { return TendMarkImports(app->context, clock.Now()); });
  parts.every("moderation.evidence_locks", config.lock_sweep_period,
              [app = app.get(), &parts]() -> absl::Status {
                ASSIGN_OR_RETURN(const int swept,
                                 SweepEvidenceLocks(app->context, parts.clock.Now()));
                if (swept == 0) return absl::OkStatus();
                platform::Log(platform::Severity::kInfo, "moderation.evidence_released",
                              {{"submissions", swept}});
                return absl::OkStatus();
              });
  return app;
}

// Approval's answers are only remembered, so forgetting one twice does no harm and the event
// need not be claimed.
absl::Status OnEvent(App& app, const platform::Event& event) {
  const auto forget = [&](auto changed) {
    if (!changed.ParseFromString(event.payload)) {
      return absl::InvalidArgumentError("the event's payload cannot be read");
    }
    app.approval.Forget(event.tenant, changed.centre());
    return absl::OkStatus();
  };
  if (event.type == approval::v1::CentreStateChanged::descriptor()->full_name()) {
    return forget(approval::v1::CentreStateChanged());
  }
  if (event.type == approval::v1::QualificationApprovalStateChanged::descriptor()->full_name()) {
    return forget(approval::v1::QualificationApprovalStateChanged());
  }
  if (event.type == approval::v1::CentreRestrictionChanged::descriptor()->full_name()) {
    return forget(approval::v1::CentreRestrictionChanged());
  }
  return absl::OkStatus();
}

}  // namespace

platform::ServiceDefinition Definition(Config& config) {
  return {
      .name = "moderation",
      .migrations = &Migrations(),
      .bind = [&config](platform::ConfigBinder& binder) { config.Bind(binder); },
      .asks = {"approval", "evidence"},
      .consumes = {"approval"},
      .wire = [&config](platform::Parts& parts) { return Wire(config, parts); },
      .on_event =
          [](const std::shared_ptr<void>& state, platform::Parts&, const platform::Event& event) {
            return OnEvent(*static_cast<App*>(state.get()), event);
          }};
}

}  // namespace assay::moderation
