-- Who applied for a centre, and why.
CREATE TABLE centre_applications (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  applicant TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);

-- How far back a centre registers learners (QUAL-5).
ALTER TABLE approval_policies ADD COLUMN backdate_days BIGINT NOT NULL DEFAULT 14;
