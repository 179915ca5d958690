#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadReturn(Members& members, PolicyRules& rules) {
  members.EachObject("columns", [&](Members& item) {
    const auto text = [&](const char* name) { return item.Has(name) ? item.Text(name) : ""; };
    ReturnColumn& column = rules.returns.columns.emplace_back();
    column.name = item.Text("name");
    column.source = item.Text("source");
    column.published = item.Text("published");
    column.pattern = text("pattern");
    column.note = text("note");
    column.absent = text("absent");
    column.check = text("check");
    if (!item.Has("map")) return;
    item.EachObject("map", [&](Members& pair) {
      std::string from = pair.Text("from");
      column.map[std::move(from)] = pair.Text("to");
    });
  });
}

}  // namespace assay::moderation
