// The text of an e-mail (RFC 5322, 2045, 2047): plain text, UTF-8, 7-bit on the wire.
#pragma once
#include <string>

#include "services/notifications/mail/mailer.h"

namespace assay::notifications {

// `from` is an address. Lines end in CRLF and are no longer than mail allows.
std::string Compose(const OutgoingMail& mail, const std::string& from);

}  // namespace assay::notifications
