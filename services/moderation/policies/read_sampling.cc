#include <variant>

#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadSampling(Members& members, PolicyRules& rules) {
  SamplingRule& rule = rules.sampling;
  using Extremes = SamplingRule::Extremes;
  rule.extremes = members.OneOf<Extremes>(
      "extremes", {{"within size", Extremes::kWithinSize}, {"on top", Extremes::kOnTop}},
      Extremes::kWithinSize);
  Ladder& ladder = std::get<Ladder>(rule.design);
  members.EachObject("ladder", [&](Members& rung) {
    Rung& read = ladder.rungs.emplace_back();
    read.from = rung.Whole("from", 0);
    if (rung.Has("to")) read.to = rung.Whole("to", 0);
    if (rung.Is("size", "all")) {
      rung.Text("size");
    } else {
      read.size = rung.Whole("size", 0);
    }
  });
}

}  // namespace assay::moderation
