// How far a long piece of work is: a bar that redraws itself on a terminal, a plain
// line per tenth of the way elsewhere, if it takes long enough to wonder.
#pragma once
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "services/platform/core/clock.h"

namespace assay::gateway::ctl {

struct ProgressOptions {
  std::string what;  // "centres.csv"
  std::string unit;  // "B" is shown as KiB or MiB; anything else as it is: "schools".
  std::int64_t total = 0;
  bool terminal = false;
  absl::Duration redraw = absl::Milliseconds(100);  // At most this often, on a terminal.
  absl::Duration patience = absl::Seconds(2);       // Elsewhere: the least between two lines.
};

// Thread-safe.
class Progress {
 public:
  Progress(ProgressOptions options, const platform::Clock& clock, std::ostream& out);
  ~Progress();  // Wipes the bar, so that what follows stands on a clean line.
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Set(std::int64_t done);
  void Advance(std::int64_t by = 1);

 private:
  void Show(std::int64_t done);
  std::string Line(std::int64_t done) const;
  std::string Amount(std::int64_t number) const;

  const ProgressOptions options_;
  const platform::Clock& clock_;
  std::ostream& out_;
  const absl::Time start_;
  std::mutex mutex_;
  std::int64_t done_ = 0;
  absl::Time drawn_;
  int tenths_said_ = 0;
  bool bar_shown_ = false;
};

}  // namespace assay::gateway::ctl
