#include "services/approval/timeline.h"

namespace assay::approval {

absl::Status RecordDecision(const Work& work, const Decision& decision) {
  return TimelineStore().Append(work.tx, work.reach.tenant,
                                {.centre = decision.centre,
                                 .id = work.context.ids.NextId(work.call.now),
                                 .kind = decision.kind,
                                 .subject = decision.subject,
                                 .what = decision.what,
                                 .reason = decision.reason,
                                 .actor = std::string(work.call.subject()),
                                 .rule = decision.rule,
                                 .time = work.call.now});
}

}  // namespace assay::approval
