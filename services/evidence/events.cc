#include "services/evidence/events.h"

#include "assay/evidence/v1/events.pb.h"
#include "assay/moderation/v1/events.pb.h"
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

absl::Status OnEvent(platform::Database& database, const platform::Clock& clock, Store& store,
                     const platform::Event& event) {
  using moderation::v1::SubmissionAllocated;
  if (event.type != SubmissionAllocated::descriptor()->full_name()) return absl::OkStatus();
  SubmissionAllocated payload;
  if (!payload.ParseFromString(event.payload)) {
    return absl::InvalidArgumentError("SubmissionAllocated does not parse");
  }
  return database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const bool first, platform::ClaimEvent(tx, "evidence", event, clock.Now()));
    if (!first) return absl::OkStatus();
    return store.Allocate(tx, event.tenant, payload.submission(), payload.moderator_subject(),
                          event.time);
  });
}

}  // namespace assay::evidence
