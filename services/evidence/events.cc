#include "services/evidence/events.h"

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "assay/evidence/v1/events.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "services/evidence/stores/locks.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/rpc/emit.h"

namespace assay::evidence {

absl::Status EmitUploaded(platform::Transaction& tx, const platform::Call& call,
                          platform::IdSource& ids, const Evidence& evidence) {
  v1::EvidenceUploaded payload;
  payload.set_evidence(NameOf(evidence));
  payload.set_centre(evidence.centre);
  payload.set_size_bytes(evidence.size);
  payload.set_sha256(evidence.sha256);
  for (const std::string& subject : evidence.subjects) payload.add_subjects(subject);
  return platform::Emit(tx, call, ids, payload.evidence(), payload);
}

absl::Status EmitLinked(platform::Transaction& tx, const platform::Call& call,
                        platform::IdSource& ids, const Evidence& evidence,
                        std::string_view subject) {
  v1::EvidenceLinked payload;
  payload.set_evidence(NameOf(evidence));
  payload.set_centre(evidence.centre);
  payload.set_subject(std::string(subject));
  return platform::Emit(tx, call, ids, payload.evidence(), payload);
}

absl::Status EmitDeleted(platform::Transaction& tx, const platform::Call& call,
                         platform::IdSource& ids, const Evidence& evidence,
                         std::string_view reason) {
  v1::EvidenceDeleted payload;
  payload.set_evidence(NameOf(evidence));
  payload.set_centre(evidence.centre);
  payload.set_sha256(evidence.sha256);
  payload.set_reason(std::string(reason));
  return platform::Emit(tx, call, ids, payload.evidence(), payload);
}

namespace {

using Effect = absl::FunctionRef<absl::Status(platform::Transaction&)>;

// Runs `effect` if this is the event's first arrival.
absl::Status Once(platform::Database& database, const platform::Clock& clock,
                  const platform::Event& event, Effect effect) {
  return database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const bool first, platform::ClaimEvent(tx, "evidence", event, clock.Now()));
    return first ? effect(tx) : absl::OkStatus();
  });
}

template <typename Payload>
bool Is(const platform::Event& event) {
  return event.type == Payload::descriptor()->full_name();
}

template <typename Payload>
absl::StatusOr<Payload> Parsed(const platform::Event& event) {
  Payload payload;
  if (payload.ParseFromString(event.payload)) return payload;
  return absl::InvalidArgumentError(event.type + " does not parse");
}

}  // namespace

absl::Status OnEvent(platform::Database& database, const platform::Clock& clock, Store& store,
                     const platform::Event& event) {
  namespace mod = moderation::v1;
  if (Is<mod::SubmissionAllocated>(event)) {
    ASSIGN_OR_RETURN(const auto payload, Parsed<mod::SubmissionAllocated>(event));
    return Once(database, clock, event, [&](platform::Transaction& tx) {
      return store.Allocate(tx, event.tenant, payload.submission(), payload.moderator_subject(),
                            event.time);
    });
  }
  if (Is<mod::ReviewAccepted>(event)) {
    ASSIGN_OR_RETURN(const auto payload, Parsed<mod::ReviewAccepted>(event));
    return Once(database, clock, event, [&](platform::Transaction& tx) {
      return store.Allocate(tx, event.tenant, payload.submission(), payload.reviewer_subject(),
                            event.time);
    });
  }
  if (Is<mod::EvidenceLockChanged>(event)) {
    ASSIGN_OR_RETURN(const auto payload, Parsed<mod::EvidenceLockChanged>(event));
    Lock lock{.subject = payload.submission(),
              .holder = "moderation",
              .reason = "moderation, a review or an appeal may need it",
              .active = payload.locked(),
              .until = std::nullopt,
              .time = event.time};
    if (payload.has_until_time()) {
      lock.until = absl::FromUnixSeconds(payload.until_time().seconds()) +
                   absl::Nanoseconds(payload.until_time().nanos());
    }
    return Once(database, clock, event,
                [&](platform::Transaction& tx) { return LockStore().Put(tx, event.tenant, lock); });
  }
  return absl::OkStatus();
}

}  // namespace assay::evidence
