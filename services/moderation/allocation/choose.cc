#include "services/moderation/allocation/choose.h"

#include <tuple>

namespace assay::moderation {

Choice ChooseModerator(std::span<const Load> loads) {
  Choice choice;
  const auto rank = [&](std::size_t i) {
    const Load& load = loads[i];
    return std::make_tuple(load.allocated, load.allocated - load.capacity,
                           std::string_view(load.moderator));
  };
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (loads[i].conflict) {
      ++choice.conflicted;
    } else if (loads[i].allocated >= loads[i].capacity) {
      ++choice.full;
    } else if (!choice.chosen.has_value() || rank(i) < rank(*choice.chosen)) {
      choice.chosen = i;
    }
  }
  return choice;
}

}  // namespace assay::moderation
