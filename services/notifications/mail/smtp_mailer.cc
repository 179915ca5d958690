#include "services/notifications/mail/smtp_mailer.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/notifications/mail/compose.h"
#include "services/notifications/model.h"

namespace assay::notifications {
namespace {

struct CurlEnd {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Curl = std::unique_ptr<CURL, CurlEnd>;
using CurlList = std::unique_ptr<curl_slist, CurlEnd>;

struct Reading {
  const std::string& text;
  std::size_t at = 0;
};

std::size_t ReadMore(char* out, std::size_t size, std::size_t count, void* user) {
  auto& reading = *static_cast<Reading*>(user);
  const std::size_t n = std::min(size * count, reading.text.size() - reading.at);
  std::memcpy(out, reading.text.data() + reading.at, n);
  reading.at += n;
  return n;
}

class SmtpMailer final : public Mailer {
 public:
  SmtpMailer(SmtpOptions options, Curl curl)
      : options_(std::move(options)), curl_(std::move(curl)) {}

  absl::Status Send(const OutgoingMail& mail) override {
    const std::string text = Compose(mail, options_.from);
    Reading reading{text};
    const CurlList recipients(curl_slist_append(nullptr, absl::StrCat("<", mail.to, ">").c_str()));
    CURL* curl = curl_.get();
    curl_easy_reset(curl);  // Options only; the connection stays.
    curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(options_.connect_timeout));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, Milliseconds(options_.timeout));
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     static_cast<long>(options_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!options_.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, options_.password.c_str());
    }
    const std::string from = absl::StrCat("<", options_.from, ">");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &ReadMore);
    curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
    const CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK) return absl::OkStatus();
    // The server's words may name the recipient; its number does not.
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    const bool about_this_mail = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY;
    // 53x and the like are about us, and change when the operator acts.
    if (answer >= 550 && answer < 560 && about_this_mail) {
      return absl::FailedPreconditionError(absl::StrCat("the mail server refused with ", answer));
    }
    return absl::UnavailableError(
        absl::StrCat("mail was not sent: ", curl_easy_strerror(code), ", last answer ", answer));
  }

 private:
  static long Milliseconds(absl::Duration duration) {
    return static_cast<long>(absl::ToInt64Milliseconds(duration));
  }
  const SmtpOptions options_;
  const Curl curl_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Mailer>> MakeSmtpMailer(SmtpOptions options) {
  if (!absl::StartsWith(options.url, "smtp://") && !absl::StartsWith(options.url, "smtps://")) {
    return absl::InvalidArgumentError("the mail server is not smtp://… or smtps://…");
  }
  if (!IsEmailAddress(options.from)) {
    return absl::InvalidArgumentError("the sender of mail is not an e-mail address");
  }
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Curl curl(started == CURLE_OK ? curl_easy_init() : nullptr);
  if (curl == nullptr) return absl::ResourceExhaustedError("libcurl does not start");
  return std::make_unique<SmtpMailer>(std::move(options), std::move(curl));
}

}  // namespace assay::notifications
