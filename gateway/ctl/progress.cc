#include "gateway/ctl/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/ctl/text_table.h"
#include "services/platform/core/bytes.h"

namespace assay::gateway::ctl {
namespace {

constexpr int kBarWidth = 28;
constexpr std::string_view kWipeLine = "\r\x1b[K";

}  // namespace

Progress::Progress(ProgressOptions options, const platform::Clock& clock, std::ostream& out)
    : options_(std::move(options)), clock_(clock), out_(out), start_(clock.Now()) {
  drawn_ = options_.terminal ? absl::InfinitePast() : start_;
}

Progress::~Progress() {
  std::lock_guard lock(mutex_);
  if (bar_shown_) out_ << kWipeLine << std::flush;
}

void Progress::Set(std::int64_t done) {
  std::lock_guard lock(mutex_);
  // A retry of an upload starts again from 0: the bar may go back.
  done_ = done;
  Show(done);
}

void Progress::Advance(std::int64_t by) {
  std::lock_guard lock(mutex_);
  done_ += by;
  Show(done_);
}

void Progress::Show(std::int64_t done) {
  if (options_.total <= 0) return;
  const absl::Time now = clock_.Now();
  if (!options_.terminal) {
    const int tenths = static_cast<int>(std::min(done, options_.total) * 10 / options_.total);
    if (tenths <= tenths_said_ || now - drawn_ < options_.patience) return;
    drawn_ = now;
    tenths_said_ = tenths;
    out_ << Line(done) << "\n" << std::flush;
    return;
  }
  if (now - drawn_ < options_.redraw && done < options_.total) return;
  drawn_ = now;
  bar_shown_ = true;
  out_ << kWipeLine << Line(done) << std::flush;
}

std::string Progress::Line(std::int64_t done) const {
  const std::int64_t percent = std::min(done, options_.total) * 100 / options_.total;
  std::string line = absl::StrCat("  ", options_.what, "  ");
  if (options_.terminal) {
    const std::string bar =
        Bar(static_cast<double>(done), static_cast<double>(options_.total), kBarWidth);
    absl::StrAppend(&line, bar, std::string(std::max(0, kBarWidth - WidthOf(bar)), ' '), "  ");
  }
  const bool bytes = options_.unit == "B";
  absl::StrAppendFormat(&line, "%3d%%  %s of %s", percent, bytes ? Amount(done) : WithCommas(done),
                        Amount(options_.total));
  const double seconds = absl::ToDoubleSeconds(clock_.Now() - start_);
  if (seconds >= 1) absl::StrAppendFormat(&line, "  %.0f s", seconds);
  return line;
}

std::string Progress::Amount(std::int64_t number) const {
  if (options_.unit != "B") return absl::StrCat(WithCommas(number), " ", options_.unit);
  const auto bytes = static_cast<double>(number);
  if (number >= static_cast<std::int64_t>(platform::MiB(1))) {
    return absl::StrFormat("%.1f MiB", bytes / static_cast<double>(platform::MiB(1)));
  }
  return absl::StrFormat("%.0f KiB", bytes / static_cast<double>(platform::KiB(1)));
}

}  // namespace assay::gateway::ctl
