// The places of a sample while it is being drawn: all alike, or some kept for grades (MOD-2).
// A part of draw.cc.
#pragma once
#include <cstdint>
#include <vector>

#include "services/moderation/sampling/quotas.h"

namespace assay::moderation {

class Places {
 public:
  // `size` places open to all.
  explicit Places(std::int64_t size) : left_(size) {}
  // `size` places, of which those of `plan` are kept. `grades` are the cohort's, by number.
  Places(std::int64_t size, const QuotaPlan& plan, const std::vector<std::string>& grades);

  std::int64_t left() const { return left_; }
  // Whether somebody with that grade (its number; -1: none) finds a place.
  bool HasRoom(std::int32_t grade) const {
    if (left_ <= 0) return false;
    return kept_ < left_ || (grade >= 0 && KeptFor(grade) >= 0);
  }
  // Places left, the one kept for the fewest grades first.
  void Take(std::int32_t grade) {
    --left_;
    if (kept_ == 0 || grade < 0) return;
    if (const int place = KeptFor(grade); place >= 0) {
      --kept_;
      --count_[place];
    }
  }
  // Places that are kept, by number; and whether they are for a grade.
  int kept_groups() const { return static_cast<int>(count_.size()); }
  std::int64_t kept(int group) const { return count_[group]; }
  bool IsFor(int group, std::int32_t grade) const {
    return grade >= 0 && (alone_[grade] == group || (shared_ == group && in_shared_[grade]));
  }

 private:
  int KeptFor(std::int32_t grade) const {
    if (alone_.empty()) return -1;
    if (alone_[grade] >= 0 && count_[alone_[grade]] > 0) return alone_[grade];
    if (shared_ >= 0 && in_shared_[grade] && count_[shared_] > 0) return shared_;
    return -1;
  }
  std::int64_t left_;
  std::int64_t kept_ = 0;  // Of those left.
  std::vector<std::int64_t> count_;
  std::vector<int> alone_;  // By grade: the group kept for it alone, or -1.
  int shared_ = -1;         // The group kept for several.
  std::vector<bool> in_shared_;
};

}  // namespace assay::moderation
