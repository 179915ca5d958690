// For tests: a real SMTP server (python3-aiosmtpd) and the mails that it took.
//
// Example:
//   auto sink = SmtpSink::Start();
//   if (!sink.ok()) GTEST_SKIP() << sink.status().message();
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/eventually.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"

namespace assay::notifications {

struct TakenMail {
  std::string from;
  std::string to;
  std::string message_id;  // With brackets.
  std::string subject;
  std::string body;
};

class SmtpSink {
 public:
  // FAILED_PRECONDITION, saying what to install, if there is no aiosmtpd.
  static absl::StatusOr<std::unique_ptr<SmtpSink>> Start() {
    auto sink = std::unique_ptr<SmtpSink>(new SmtpSink);
    const std::string script = ASSAY_ROOT "/services/notifications/mail/smtp_sink.py";
    ASSIGN_OR_RETURN(sink->child_,
                     platform::testing::Child::Start(
                         {"/usr/bin/python3", script, sink->dir_.path()}, sink->dir_ / "log"));
    const std::string port_file = sink->dir_ / "port";
    platform::testing::Eventually(
        [&] { return std::filesystem::exists(port_file) || !sink->child_->Running(); });
    if (!std::filesystem::exists(port_file)) {
      return absl::FailedPreconditionError(
          "no SMTP server for the tests: apt-get install python3-aiosmtpd");
    }
    std::ifstream(port_file) >> sink->port_;
    return sink;
  }

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }

  // In the order in which they came.
  std::vector<TakenMail> Mails() const {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      if (entry.path().extension() == ".mail") files.insert(entry.path());
    }
    std::vector<TakenMail> mails;
    for (const auto& file : files) {
      std::ifstream in(file);
      TakenMail mail;
      std::getline(in, mail.from);
      std::getline(in, mail.to);
      std::getline(in, mail.message_id);
      std::getline(in, mail.subject);
      mail.body.assign(std::istreambuf_iterator<char>(in), {});
      mails.push_back(std::move(mail));
    }
    return mails;
  }

 private:
  SmtpSink() = default;
  platform::testing::TempDir dir_;
  std::unique_ptr<platform::testing::Child> child_;
  int port_ = 0;
};

}  // namespace assay::notifications
