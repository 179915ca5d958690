-- Marks of many centres on their way in: what was sent, what was refused, what is held.
CREATE TABLE mark_imports (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  id TEXT NOT NULL,
  mode BIGINT NOT NULL,
  open_submissions BIGINT NOT NULL,
  total_bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  state BIGINT NOT NULL,
  form BIGINT NOT NULL,
  next_offset BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  accepted_count BIGINT NOT NULL,
  refused_count BIGINT NOT NULL,
  missing_count BIGINT NOT NULL,
  applied_count BIGINT NOT NULL,
  submission_count BIGINT NOT NULL,
  failure_reason TEXT NOT NULL,
  failure_message TEXT NOT NULL,
  created_by TEXT NOT NULL,
  roles TEXT NOT NULL,
  centre TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  swept BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, component, id)
) WITHOUT ROWID;
CREATE INDEX mark_imports_by_expiry ON mark_imports (expires_at);
CREATE INDEX mark_imports_by_state ON mark_imports (state, updated_at);
CREATE INDEX mark_imports_unswept ON mark_imports (swept, updated_at);
CREATE INDEX mark_imports_by_tenant ON mark_imports (tenant, state);

CREATE TABLE mark_import_chunks (
  tenant TEXT NOT NULL,
  import TEXT NOT NULL,
  position BIGINT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (tenant, import, position)
);

CREATE TABLE mark_import_refusals (
  tenant TEXT NOT NULL,
  import TEXT NOT NULL,
  line BIGINT NOT NULL,
  centre TEXT NOT NULL,
  candidate TEXT NOT NULL,
  column_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (tenant, import, line)
) WITHOUT ROWID;

CREATE TABLE mark_import_holds (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  submission TEXT NOT NULL,
  import TEXT NOT NULL,
  centre TEXT NOT NULL,
  centre_title TEXT NOT NULL,
  PRIMARY KEY (tenant, series, component, submission)
) WITHOUT ROWID;
CREATE INDEX mark_import_holds_by_import ON mark_import_holds (tenant, import, submission);
