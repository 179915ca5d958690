-- Planners of employer involvement (EI-9 to EI-15). Days are texts, 2026-06-30.
CREATE TABLE planners (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  approval TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  first_day TEXT COLLATE "C" NOT NULL,
  last_day TEXT COLLATE "C" NOT NULL,
  declaration_deadline TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  document_version BIGINT NOT NULL,
  submissions BIGINT NOT NULL,
  declarations BIGINT NOT NULL,
  adverse_judgements BIGINT NOT NULL,
  returns BIGINT NOT NULL,
  rulings BIGINT NOT NULL,
  signed_by TEXT COLLATE "C" NOT NULL,
  position TEXT COLLATE "C" NOT NULL,
  sign_us BIGINT,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id),
  UNIQUE (tenant, centre, approval, first_day)
);
CREATE INDEX planners_by_state ON planners (tenant, state, centre, id);

-- Every version of the document, as it was sent (EI-12).
CREATE TABLE planner_versions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  change_note TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  changes TEXT COLLATE "C" NOT NULL,
  document BYTEA NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
);

-- How each learner of the latest version stands, so that who lacks something is found without
-- reading documents (EI-15). `decision` is the quality team's on a referred learner (EI-7).
CREATE TABLE planner_learners (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  enrolment TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  outcome BIGINT NOT NULL,
  prospect BIGINT NOT NULL,
  rule TEXT COLLATE "C" NOT NULL,
  repair TEXT COLLATE "C" NOT NULL,
  decision BIGINT,
  decision_reason TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, centre, planner, enrolment)
);
CREATE INDEX planner_learners_missing
  ON planner_learners (tenant, centre, planner, enrolment) WHERE outcome < 2;

-- What officers found and asked for, from 1 (EI-11, EI-14).
CREATE TABLE planner_rulings (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  feedback TEXT COLLATE "C" NOT NULL,
  deadline TEXT COLLATE "C",
  officer TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
);

CREATE TABLE planner_actions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  ruling BIGINT NOT NULL,
  position BIGINT NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  due_day TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, centre, planner, ruling, position)
);
