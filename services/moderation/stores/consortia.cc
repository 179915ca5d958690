#include "services/moderation/stores/consortia.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/moderation/store.h"
#include "services/moderation/stores/sql.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Blob;
using platform::Error;
using platform::SqlRow;
using platform::View;

constexpr int kMembersMax = 1'000;
constexpr std::string_view kColumns =
    "series, component, id, title, secret, secret_revealed, created_at, version";

Consortium ConsortiumFrom(const SqlRow& row) {
  return {.name = {std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))},
          .title = std::string(row.Text(3)),
          .secret = std::string(row.Bytes(4)),
          .secret_revealed = row.Int(5) != 0,
          .create_time = TimeAt(row, 6),
          .version = row.Int(7)};
}

}  // namespace

absl::Status ConsortiumStore::Insert(Tx& tx, std::string_view tenant, const Consortium& c) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO consortia (tenant, series, component, id, title, "
                 "secret, secret_revealed, created_at, version) VALUES ($1, $2, $3, "
                 "$4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                 {tenant, c.name.series, c.name.component, c.name.id, c.title, Blob{c.secret},
                  c.secret_revealed ? 1 : 0, Micros(c.create_time), c.version}));
  if (rows == 1) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, kConsortiumExists,
               "the component has a consortium with this id; choose another")
      .With("consortium", c.name.Text());
}

absl::StatusOr<Consortium> ConsortiumStore::Get(Tx& tx, std::string_view tenant,
                                                const ConsortiumName& name) {
  ASSIGN_OR_RETURN(auto found, Collect<Consortium>(
                                   tx,
                                   absl::StrCat("SELECT ", View(kColumns),
                                                " FROM consortia WHERE tenant = $1 AND "
                                                "series = $2 AND component = $3 AND id = $4"),
                                   {tenant, name.series, name.component, name.id}, ConsortiumFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kConsortiumNotFound, "there is no such consortium")
      .With("consortium", name.Text());
}

absl::StatusOr<std::vector<Consortium>> ConsortiumStore::List(Tx& tx, const Caller& caller,
                                                              std::string_view series,
                                                              std::string_view component,
                                                              std::string_view after, int limit) {
  Statement sql("SELECT ");
  sql.Add(kColumns).Add(" FROM consortia g WHERE tenant = ").Bind(caller.tenant);
  sql.Add(" AND series = ").Bind(series).Add(" AND component = ").Bind(component);
  sql.Add(" AND id > ").Bind(after);
  if (!caller.reach.all) {
    sql.Add(" AND EXISTS (SELECT 1 FROM submissions s WHERE s.tenant = g.tenant AND ");
    sql.Add("s.series = g.series AND s.component = g.component AND s.consortium = g.id AND ");
    sql.Add("s.consortium <> ''");
    Limit(sql, caller.reach);
    sql.Add(")");
  }
  sql.Add(" ORDER BY id LIMIT ").Bind(limit);
  return Collect<Consortium>(tx, sql.sql(), sql.values(), ConsortiumFrom);
}

absl::Status ConsortiumStore::Update(Tx& tx, std::string_view tenant, Consortium& c) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE consortia SET secret = $1, secret_revealed = $2, version = version + 1 "
                 "WHERE tenant = $3 AND series = $4 AND component = $5 AND id = $6 AND "
                 "version = $7",
                 {Blob{c.secret}, c.secret_revealed ? 1 : 0, tenant, c.name.series,
                  c.name.component, c.name.id, c.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 "the consortium has changed meanwhile; get it and try again")
        .With("name", c.name.Text());
  }
  ++c.version;
  return absl::OkStatus();
}

absl::Status ConsortiumStore::Delete(Tx& tx, std::string_view tenant, const ConsortiumName& name) {
  return tx
      .Execute(
          "DELETE FROM consortia WHERE tenant = $1 AND series = $2 AND component = $3 AND "
          "id = $4",
          {tenant, name.series, name.component, name.id})
      .status();
}

absl::Status ConsortiumStore::SetMember(Tx& tx, std::string_view tenant, Submission& submission,
                                        std::string_view consortium) {
  ASSIGN_OR_RETURN(const std::int64_t rows,
                   tx.Execute("UPDATE submissions SET consortium = $1, version = version + 1 WHERE "
                              "number = $2 AND tenant = $3 AND version = $4",
                              {consortium, submission.number, tenant, submission.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 "the submission has changed meanwhile; get it and try again")
        .With("name", submission.name.Text());
  }
  ++submission.version;
  submission.consortium = consortium;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Submission>> ConsortiumStore::Members(Tx& tx, const Caller& caller,
                                                                 const ConsortiumName& name) {
  Caller anybody = caller;
  anybody.reach = {.all = true};
  return Store().ListSubmissions(
      tx, anybody, {.series = name.series, .component = name.component, .consortium = name.id},
      nullptr, kMembersMax);
}

}  // namespace assay::moderation
