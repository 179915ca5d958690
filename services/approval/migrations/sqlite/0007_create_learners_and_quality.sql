-- Learners' registrations, achievements and awards (QUAL-5, QUAL-6, QUAL-9), what remains of those that
-- were erased, and quality reviews with what they led to (MOD-14). Days are texts, 2026-06-30. Personal
-- data of learners are in registrations and awards only.
CREATE TABLE registrations (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  qualification TEXT NOT NULL,
  enrolment TEXT NOT NULL,
  learner_name TEXT NOT NULL,
  uln TEXT NOT NULL,
  birth_day TEXT,
  register_day TEXT NOT NULL,
  end_day TEXT NOT NULL,
  programme TEXT NOT NULL,
  state INTEGER NOT NULL,
  state_reason TEXT NOT NULL,
  predecessor TEXT NOT NULL,
  successor TEXT NOT NULL,
  erasure TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
-- An active learner has one registration for a qualification; counts what a cap allows too.
CREATE UNIQUE INDEX registrations_active
  ON registrations (tenant, centre, qualification, enrolment) WHERE state = 0;
CREATE INDEX registrations_by_enrolment ON registrations (tenant, centre, enrolment);
CREATE INDEX registrations_by_uln ON registrations (tenant, uln) WHERE uln <> '';

-- What happened to a registration, without personal data.
CREATE TABLE registration_changes (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  registration TEXT NOT NULL,
  number INTEGER NOT NULL,
  what TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, registration, number)
) WITHOUT ROWID;

-- Every version of every achievement; the highest counts.
CREATE TABLE achievements (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  registration TEXT NOT NULL,
  unit TEXT NOT NULL,
  number INTEGER NOT NULL,
  achieved INTEGER NOT NULL,
  assessor TEXT NOT NULL,
  assess_day TEXT NOT NULL,
  verifier TEXT NOT NULL,
  verify_day TEXT,
  change_note TEXT NOT NULL,
  author TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, registration, unit, number)
) WITHOUT ROWID;

CREATE TABLE awards (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  registration TEXT NOT NULL,
  qualification TEXT NOT NULL,
  state INTEGER NOT NULL,
  direct INTEGER NOT NULL,
  learner_name TEXT NOT NULL,
  uln TEXT NOT NULL,
  units TEXT NOT NULL,
  credits INTEGER NOT NULL,
  claimant TEXT NOT NULL,
  claim_us INTEGER NOT NULL,
  officer TEXT NOT NULL,
  reason TEXT NOT NULL,
  award_day TEXT,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX awards_open ON awards (tenant, centre, registration) WHERE state < 2;

-- What remains of an erasure. Never removed.
CREATE TABLE erasures (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  registrations TEXT NOT NULL,
  legal_basis INTEGER NOT NULL,
  reason TEXT NOT NULL,
  officer TEXT NOT NULL,
  planner_versions INTEGER NOT NULL,
  kept_awards TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;

-- `document` holds grades and sampled learners; actions have rows, because they are closed one by one.
CREATE TABLE quality_reviews (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  qualification TEXT NOT NULL,
  review_day TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  summary TEXT NOT NULL,
  document BLOB NOT NULL,
  policy INTEGER NOT NULL,
  interim INTEGER NOT NULL,
  void INTEGER NOT NULL,
  void_reason TEXT NOT NULL,
  officer TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;

CREATE TABLE review_actions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  review TEXT NOT NULL,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  due_day TEXT NOT NULL,
  closing_note TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  close_us INTEGER,
  PRIMARY KEY (tenant, centre, review, number)
) WITHOUT ROWID;

-- Every evaluation with its facts and what came out, as protobuf.
CREATE TABLE quality_evaluations (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  number INTEGER NOT NULL,
  policy INTEGER NOT NULL,
  cause TEXT NOT NULL,
  actor TEXT NOT NULL,
  facts BLOB NOT NULL,
  outcome BLOB NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, number)
) WITHOUT ROWID;

-- The next review of each centre, as its last evaluation says.
CREATE TABLE reviews_due (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  due_day TEXT NOT NULL,
  interim INTEGER NOT NULL,
  level INTEGER NOT NULL,
  evaluation INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre)
) WITHOUT ROWID;
CREATE INDEX reviews_due_by_day ON reviews_due (tenant, due_day, centre);

-- The versions of the policy that a body made; what ships is in the binary.
CREATE TABLE risk_policies (
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  creator TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, version)
) WITHOUT ROWID;
