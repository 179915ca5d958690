-- Why a submission was withdrawn, reopened or voided (MOD-1); `version` is its version after it.
CREATE TABLE lifecycle_steps (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  version BIGINT NOT NULL,
  step TEXT NOT NULL,
  reason TEXT NOT NULL,
  done_by TEXT NOT NULL,
  done_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, version)
) WITHOUT ROWID;
