-- Learners' registrations, achievements and awards (QUAL-5, QUAL-6, QUAL-9), what remains of those that
-- were erased, and quality reviews with what they led to (MOD-14). Days are texts, 2026-06-30. Personal
-- data of learners are in registrations and awards only.
CREATE TABLE registrations (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  enrolment TEXT COLLATE "C" NOT NULL,
  learner_name TEXT COLLATE "C" NOT NULL,
  uln TEXT COLLATE "C" NOT NULL,
  birth_day TEXT COLLATE "C",
  register_day TEXT COLLATE "C" NOT NULL,
  end_day TEXT COLLATE "C" NOT NULL,
  programme TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  state_reason TEXT COLLATE "C" NOT NULL,
  predecessor TEXT COLLATE "C" NOT NULL,
  successor TEXT COLLATE "C" NOT NULL,
  erasure TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
-- An active learner has one registration for a qualification; counts what a cap allows too.
CREATE UNIQUE INDEX registrations_active
  ON registrations (tenant, centre, qualification, enrolment) WHERE state = 0;
CREATE INDEX registrations_by_enrolment ON registrations (tenant, centre, enrolment);
CREATE INDEX registrations_by_uln ON registrations (tenant, uln) WHERE uln <> '';

-- What happened to a registration, without personal data.
CREATE TABLE registration_changes (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  registration TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, registration, number)
);

-- Every version of every achievement; the highest counts.
CREATE TABLE achievements (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  registration TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  achieved BIGINT NOT NULL,
  assessor TEXT COLLATE "C" NOT NULL,
  assess_day TEXT COLLATE "C" NOT NULL,
  verifier TEXT COLLATE "C" NOT NULL,
  verify_day TEXT COLLATE "C",
  change_note TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, registration, unit, number)
);

CREATE TABLE awards (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  registration TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  direct BIGINT NOT NULL,
  learner_name TEXT COLLATE "C" NOT NULL,
  uln TEXT COLLATE "C" NOT NULL,
  units TEXT COLLATE "C" NOT NULL,
  credits BIGINT NOT NULL,
  claimant TEXT COLLATE "C" NOT NULL,
  claim_us BIGINT NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  award_day TEXT COLLATE "C",
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
CREATE UNIQUE INDEX awards_open ON awards (tenant, centre, registration) WHERE state < 2;

-- What remains of an erasure. Never removed.
CREATE TABLE erasures (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  registrations TEXT COLLATE "C" NOT NULL,
  legal_basis BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  planner_versions BIGINT NOT NULL,
  kept_awards TEXT COLLATE "C" NOT NULL,
  pseudonym TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);

-- `document` holds grades and sampled learners; actions have rows, because they are closed one by one.
CREATE TABLE quality_reviews (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  review_day TEXT COLLATE "C" NOT NULL,
  reviewer TEXT COLLATE "C" NOT NULL,
  summary TEXT COLLATE "C" NOT NULL,
  document BYTEA NOT NULL,
  policy BIGINT NOT NULL,
  interim BIGINT NOT NULL,
  void BIGINT NOT NULL,
  void_reason TEXT COLLATE "C" NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);

CREATE TABLE review_actions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  review TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  due_day TEXT COLLATE "C" NOT NULL,
  closing_note TEXT COLLATE "C" NOT NULL,
  closed_by TEXT COLLATE "C" NOT NULL,
  close_us BIGINT,
  PRIMARY KEY (tenant, centre, review, number)
);

-- Every evaluation with its facts and what came out, as protobuf.
CREATE TABLE quality_evaluations (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  policy BIGINT NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  facts BYTEA NOT NULL,
  outcome BYTEA NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, number)
);

-- The next review of each centre, as its last evaluation says.
CREATE TABLE reviews_due (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  due_day TEXT COLLATE "C" NOT NULL,
  interim BIGINT NOT NULL,
  level BIGINT NOT NULL,
  evaluation BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre)
);
CREATE INDEX reviews_due_by_day ON reviews_due (tenant, due_day, centre);

-- The versions of the policy that a body made; what ships is in the binary.
CREATE TABLE risk_policies (
  tenant TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  creator TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, version)
);
