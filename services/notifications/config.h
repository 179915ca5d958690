// The settings of this service, besides those that every service has.
#pragma once
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/platform/config/config.h"

namespace assay::notifications {

struct Config {
  std::string smtp;  // Empty: no e-mail.
  std::string smtp_user;
  std::string smtp_password;  // Secret.
  bool smtp_tls = true;
  std::string mail_from = "noreply@assay.example";
  std::string templates;  // Empty: the shipped ones.
  std::int64_t mail_attempts_max = 8;
  absl::Duration mail_period = absl::Seconds(1);

  void Bind(platform::ConfigBinder& binder) {
    binder.Bind("smtp", &smtp, "mail server, smtp://host:25 or smtps://host:465; empty: no e-mail")
        .Bind("smtp_user", &smtp_user, "login at the mail server; empty: none")
        .Bind("smtp_password", &smtp_password, "its password", platform::Secrecy::kSecret)
        .Bind("smtp_tls", &smtp_tls, "send only over TLS; off for a server on this machine")
        .Bind("mail_from", &mail_from, "address that e-mail comes from")
        .Bind("templates", &templates, "message templates (JSON); empty: the shipped English ones")
        .Bind("mail_attempts_max", &mail_attempts_max, 1, 30,
              "attempts after which an e-mail is given up")
        .Bind("mail_period", &mail_period, absl::Milliseconds(100), absl::Minutes(10),
              "how often e-mail that is due is looked for");
  }
};

}  // namespace assay::notifications
