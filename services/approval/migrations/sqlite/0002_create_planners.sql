-- Planners of employer involvement (EI-9 to EI-15). Days are texts, 2026-06-30.
CREATE TABLE planners (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  approval TEXT NOT NULL,
  qualification TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  declaration_deadline TEXT NOT NULL,
  state INTEGER NOT NULL,
  document_version INTEGER NOT NULL,
  submissions INTEGER NOT NULL,
  declarations INTEGER NOT NULL,
  adverse_judgements INTEGER NOT NULL,
  returns INTEGER NOT NULL,
  rulings INTEGER NOT NULL,
  signed_by TEXT NOT NULL,
  position TEXT NOT NULL,
  sign_us INTEGER,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id),
  UNIQUE (tenant, centre, approval, first_day)
) WITHOUT ROWID;
CREATE INDEX planners_by_state ON planners (tenant, state, centre, id);

-- Every version of the document, as it was sent (EI-12).
CREATE TABLE planner_versions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  number INTEGER NOT NULL,
  change_note TEXT NOT NULL,
  author TEXT NOT NULL,
  changes TEXT NOT NULL,
  document BLOB NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
) WITHOUT ROWID;

-- How each learner of the latest version stands, so that who lacks something is found without
-- reading documents (EI-15). `decision` is the quality team's on a referred learner (EI-7).
CREATE TABLE planner_learners (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  enrolment TEXT NOT NULL,
  name TEXT NOT NULL,
  outcome INTEGER NOT NULL,
  prospect INTEGER NOT NULL,
  rule TEXT NOT NULL,
  repair TEXT NOT NULL,
  decision INTEGER,
  decision_reason TEXT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, enrolment)
) WITHOUT ROWID;
CREATE INDEX planner_learners_missing
  ON planner_learners (tenant, centre, planner, enrolment) WHERE outcome < 2;

-- What officers found and asked for, from 1 (EI-11, EI-14).
CREATE TABLE planner_rulings (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  number INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  feedback TEXT NOT NULL,
  deadline TEXT,
  officer TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
) WITHOUT ROWID;

CREATE TABLE planner_actions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  ruling INTEGER NOT NULL,
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  due_day TEXT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, ruling, position)
) WITHOUT ROWID;
