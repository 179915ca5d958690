#include "services/approval/stores/learners.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_replace.h"
#include "services/approval/errors.h"
#include "services/approval/stores/in_list.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr std::string_view kTemporaryUln = "9999999999";

constexpr std::string_view kColumns =
    "centre, id, qualification, enrolment, learner_name, uln, birth_day, register_day, end_day, "
    "programme, state, state_reason, predecessor, successor, erasure, create_us, update_us, "
    "version";
constexpr std::string_view kInserted[] = {
    "tenant",       "centre",    "id",           "qualification", "enrolment",
    "learner_name", "uln",       "birth_day",    "register_day",  "end_day",
    "programme",    "state",     "state_reason", "predecessor",   "successor",
    "erasure",      "create_us", "update_us",    "version"};
constexpr std::string_view kChangeColumns[] = {"tenant", "centre", "registration", "number",
                                               "what",   "reason", "actor",        "time_us"};
constexpr std::string_view kAchievementColumns =
    "unit, number, achieved, assessor, assess_day, verifier, verify_day, change_note, author, "
    "time_us, recording_form";
constexpr std::string_view kAwardColumns =
    "centre, id, registration, qualification, state, direct, learner_name, uln, units, credits, "
    "claimant, claim_us, officer, reason, award_day, version";
constexpr std::string_view kErasureColumns =
    "centre, id, registrations, legal_basis, reason, officer, planner_versions, kept_awards, "
    "pseudonym, time_us";

absl::StatusOr<RegistrationRecord> RegistrationOf(const SqlRow& row) {
  RegistrationRecord r;
  r.centre = row.Text(0);
  r.id = row.Text(1);
  r.qualification = row.Text(2);
  r.learner.enrolment = row.Text(3);
  r.learner.name = row.Text(4);
  r.learner.uln = row.Text(5);
  if (!row.IsNull(6)) {
    ASSIGN_OR_RETURN(r.learner.birth_day, DayAt(row, 6));
  }
  ASSIGN_OR_RETURN(r.register_day, DayAt(row, 7));
  ASSIGN_OR_RETURN(r.end_day, DayAt(row, 8));
  r.programme = row.Text(9);
  ASSIGN_OR_RETURN(r.state, EnumAt<RegistrationState>(row, 10, kRegistrationStates));
  r.state_reason = row.Text(11);
  r.predecessor = row.Text(12);
  r.successor = row.Text(13);
  r.erasure = row.Text(14);
  r.create_time = TimeAt(row, 15);
  r.update_time = TimeAt(row, 16);
  r.version = row.Int(17);
  return r;
}

absl::StatusOr<AchievementRecord> AchievementOf(const SqlRow& row) {
  AchievementRecord a;
  a.entry.unit = row.Text(0);
  a.number = static_cast<int>(row.Int(1));
  a.entry.achieved = row.Int(2) != 0;
  a.entry.assessor = row.Text(3);
  ASSIGN_OR_RETURN(a.entry.assess_day, DayAt(row, 4));
  a.entry.verifier = row.Text(5);
  if (!row.IsNull(6)) {
    ASSIGN_OR_RETURN(a.entry.verify_day, DayAt(row, 6));
  }
  a.entry.change_note = row.Text(7);
  a.author = row.Text(8);
  a.time = TimeAt(row, 9);
  a.entry.form = row.Text(10);
  return a;
}

absl::StatusOr<AwardRecord> AwardOf(const SqlRow& row) {
  AwardRecord a;
  a.centre = row.Text(0);
  a.id = row.Text(1);
  a.registration = row.Text(2);
  a.qualification = row.Text(3);
  ASSIGN_OR_RETURN(a.state, EnumAt<AwardState>(row, 4, kAwardStates));
  a.direct = row.Int(5) != 0;
  a.learner_name = row.Text(6);
  a.uln = row.Text(7);
  a.units = LinesAt(row, 8);
  a.credits = static_cast<int>(row.Int(9));
  a.claimant = row.Text(10);
  a.claim_time = TimeAt(row, 11);
  a.officer = row.Text(12);
  a.reason = row.Text(13);
  if (!row.IsNull(14)) {
    ASSIGN_OR_RETURN(a.award_day, DayAt(row, 14));
  }
  a.version = row.Int(15);
  return a;
}

absl::StatusOr<ErasureRecord> ErasureOf(const SqlRow& row) {
  ErasureRecord e;
  e.centre = row.Text(0);
  e.id = row.Text(1);
  e.registrations = LinesAt(row, 2);
  e.legal_basis = static_cast<int>(row.Int(3));
  e.reason = row.Text(4);
  e.officer = row.Text(5);
  e.planner_versions = static_cast<int>(row.Int(6));
  e.kept_awards = LinesAt(row, 7);
  e.pseudonym = row.Text(8);
  e.time = TimeAt(row, 9);
  return e;
}

Error NotFound(std::string_view reason, std::string_view key, const std::string& name) {
  return Error(absl::StatusCode::kNotFound, reason,
               absl::StrCat("there is no ", name, " that you may see"))
      .With(key, name);
}

Error Changed(const std::string& name) {
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               absl::StrCat(name, " has changed meanwhile; read it again"))
      .With("resource", name);
}

}  // namespace

std::string RegistrationRecord::Name() const {
  return absl::StrCat("centres/", centre, "/registrations/", id);
}
std::string AwardRecord::Name() const { return absl::StrCat("centres/", centre, "/awards/", id); }
std::string ErasureRecord::Name() const {
  return absl::StrCat("centres/", centre, "/erasures/", id);
}

std::string_view NameOf(AwardState state) {
  constexpr std::string_view kNames[] = {"claimed", "awarded", "refused"};
  return kNames[static_cast<int>(state)];
}

absl::Status LearnerStore::Insert(Tx& tx, std::string_view tenant,
                                  std::span<const RegistrationRecord> records,
                                  std::string_view actor) {
  std::string birth, first, last;
  RETURN_IF_ERROR(tx.BulkInsert(
      "registrations", kInserted, static_cast<std::int64_t>(records.size()),
      [&](std::int64_t i, std::span<SqlValue> out) {
        const RegistrationRecord& r = records[i];
        first = TextOf(r.register_day);
        last = TextOf(r.end_day);
        if (r.learner.birth_day.has_value()) birth = TextOf(*r.learner.birth_day);
        std::size_t column = 0;
        for (const SqlValue& value : std::initializer_list<SqlValue>{
                 tenant, r.centre, r.id, r.qualification, r.learner.enrolment, r.learner.name,
                 r.learner.uln,
                 r.learner.birth_day.has_value() ? SqlValue(birth) : SqlValue(nullptr), first, last,
                 r.programme, static_cast<int>(r.state), r.state_reason, r.predecessor, r.successor,
                 r.erasure, absl::ToUnixMicros(r.create_time), absl::ToUnixMicros(r.update_time),
                 r.version}) {
          out[column++] = value;
        }
      }));
  return tx.BulkInsert(
      "registration_changes", kChangeColumns, static_cast<std::int64_t>(records.size()),
      [&](std::int64_t i, std::span<SqlValue> out) {
        const RegistrationRecord& r = records[i];
        std::size_t column = 0;
        for (const SqlValue& value :
             std::initializer_list<SqlValue>{tenant, r.centre, r.id, 1, "registered", "", actor,
                                             absl::ToUnixMicros(r.create_time)}) {
          out[column++] = value;
        }
      });
}

absl::StatusOr<RegistrationRecord> LearnerStore::Get(Tx& tx, const Reach& reach,
                                                     std::string_view centre, std::string_view id) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM registrations WHERE tenant = $1 AND centre = $2 AND id = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<RegistrationRecord>(tx, kSql, values, RegistrationOf));
  if (!found.empty()) return std::move(found[0]);
  return NotFound(kRegistrationNotFound, "registration",
                  absl::StrCat("centres/", View(centre), "/registrations/", View(id)));
}

absl::StatusOr<std::map<std::string, RegistrationRecord, std::less<>>> LearnerStore::Find(
    Tx& tx, const Reach& reach, std::string_view centre, std::span<const std::string> ids) {
  std::map<std::string, RegistrationRecord, std::less<>> found;
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM registrations WHERE tenant = $1 AND centre = $2 "
                   "AND ($3 = '' OR centre = $3) AND id IN ");
  RETURN_IF_ERROR(QueryIn(tx, kSql, {reach.tenant, centre, reach.within}, ids, "",
                          [&](const SqlRow& row) -> absl::Status {
                            ASSIGN_OR_RETURN(RegistrationRecord record, RegistrationOf(row));
                            std::string id = record.id;
                            found.emplace(std::move(id), std::move(record));
                            return absl::OkStatus();
                          }));
  return found;
}

absl::Status LearnerStore::Update(Tx& tx, std::string_view tenant, RegistrationRecord& r,
                                  const RegistrationChange& change) {
  const std::optional<std::string> birth = TextOf(r.learner.birth_day);
  const std::string last = TextOf(r.end_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE registrations SET enrolment = $4, learner_name = $5, uln = $6, "
                 "birth_day = $7, end_day = $8, programme = $9, state = $10, state_reason = $11, "
                 "successor = $12, erasure = $13, update_us = $14, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $15",
                 {tenant, r.centre, r.id, r.learner.enrolment, r.learner.name, r.learner.uln, birth,
                  last, r.programme, static_cast<int>(r.state), r.state_reason, r.successor,
                  r.erasure, absl::ToUnixMicros(r.update_time), r.version}));
  if (rows == 0) return Changed(r.Name());
  ++r.version;
  return tx
      .Execute(
          "INSERT INTO registration_changes (tenant, centre, registration, number, what, reason, "
          "actor, time_us) SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, $6, $7 "
          "FROM registration_changes WHERE tenant = $1 AND centre = $2 AND registration = $3",
          {tenant, r.centre, r.id, change.what, change.reason, change.actor,
           absl::ToUnixMicros(change.time)})
      .status();
}

absl::StatusOr<std::vector<RegistrationRecord>> LearnerStore::List(Tx& tx, const Reach& reach,
                                                                   std::string_view centre,
                                                                   const RegistrationFilter& filter,
                                                                   std::string_view after,
                                                                   int limit) {
  const RowSpan span(reach, centre, after);
  if (span.none()) return std::vector<RegistrationRecord>();
  const int state = filter.state.has_value() ? static_cast<int>(*filter.state) : -1;
  const SqlValue values[] = {reach.tenant, span.first(),         span.id(),        span.last(),
                             state,        filter.qualification, filter.enrolment, limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM registrations WHERE tenant = $1 AND (centre, id) > ($2, $3) "
                   "AND centre <= $4 AND ($5 = -1 OR state = $5) "
                   "AND ($6 = '' OR qualification = $6) AND ($7 = '' OR enrolment = $7) "
                   "ORDER BY centre, id LIMIT $8");
  return Collect<RegistrationRecord>(tx, kSql, values, RegistrationOf);
}

absl::StatusOr<RegistrationRecord> LearnerStore::FindByUln(Tx& tx, const Reach& reach,
                                                           std::string_view centre,
                                                           std::string_view qualification,
                                                           std::string_view uln) {
  static_assert(static_cast<int>(RegistrationState::kActive) == 0);
  const SqlValue values[] = {reach.tenant, uln, centre, reach.within, qualification};
  // The words of the index registrations_by_uln.
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM registrations WHERE tenant = $1 AND uln <> '' AND uln = $2 AND "
                   "centre = $3 AND ($4 = '' OR centre = $4) AND qualification = $5 "
                   "ORDER BY CASE WHEN state = 0 THEN 0 ELSE 1 END, id DESC LIMIT 1");
  ASSIGN_OR_RETURN(auto found, Collect<RegistrationRecord>(tx, kSql, values, RegistrationOf));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kRegistrationNotFound,
               "there is no registration of this learner for the qualification")
      .With("registration", absl::StrCat("centres/", View(centre), "/registrations/-"));
}

absl::StatusOr<std::vector<RegistrationChange>> LearnerStore::Changes(
    Tx& tx, std::string_view tenant, const RegistrationRecord& record) {
  std::vector<RegistrationChange> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT what, reason, actor, time_us FROM registration_changes WHERE tenant = $1 "
               "AND centre = $2 AND registration = $3 ORDER BY number LIMIT 1000",
               {tenant, record.centre, record.id}, [&](const SqlRow& row) {
                 found.push_back({std::string(row.Text(0)), std::string(row.Text(1)),
                                  std::string(row.Text(2)), TimeAt(row, 3)});
                 return absl::OkStatus();
               }));
  return found;
}

absl::StatusOr<std::int64_t> LearnerStore::CountActive(Tx& tx, std::string_view tenant,
                                                       std::string_view centre,
                                                       std::string_view qualification) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT COUNT(*) FROM registrations WHERE tenant = $1 AND centre = $2 AND state = 0 "
               "AND ($3 = '' OR qualification = $3)",
               {tenant, centre, qualification}, [&](const SqlRow& row) {
                 count = row.Int(0);
                 return absl::OkStatus();
               }));
  return count;
}

absl::Status LearnerStore::Know(Tx& tx, std::string_view tenant, std::string_view centre,
                                std::string_view qualification,
                                std::span<const LearnerDetails> learners, LearnerFrame& frame) {
  std::vector<std::string> enrolments, ulns;
  for (const LearnerDetails& learner : learners) {
    enrolments.push_back(learner.enrolment);
    if (!learner.uln.empty() && learner.uln != kTemporaryUln) ulns.push_back(learner.uln);
  }
  // Engines walk the centre unless the numbers are looked up by themselves.
  RETURN_IF_ERROR(QueryIn(tx,
                          "SELECT enrolment, uln, birth_day, "
                          "CASE WHEN state = 0 AND qualification = $3 THEN 1 ELSE 0 END "
                          "FROM registrations WHERE tenant = $1 AND centre = $2 AND id IN "
                          "(SELECT x.id FROM registrations x WHERE x.tenant = $1 AND x.centre = $2 "
                          "AND x.enrolment IN ",
                          {tenant, centre, qualification}, enrolments, ")",
                          [&](const SqlRow& row) -> absl::Status {
                            KnownLearner& known = frame.known[std::string(row.Text(0))];
                            if (!row.Text(1).empty() && row.Text(1) != kTemporaryUln)
                              known.uln = row.Text(1);
                            if (!row.IsNull(2)) {
                              ASSIGN_OR_RETURN(known.birth_day, DayAt(row, 2));
                            }
                            known.registered |= row.Int(3) != 0;
                            return absl::OkStatus();
                          }));
  return QueryIn(tx,
                 "SELECT uln, enrolment FROM registrations WHERE tenant = $1 AND centre = $2 "
                 "AND qualification = $3 AND state = 0 AND id IN (SELECT x.id "
                 "FROM registrations x WHERE x.tenant = $1 AND x.centre = $2 AND x.uln <> '' "
                 "AND x.uln IN ",
                 {tenant, centre, qualification}, ulns, ")", [&](const SqlRow& row) {
                   frame.registered_ulns.emplace(row.Text(0), row.Text(1));
                   return absl::OkStatus();
                 });
}

absl::StatusOr<std::vector<RegistrationRecord>> LearnerStore::OfLearner(
    Tx& tx, std::string_view tenant, std::string_view centre, const LearnerDetails& learner) {
  const std::string_view uln =
      learner.uln == kTemporaryUln ? std::string_view() : std::string_view(learner.uln);
  const SqlValue values[] = {tenant, centre, learner.enrolment, uln};
  // Two searches by index: an OR of both would look at every registration of the tenant.
  static const std::string kSql = absl::StrCat(
      "SELECT r.", absl::StrReplaceAll(View(kColumns), {{", ", ", r."}}),
      " FROM (SELECT centre, id FROM registrations WHERE tenant = $1 AND centre = $2 "
      "AND enrolment = $3 UNION SELECT centre, id FROM registrations WHERE tenant = $1 "
      "AND uln <> '' AND uln = $4) found CROSS JOIN registrations r WHERE r.tenant = $1 "
      "AND r.centre = found.centre AND r.id = found.id ORDER BY r.centre, r.id LIMIT 1000");
  return Collect<RegistrationRecord>(tx, kSql, values, RegistrationOf);
}

absl::Status LearnerStore::InsertAchievement(Tx& tx, std::string_view tenant,
                                             std::string_view centre, std::string_view registration,
                                             const AchievementRecord& a) {
  const std::string assessed = TextOf(a.entry.assess_day);
  const std::optional<std::string> verified = TextOf(a.entry.verify_day);
  return tx
      .Execute(
          "INSERT INTO achievements (tenant, centre, registration, unit, number, achieved, "
          "assessor, assess_day, verifier, verify_day, change_note, author, time_us, "
          "recording_form) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
          {tenant, centre, registration, a.entry.unit, a.number, a.entry.achieved ? 1 : 0,
           a.entry.assessor, assessed, a.entry.verifier, verified, a.entry.change_note, a.author,
           absl::ToUnixMicros(a.time), a.entry.form})
      .status();
}

absl::StatusOr<std::vector<AchievementRecord>> LearnerStore::ListAchievements(
    Tx& tx, std::string_view tenant, std::string_view centre, std::string_view registration,
    std::string_view after, int limit) {
  const SqlValue values[] = {tenant, centre, registration, after, limit};
  static const std::string kSql = absl::StrCat(
      "SELECT ", View(kAchievementColumns),
      " FROM achievements a WHERE tenant = $1 AND centre = $2 AND registration = $3 AND unit > $4 "
      "AND number = (SELECT MAX(b.number) FROM achievements b WHERE b.tenant = a.tenant "
      "AND b.centre = a.centre AND b.registration = a.registration AND b.unit = a.unit) "
      "ORDER BY unit LIMIT $5");
  return Collect<AchievementRecord>(tx, kSql, values, AchievementOf);
}

absl::StatusOr<std::vector<AchievementRecord>> LearnerStore::ListVersions(
    Tx& tx, std::string_view tenant, std::string_view centre, std::string_view registration,
    std::string_view unit, int after, int limit) {
  const SqlValue values[] = {tenant, centre, registration, unit, after, limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kAchievementColumns),
                   " FROM achievements WHERE tenant = $1 AND centre = $2 AND registration = $3 "
                   "AND unit = $4 AND number > $5 ORDER BY number LIMIT $6");
  return Collect<AchievementRecord>(tx, kSql, values, AchievementOf);
}

absl::StatusOr<std::optional<AchievementRecord>> LearnerStore::LastVersion(
    Tx& tx, std::string_view tenant, std::string_view centre, std::string_view registration,
    std::string_view unit) {
  const SqlValue values[] = {tenant, centre, registration, unit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kAchievementColumns),
                   " FROM achievements WHERE tenant = $1 AND centre = $2 AND registration = $3 "
                   "AND unit = $4 ORDER BY number DESC LIMIT 1");
  ASSIGN_OR_RETURN(auto found, Collect<AchievementRecord>(tx, kSql, values, AchievementOf));
  if (found.empty()) return std::optional<AchievementRecord>();
  return std::optional<AchievementRecord>(std::move(found[0]));
}

absl::Status LearnerStore::InsertAward(Tx& tx, std::string_view tenant, const AwardRecord& a) {
  const std::string units = LinesOf(a.units);
  const std::optional<std::string> day = TextOf(a.award_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          absl::StrCat("INSERT INTO awards (tenant, ", View(kAwardColumns),
                       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                       "$14, $15, $16, $17) ON CONFLICT DO NOTHING"),
          {tenant, a.centre, a.id, a.registration, a.qualification, static_cast<int>(a.state),
           a.direct ? 1 : 0, a.learner_name, a.uln, units, a.credits, a.claimant,
           absl::ToUnixMicros(a.claim_time), a.officer, a.reason, day, a.version}));
  if (rows > 0) return absl::OkStatus();
  const std::string name = absl::StrCat("centres/", a.centre, "/registrations/", a.registration);
  return Error(absl::StatusCode::kAlreadyExists, kAwardExists,
               absl::StrCat("the award of ", name, " is claimed or awarded already"))
      .With("registration", name);
}

absl::StatusOr<AwardRecord> LearnerStore::GetAward(Tx& tx, const Reach& reach,
                                                   std::string_view centre, std::string_view id) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kAwardColumns),
                   " FROM awards WHERE tenant = $1 AND centre = $2 AND id = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<AwardRecord>(tx, kSql, values, AwardOf));
  if (!found.empty()) return std::move(found[0]);
  return NotFound(kAwardNotFound, "award",
                  absl::StrCat("centres/", View(centre), "/awards/", View(id)));
}

absl::Status LearnerStore::UpdateAward(Tx& tx, std::string_view tenant, AwardRecord& a) {
  const std::optional<std::string> day = TextOf(a.award_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE awards SET state = $4, learner_name = $5, uln = $6, officer = $7, "
                 "reason = $8, award_day = $9, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $10",
                 {tenant, a.centre, a.id, static_cast<int>(a.state), a.learner_name, a.uln,
                  a.officer, a.reason, day, a.version}));
  if (rows == 0) return Changed(a.Name());
  ++a.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AwardRecord>> LearnerStore::ListAwards(Tx& tx, const Reach& reach,
                                                                  std::string_view centre,
                                                                  std::optional<AwardState> state,
                                                                  std::string_view after,
                                                                  int limit) {
  const RowSpan span(reach, centre, after);
  if (span.none()) return std::vector<AwardRecord>();
  const int wanted = state.has_value() ? static_cast<int>(*state) : -1;
  const SqlValue values[] = {reach.tenant, span.first(), span.id(), span.last(), wanted, limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kAwardColumns),
                   " FROM awards WHERE tenant = $1 AND (centre, id) > ($2, $3) AND centre <= $4 "
                   "AND ($5 = -1 OR state = $5) ORDER BY centre, id LIMIT $6");
  return Collect<AwardRecord>(tx, kSql, values, AwardOf);
}

absl::StatusOr<std::vector<AwardRecord>> LearnerStore::AwardsOf(Tx& tx, std::string_view tenant,
                                                                std::string_view centre,
                                                                std::string_view registration) {
  const SqlValue values[] = {tenant, centre, registration};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kAwardColumns),
                   " FROM awards WHERE tenant = $1 AND centre = $2 AND registration = $3 "
                   "ORDER BY id LIMIT 1000");
  return Collect<AwardRecord>(tx, kSql, values, AwardOf);
}

absl::Status LearnerStore::InsertErasure(Tx& tx, std::string_view tenant, const ErasureRecord& e) {
  const std::string registrations = LinesOf(e.registrations);
  const std::string kept = LinesOf(e.kept_awards);
  return tx
      .Execute(absl::StrCat("INSERT INTO erasures (tenant, ", View(kErasureColumns),
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
               {tenant, e.centre, e.id, registrations, e.legal_basis, e.reason, e.officer,
                e.planner_versions, kept, e.pseudonym, absl::ToUnixMicros(e.time)})
      .status();
}

absl::StatusOr<ErasureRecord> LearnerStore::GetErasure(Tx& tx, const Reach& reach,
                                                       std::string_view centre,
                                                       std::string_view id) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kErasureColumns),
                   " FROM erasures WHERE tenant = $1 AND centre = $2 AND id = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<ErasureRecord>(tx, kSql, values, ErasureOf));
  if (!found.empty()) return std::move(found[0]);
  return NotFound(kErasureNotFound, "erasure",
                  absl::StrCat("centres/", View(centre), "/erasures/", View(id)));
}

absl::StatusOr<std::vector<ErasureRecord>> LearnerStore::ListErasures(Tx& tx, const Reach& reach,
                                                                      std::string_view centre,
                                                                      std::string_view after,
                                                                      int limit) {
  const RowSpan span(reach, centre, after);
  if (span.none()) return std::vector<ErasureRecord>();
  const SqlValue values[] = {reach.tenant, span.first(), span.id(), span.last(), limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kErasureColumns),
                   " FROM erasures WHERE tenant = $1 AND (centre, id) > ($2, $3) AND centre <= $4 "
                   "ORDER BY centre, id LIMIT $5");
  return Collect<ErasureRecord>(tx, kSql, values, ErasureOf);
}

}  // namespace assay::approval
