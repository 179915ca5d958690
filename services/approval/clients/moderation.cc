#include "services/approval/clients/moderation.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "assay/moderation/v1/award_service.pb.h"
#include "assay/moderation/v1/replay_service.pb.h"
#include "services/approval/errors.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using moderation::v1::Blocker;

absl::CivilDay DayOf(const google::protobuf::Timestamp& time) {
  return absl::ToCivilDay(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

std::string_view WhoOf(Blocker::Party party) {
  switch (party) {
    case Blocker::PARTY_CENTRE_EXAMS:
    case Blocker::PARTY_CENTRE_HEAD:
      return "centre";
    case Blocker::PARTY_MODERATOR:
    case Blocker::PARTY_LEAD_MODERATOR:
      return "moderation";
    default:
      return "quality";
  }
}

ComponentFact FactOf(const moderation::v1::ComponentCheck& check) {
  ComponentFact fact{.name = check.component(), .series_end = DayOf(check.series_end_time())};
  fact.entered = !check.submission().empty() && !check.withdrawn();
  fact.final = fact.entered && check.final();
  if (fact.final) return fact;
  fact.message = "moderation is not final";
  fact.who = "moderation";
  for (int i = 0; i < check.blockers_size(); ++i) {
    const Blocker& blocker = check.blockers(i);
    if (i == 0) {
      fact.message.clear();
      fact.who = WhoOf(blocker.party());
      if (blocker.has_due_time()) fact.due = DayOf(blocker.due_time());
    }
    absl::StrAppend(&fact.message, i == 0 ? "" : " ", blocker.message(), " ", blocker.action());
  }
  return fact;
}

}  // namespace

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

ModerationFact Moderation::Final(const platform::Call& call, const ModerationQuestion& question) {
  ModerationFact fact{.transferred = question.places.size() > 1};
  for (const ModerationQuestion::Place& place : question.places) {
    moderation::v1::CheckComponentsRequest request;
    request.set_parent("series/-");
    request.set_qualification("qualifications/" + question.qualification);
    request.set_uln(question.uln);
    request.set_centre("centres/" + place.centre);
    request.set_candidate(place.enrolment);
    const auto answer = client_.Ask<moderation::v1::CheckComponentsResponse>(
        call, "assay.moderation.v1.AwardService/CheckComponents", request);
    if (!answer.ok()) {
      fact.unasked = std::string(answer.status().message());
      if (fact.unasked.empty()) fact.unasked = "it gave no reason";
      return fact;
    }
    for (const auto& check : answer->components()) fact.components.push_back(FactOf(check));
  }
  return fact;
}

}  // namespace assay::approval
