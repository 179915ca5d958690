// What a draw knew and showed, beside its sample: facts, coverage, steps, the entries that names
// were drawn from, and the group of centres that it was drawn for.
//
// Every promise is tested by draws_test.cc on both engines. Stateless, like Store.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/model.h"
#include "services/moderation/sampling/draw.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

struct Shown {
  CoverageItem item;
  std::string by;  // The candidate's number, or "".
};

struct DrawRecord {
  std::string facts;       // CanonicalSamplingFacts(), or "" under the first algorithm.
  std::string facts_hash;  // Hexadecimal, or "".
  std::string entries;     // CanonicalEntries() that names were drawn from; "" if marks were there.
  bool names_only = false;       // Marks are not in yet (MOD-5).
  std::string consortium;        // Resource name, or "": of one submission alone.
  std::int64_t group_count = 0;  // Drawn for the whole consortium; 0: the sample has them all.
  std::vector<Shown> coverage;
  std::vector<SampleStep> steps;
  std::array<std::int64_t, kNotDrawns> not_drawn = {};
  std::int64_t rank_gap_max = 0;
  std::string explanation;  // Of the size.
};

class DrawStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, std::string_view tenant, std::int64_t submission,
                      std::string_view sample, const DrawRecord& record);
  // An empty one for samples that are older than records.
  absl::StatusOr<DrawRecord> Get(Tx& tx, std::string_view tenant, std::int64_t submission,
                                 std::string_view sample);
  // Marks are in: puts other picks, counts and record into a sample of names.
  absl::Status Complete(Tx& tx, std::string_view tenant, std::int64_t submission,
                        const Sample& sample, const DrawRecord& record);

  // Who marked for the centre in submissions of other series that were opened before `before` and
  // are released; in order.
  absl::StatusOr<std::vector<std::string>> KnownAssessors(Tx& tx, std::string_view tenant,
                                                          const Submission& submission);
};

}  // namespace assay::moderation
