// Sends one e-mail. The SMTP one is smtp_mailer.h; tests have their own.
#pragma once
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace assay::notifications {

struct OutgoingMail {
  std::string message_id;  // Without brackets; the same in every attempt.
  std::string to;
  std::string subject;  // One line.
  std::string body;     // UTF-8, lines end in LF.
  absl::Time date;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  // Blocks. OK: the server took it. FAILED_PRECONDITION: the server refused it for good.
  // UNAVAILABLE: it may work later. Neither text has an address in it.
  virtual absl::Status Send(const OutgoingMail& mail) = 0;
};

}  // namespace assay::notifications
