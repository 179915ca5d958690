#include "services/notifications/wiring.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/notifications/commands/deliver_due.h"
#include "services/notifications/commands/notify.h"
#include "services/notifications/mail/smtp_mailer.h"
#include "services/notifications/service.h"
#include "services/notifications/store.h"
#include "services/notifications/templates.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::notifications {

const platform::MigrationSet& Migrations();  // Made from migrations/ by assay_sql.

namespace {

struct App {
  Store store;
  Templates templates;
  std::unique_ptr<Mailer> mailer;  // nullptr: no e-mail.
  DeliverOptions deliver;
};

absl::StatusOr<Templates> LoadTemplates(const std::string& path) {
  if (path.empty()) return Templates::Parse(ShippedTemplates());
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("message templates: cannot read ", path));
  return Templates::Parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

absl::Status Deliver(App& app, platform::Parts& parts) {
  ASSIGN_OR_RETURN(const Delivered delivered,
                   DeliverDue(parts.database, parts.clock, parts.ids, parts.entropy, app.store,
                              *app.mailer, app.deliver));
  if (delivered.sent + delivered.failed + delivered.delayed > 0) {
    platform::Log(
        delivered.failed > 0 ? platform::Severity::kWarning : platform::Severity::kInfo,
        "notifications.mail",
        {{"sent", delivered.sent}, {"failed", delivered.failed}, {"delayed", delivered.delayed}});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<void>> Wire(const Config& config, platform::Parts& parts) {
  auto app = std::make_shared<App>();
  ASSIGN_OR_RETURN(app->templates, LoadTemplates(config.templates));
  RegisterRpcs(parts.router, app->store);
  if (config.smtp.empty()) return app;
  ASSIGN_OR_RETURN(app->mailer, MakeSmtpMailer({.url = config.smtp,
                                                .from = config.mail_from,
                                                .user = config.smtp_user,
                                                .password = config.smtp_password,
                                                .require_tls = config.smtp_tls}));
  app->deliver.message_id_domain = config.mail_from.substr(config.mail_from.find('@') + 1);
  app->deliver.retry.attempts_max = static_cast<int>(config.mail_attempts_max);
  parts.every("notifications.mail", config.mail_period,
              [app = app.get(), &parts] { return Deliver(*app, parts); });
  return app;
}

}  // namespace

platform::ServiceDefinition Definition(Config& config) {
  return {.name = "notifications",
          .migrations = &Migrations(),
          .bind = [&config](platform::ConfigBinder& binder) { config.Bind(binder); },
          .asks = {},
          .consumes = {"approval", "evidence", "moderation"},
          .wire = [&config](platform::Parts& parts) { return Wire(config, parts); },
          .on_event =
              [](const std::shared_ptr<void>& state, platform::Parts& parts,
                 const platform::Event& event) {
                auto& app = *static_cast<App*>(state.get());
                return Notify(parts.database, parts.clock, parts.ids, app.store, app.templates,
                              app.mailer != nullptr, event);
              }};
}

}  // namespace assay::notifications
