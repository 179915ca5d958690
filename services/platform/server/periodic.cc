#include "services/platform/server/periodic.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"
#include "services/platform/log/log.h"

namespace assay::platform::server_internal {

void Periodic::Add(std::string_view what, absl::Duration period,
                   std::function<absl::Status()> work) {
  Piece& piece = pieces_.emplace_back();
  piece.what = what;
  piece.period = period;
  piece.work = std::move(work);
}

void Periodic::Start() {
  for (Piece& piece : pieces_) {
    piece.thread = std::thread([this, &piece] { Loop(piece); });
  }
}

void Periodic::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (Piece& piece : pieces_) {
    if (piece.thread.joinable()) piece.thread.join();
  }
}

absl::Status Periodic::RunOnce(std::string_view what) {
  for (Piece& piece : pieces_) {
    if (piece.what == what) return Run(piece);
  }
  return absl::NotFoundError(absl::StrCat("no periodic work is called ", View(what)));
}

absl::Status Periodic::Run(Piece& piece) {
  std::lock_guard lock(piece.running);
  try {
    return piece.work();
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("exception: ", thrown.what()));
  }
}

void Periodic::Loop(Piece& piece) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, absl::ToChronoNanoseconds(piece.period),
                         [this] { return stopping_; })) {
    lock.unlock();
    if (absl::Status status = Run(piece); !status.ok()) {
      Log(Severity::kWarning, "periodic.failed",
          {{"what", piece.what}, {"error", status.ToString()}});
    }
    lock.lock();
  }
}

}  // namespace assay::platform::server_internal
