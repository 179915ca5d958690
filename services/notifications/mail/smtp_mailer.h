// E-mail through an SMTP server (libcurl).
#pragma once
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/notifications/mail/mailer.h"

namespace assay::notifications {

struct SmtpOptions {
  std::string url;        // "smtp://host:25", "smtps://host:465".
  std::string from;       // Address.
  std::string user = "";  // Empty: no login.
  std::string password = "";
  bool require_tls = true;  // STARTTLS on smtp://; without it the mail is not sent.
  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration timeout = absl::Seconds(30);
};

// Keeps its connection between mails. Not thread-safe. INVALID_ARGUMENT if the options
// cannot be right.
absl::StatusOr<std::unique_ptr<Mailer>> MakeSmtpMailer(SmtpOptions options);

}  // namespace assay::notifications
