#include "services/approval/catalogue/qualification.h"

namespace assay::approval {

const Unit* Qualification::FindUnit(std::string_view unit_number) const {
  for (const Unit& unit : units) {
    if (unit.number == unit_number) return &unit;
  }
  return nullptr;
}

}  // namespace assay::approval
