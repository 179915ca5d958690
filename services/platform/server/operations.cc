#include "services/platform/server/operations.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "assay/common/v1/operations_service.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/rpc/page.h"

namespace assay::platform::server_internal {
namespace {

using common::v1::GetQueueStatusRequest;
using common::v1::ListDeadLettersRequest;
using common::v1::ListDeadLettersResponse;
using common::v1::QueueStatus;
using common::v1::ReplayDeadLetterRequest;
using common::v1::ReplayDeadLetterResponse;
using google::protobuf::util::TimeUtil;

absl::StatusOr<QueueStatus> GetQueueStatus(const Call& call, const GetQueueStatusRequest&,
                                           Transaction& tx) {
  QueueStatus status;
  ASSIGN_OR_RETURN(const OutboxDepth depth, DepthOfOutbox(tx));
  status.set_outbox_waiting(depth.waiting);
  if (depth.waiting > 0) {
    *status.mutable_outbox_oldest_time() =
        TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(depth.oldest));
  }
  RETURN_IF_ERROR(tx.Query("SELECT COUNT(*) FROM dead_letters WHERE tenant = $1", {call.tenant()},
                           [&](const SqlRow& row) {
                             status.set_dead_letters(row.Int(0));
                             return absl::OkStatus();
                           }));
  return status;
}

absl::StatusOr<ListDeadLettersResponse> ListLetters(const Call& call,
                                                    const ListDeadLettersRequest& request,
                                                    Transaction& tx) {
  ASSIGN_OR_RETURN(const std::int32_t size, PageSize(request.page_size()));
  const std::string query = absl::StrCat("ListDeadLetters:", call.principal->tenant);
  ASSIGN_OR_RETURN(const std::string position, DecodePageToken(request.page_token(), query));
  std::int64_t after = 0;
  if (!position.empty() && !absl::SimpleAtoi(position, &after)) after = 0;
  ListDeadLettersResponse response;
  bool more = false;
  RETURN_IF_ERROR(
      tx.Query("SELECT number, consumer, event_id, type, subject, error, attempts, buried_at"
               " FROM dead_letters WHERE tenant = $1 AND number > $2 ORDER BY number LIMIT $3",
               {call.tenant(), after, size + 1}, [&](const SqlRow& row) {
                 if (response.dead_letters_size() == size) {
                   more = true;
                   return absl::OkStatus();
                 }
                 common::v1::DeadLetter& letter = *response.add_dead_letters();
                 letter.set_number(row.Int(0));
                 letter.set_consumer(std::string(row.Text(1)));
                 letter.set_event(std::string(row.Text(2)));
                 letter.set_type(std::string(row.Text(3)));
                 letter.set_subject(std::string(row.Text(4)));
                 letter.set_error(std::string(row.Text(5)));
                 letter.set_attempts(static_cast<std::int32_t>(row.Int(6)));
                 *letter.mutable_time() = TimeUtil::MicrosecondsToTimestamp(row.Int(7));
                 return absl::OkStatus();
               }));
  if (more) {
    const std::int64_t last = response.dead_letters(size - 1).number();
    response.set_next_page_token(EncodePageToken(absl::StrCat(last), query));
  }
  return response;
}

absl::StatusOr<Event> FindLetter(const Call& call, std::int64_t number, Database& database) {
  Event event;
  RETURN_IF_ERROR(database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto letters, ListDeadLetters(tx, number - 1, 1));
    // Another tenant's letter answers like one that does not exist.
    if (number < 1 || letters.empty() || letters[0].number != number ||
        letters[0].event.tenant != call.tenant()) {
      return Error(absl::StatusCode::kNotFound, "DEAD_LETTER_NOT_FOUND",
                   "there is no dead letter of this number; it may have been replayed already")
          .With("number", absl::StrCat(number));
    }
    event = letters[0].event;
    return absl::OkStatus();
  }));
  return event;
}

}  // namespace

void RegisterOperations(Router& router, Database& database,
                        std::function<absl::Status(const Event&)> replay) {
  const std::string service =
      common::v1::QueueStatus::descriptor()->file()->service(0)->full_name();
  router.Read<GetQueueStatusRequest, QueueStatus>(absl::StrCat(service, "/GetQueueStatus"),
                                                  GetQueueStatus);
  router.Read<ListDeadLettersRequest, ListDeadLettersResponse>(
      absl::StrCat(service, "/ListDeadLetters"), ListLetters);
  router.Ask<ReplayDeadLetterRequest, ReplayDeadLetterResponse>(
      absl::StrCat(service, "/ReplayDeadLetter"),
      [&database, replay = std::move(replay)](
          const Call& call,
          const ReplayDeadLetterRequest& request) -> absl::StatusOr<ReplayDeadLetterResponse> {
        ASSIGN_OR_RETURN(const Event event, FindLetter(call, request.number(), database));
        // The letter goes only after its event was handled; a crash in between leaves a
        // letter whose replay does nothing more.
        RETURN_IF_ERROR(replay(event));
        RETURN_IF_ERROR(database.WriteNow(
            [&](Transaction& tx) { return TakeDeadLetter(tx, request.number()).status(); }));
        return ReplayDeadLetterResponse();
      });
}

}  // namespace assay::platform::server_internal
