-- Who applied for a centre, and why.
CREATE TABLE centre_applications (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  applicant TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;

-- How far back a centre registers learners (QUAL-5).
ALTER TABLE approval_policies ADD COLUMN backdate_days INTEGER NOT NULL DEFAULT 14;
