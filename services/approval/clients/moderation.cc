#include "services/approval/clients/moderation.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "assay/moderation/v1/replay_service.pb.h"
#include "services/approval/errors.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {

absl::StatusOr<ListDraw> Moderation::DrawFromList(const platform::Call& call,
                                                  std::string_view subject, std::string_view policy,
                                                  std::string_view secret,
                                                  const std::vector<ListItem>& items) {
  moderation::v1::DrawFromListRequest request;
  request.set_subject(std::string(subject));
  request.set_policy(std::string(policy));
  request.set_secret(absl::BytesToHexString(platform::View(secret)));
  for (const ListItem& item : items) {
    auto& to = *request.add_items();
    to.set_item(item.item);
    to.set_group(item.group);
    to.set_site(item.site);
  }
  const auto answer = client_.Ask<moderation::v1::PublishedDraw>(
      call, "assay.moderation.v1.ReplayService/DrawFromList", request);
  if (absl::IsUnavailable(answer.status()) || absl::IsResourceExhausted(answer.status()) ||
      absl::IsInternal(answer.status())) {
    return platform::Error(absl::StatusCode::kUnavailable, kModerationUnavailable,
                           "the moderation service cannot be asked at the moment; try again");
  }
  if (!answer.ok()) return answer.status();
  ListDraw draw{.policy_version = answer->sampling_policy_version(),
                .commitment = answer->seed_commitment()};
  for (const auto& one : answer->drawn()) draw.drawn.push_back(one.candidate());
  const auto written = google::protobuf::util::MessageToJsonString(*answer, &draw.published);
  if (!written.ok()) return absl::InternalError("a draw cannot be written as JSON");
  return draw;
}

}  // namespace assay::approval
