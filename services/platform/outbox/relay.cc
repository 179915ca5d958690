#include "services/platform/outbox/relay.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/platform/core/backoff.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/outbox/outbox.h"

namespace assay::platform {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Rows in one transaction, so that commands need not wait long behind it.
constexpr int kRowsMax = 1000;
constexpr int kForgetRounds = 100;
// Held only while there is something to publish: an idle service writes nothing. After a crash
// the next relay waits for so long. Two at once would only publish twice.
constexpr absl::Duration kLease = absl::Seconds(2);

SteadyTime Now() { return std::chrono::steady_clock::now(); }

class RelayImpl final : public Relay {
 public:
  RelayImpl(Database& database, Publisher& publisher, const Clock& clock, RelayOptions options)
      : database_(database),
        publisher_(publisher),
        clock_(clock),
        options_(options),
        owner_(absl::BytesToHexString(SystemEntropy().Bytes(8))) {
    thread_ = std::thread([this] { Run(); });
  }

  ~RelayImpl() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void Wake() override {
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(woken_, true)) return;
    }
    changed_.notify_all();
  }

  absl::Status Drain(absl::Duration limit) override {
    std::unique_lock lock(mutex_);
    const std::int64_t wanted = ++drains_asked_;
    woken_ = true;
    changed_.notify_all();
    const bool drained = changed_.wait_for(lock, absl::ToChronoNanoseconds(limit),
                                           [&] { return stopping_ || drains_done_ >= wanted; });
    if (drained && drains_done_ >= wanted) return absl::OkStatus();
    return absl::DeadlineExceededError("the outbox still holds unpublished events");
  }

 private:
  void Run() {
    int failures = 0;
    while (true) {
      std::int64_t drains = 0;
      {
        std::lock_guard lock(mutex_);
        if (stopping_) break;
        woken_ = false;
        drains = drains_asked_;
      }
      const absl::Status status = Round(drains);
      if (status.ok()) {
        if (std::exchange(failures, 0) > 0) Log(Severity::kInfo, "outbox.publishing_again");
        SleepUntilWoken();
        continue;
      }
      compared_ = false;
      ++failures;
      // ABORTED: Redis lost data, and is there to take it again.
      if (absl::IsAborted(status) && failures == 1) continue;
      if (failures <= 2) {
        Log(Severity::kWarning, "outbox.cannot_publish", {{"error", status.ToString()}});
      }
      if (absl::IsResourceExhausted(status)) publisher_.Trim().IgnoreError();
      Pause(Backoff(failures, options_.retry_min, options_.retry_max, SystemEntropy()));
    }
    if (!leading_) return;
    // If it cannot be released it ends by itself.
    database_.WriteNow([this](Transaction& tx) { return ReleaseLease(tx, owner_); }).IgnoreError();
  }

  absl::Status Round(std::int64_t drains) {
    if (!compared_ || Now() >= compare_due_) RETURN_IF_ERROR(Compare());
    ASSIGN_OR_RETURN(std::vector<OutboxRow> rows, Next());
    while (!rows.empty() && !Stopping()) {
      ASSIGN_OR_RETURN(const bool leading, Lead());
      if (!leading) break;
      RETURN_IF_ERROR(Publish(rows));
      ASSIGN_OR_RETURN(rows, Next());
    }
    if (rows.empty()) Drained(drains);
    return Tidy();
  }

  absl::StatusOr<std::vector<OutboxRow>> Next() {
    std::vector<OutboxRow> rows;
    RETURN_IF_ERROR(database_.ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(rows, NextUnpublished(tx, options_.batch_max));
      return absl::OkStatus();
    }));
    return rows;
  }

  absl::StatusOr<bool> Lead() {
    const absl::Time now = clock_.Now();
    if (leading_ && leads_until_ - now > kLease / 2) return true;
    RETURN_IF_ERROR(database_.WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(leading_, AcquireLease(tx, owner_, now, kLease));
      return absl::OkStatus();
    }));
    leads_until_ = now + kLease;
    return leading_;
  }

  absl::Status Publish(const std::vector<OutboxRow>& rows) {
    std::vector<Event> events;
    events.reserve(rows.size());
    for (const OutboxRow& row : rows) events.push_back(row.event);
    ASSIGN_OR_RETURN(std::vector<std::string> ids, publisher_.Publish(events));
    if (ids.size() != rows.size()) return absl::InternalError("not one stream id per event");
    std::vector<Published> published;
    published.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      published.push_back({rows[i].seq, std::move(ids[i])});
    }
    return database_.WriteNow(
        [&](Transaction& tx) { return MarkPublished(tx, published, clock_.Now()); });
  }

  // Finds out whether the stream still ends where it did, and if not, gives what it lost
  // back to Next(). Nothing is published until that is complete, so that a crash in the
  // middle leaves a difference that the next comparison finds.
  absl::Status Compare() {
    ASSIGN_OR_RETURN(std::optional<std::string> lost_after, LostAfter());
    if (lost_after.has_value()) {
      ASSIGN_OR_RETURN(const bool leading, Lead());
      // Once more: another relay may have seen it, and mended it, before it was our turn.
      if (!leading) return absl::OkStatus();
      ASSIGN_OR_RETURN(lost_after, LostAfter());
      if (lost_after.has_value()) RETURN_IF_ERROR(TakeBack(*lost_after));
    }
    compared_ = true;
    compare_due_ = Now() + absl::ToChronoNanoseconds(options_.sweep);
    return absl::OkStatus();
  }

  // The stream's last id if rows were published beyond it. Without the lease it may also be
  // that another relay published them between the two questions.
  absl::StatusOr<std::optional<std::string>> LostAfter() {
    ASSIGN_OR_RETURN(std::string last, publisher_.LastId());
    bool lost = false;
    RETURN_IF_ERROR(database_.ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto beyond, PublishedAfter(tx, last, /*limit=*/1));
      lost = !beyond.empty();
      return absl::OkStatus();
    }));
    if (!lost) return std::nullopt;
    return last;
  }

  absl::Status TakeBack(const std::string& last) {
    std::int64_t count = 0;
    for (std::int64_t changed = kRowsMax; changed == kRowsMax; count += changed) {
      RETURN_IF_ERROR(database_.WriteNow([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(changed, UnmarkPublishedAfter(tx, last, kRowsMax));
        return absl::OkStatus();
      }));
    }
    Log(Severity::kWarning, "outbox.republishing", {{"count", count}, {"after", last}});
    return absl::OkStatus();
  }

  absl::Status Tidy() {
    if (Now() < tidy_due_) return absl::OkStatus();
    tidy_due_ = Now() + absl::ToChronoNanoseconds(options_.tidy);
    RETURN_IF_ERROR(publisher_.Trim());
    std::int64_t forgotten = kRowsMax;
    for (int i = 0; i < kForgetRounds && forgotten == kRowsMax && !Stopping(); ++i) {
      RETURN_IF_ERROR(database_.WriteNow([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(forgotten, ForgetPublished(tx, clock_.Now() - options_.keep, kRowsMax));
        return absl::OkStatus();
      }));
    }
    return absl::OkStatus();
  }

  void Drained(std::int64_t drains) {
    {
      std::lock_guard lock(mutex_);
      drains_done_ = std::max(drains_done_, drains);
    }
    changed_.notify_all();
  }

  bool Stopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
  }

  void SleepUntilWoken() {
    std::unique_lock lock(mutex_);
    // Somebody waits for another relay's work to be done: look often.
    const absl::Duration limit = drains_done_ < drains_asked_ ? options_.retry_min : options_.sweep;
    changed_.wait_for(lock, absl::ToChronoNanoseconds(limit),
                      [this] { return stopping_ || woken_; });
  }

  void Pause(absl::Duration duration) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(duration), [this] { return stopping_; });
  }

  Database& database_;
  Publisher& publisher_;
  const Clock& clock_;
  const RelayOptions options_;
  const std::string owner_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = true;
  std::int64_t drains_asked_ = 0;
  std::int64_t drains_done_ = 0;

  // The thread's own.
  bool compared_ = false;
  SteadyTime compare_due_;
  SteadyTime tidy_due_;
  bool leading_ = false;
  absl::Time leads_until_;

  std::thread thread_;
};

}  // namespace

std::unique_ptr<Relay> Relay::Start(Database& database, Publisher& publisher, const Clock& clock,
                                    RelayOptions options) {
  return std::make_unique<RelayImpl>(database, publisher, clock, options);
}

}  // namespace assay::platform
