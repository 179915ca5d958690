// Evens out the load of a plan (plan.h) by moving tasks, swapping two, and along chains of people.
// What is kept with who had it before stays. With a load measured in submissions the result is the
// best there is for what is given away; with scripts it is close to it.
#pragma once
#include "services/moderation/allocation/board.h"

namespace assay::moderation {

void SpreadLoad(Board& board);

}  // namespace assay::moderation
