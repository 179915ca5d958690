-- MOD-7: what moderators can take, conflicts with kind and days (2024-07-31), what was given and why.
ALTER TABLE components ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE submissions ADD COLUMN script_count BIGINT NOT NULL DEFAULT 0;
CREATE INDEX submissions_load ON submissions (tenant, moderator, state, script_count);

ALTER TABLE moderators ADD COLUMN script_capacity BIGINT NOT NULL DEFAULT 0;
ALTER TABLE moderators ADD COLUMN seniority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE moderators ADD COLUMN unavailable BIGINT NOT NULL DEFAULT 0;
ALTER TABLE moderators ADD COLUMN unavailable_reason TEXT NOT NULL DEFAULT '';

CREATE TABLE moderator_competences (
  tenant TEXT NOT NULL,
  moderator TEXT COLLATE "C" NOT NULL,
  competence TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, moderator, competence)
);

CREATE TABLE declared_conflicts (
  tenant TEXT NOT NULL,
  moderator TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  centre TEXT NOT NULL,
  kind BIGINT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant, moderator, number)
);
INSERT INTO declared_conflicts (tenant, moderator, number, centre, kind, first_day, last_day, reason)
SELECT tenant, moderator, ROW_NUMBER() OVER (PARTITION BY tenant, moderator ORDER BY centre), centre,
  0, '', '', '' FROM moderator_conflicts;
DROP TABLE moderator_conflicts;

CREATE TABLE allocations (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  number BIGINT NOT NULL,
  moderator TEXT NOT NULL,
  previous TEXT NOT NULL,
  reason BIGINT NOT NULL,
  explanation TEXT NOT NULL,
  policy TEXT NOT NULL,
  scripts BIGINT NOT NULL,
  allocated_by TEXT NOT NULL,
  allocated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, number)
);

CREATE TABLE allocation_runs (
  tenant TEXT NOT NULL,
  series TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  considered BIGINT NOT NULL,
  planned BIGINT NOT NULL,
  allocated BIGINT NOT NULL,
  skipped BIGINT NOT NULL,
  moderators BIGINT NOT NULL,
  policies TEXT NOT NULL,
  creator TEXT NOT NULL,
  request TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, id)
);
CREATE UNIQUE INDEX allocation_runs_by_request ON allocation_runs (tenant, series, creator, request)
  WHERE request <> '';

CREATE TABLE planned_allocations (
  tenant TEXT NOT NULL,
  run TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  component TEXT NOT NULL,
  submission TEXT NOT NULL,
  centre TEXT NOT NULL,
  moderator TEXT NOT NULL,
  scripts BIGINT NOT NULL,
  reason BIGINT NOT NULL,
  explanation TEXT NOT NULL,
  policy TEXT NOT NULL,
  outcome BIGINT NOT NULL,
  skipped_because TEXT NOT NULL,
  PRIMARY KEY (tenant, run, number)
);
