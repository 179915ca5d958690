-- Times are Unix microseconds, marks hundredths of a mark.
CREATE TABLE series (
  tenant TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  marks_due_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE components (
  tenant TEXT NOT NULL,
  series TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  qualification TEXT NOT NULL,
  mark_max BIGINT NOT NULL,
  mark_step BIGINT NOT NULL,
  sampling_policy TEXT NOT NULL,
  tolerance_policy TEXT NOT NULL,
  adjustment_policy TEXT NOT NULL,
  blind BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, id)
);

-- The number is short, so that a million candidates need not repeat a long name.
CREATE TABLE submissions (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant TEXT NOT NULL,
  series TEXT COLLATE "C" NOT NULL,
  component TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  centre TEXT NOT NULL,
  centre_title TEXT NOT NULL,
  state BIGINT NOT NULL,
  stage BIGINT NOT NULL,
  candidate_count BIGINT NOT NULL,
  marked_count BIGINT NOT NULL,
  missing_count BIGINT NOT NULL,
  excluded_count BIGINT NOT NULL,
  cohort_changed BIGINT NOT NULL,
  secret bytea NOT NULL,
  secret_revealed BIGINT NOT NULL,
  sample TEXT NOT NULL,
  moderator TEXT NOT NULL,
  moderator_subject TEXT NOT NULL,
  submitted_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  feedback_tasks TEXT NOT NULL,
  feedback_accuracy TEXT NOT NULL,
  feedback_administration TEXT NOT NULL,
  UNIQUE (tenant, series, component, id)
);
CREATE INDEX submissions_by_state ON submissions (tenant, state, series, component, id);
CREATE INDEX submissions_by_centre ON submissions (tenant, centre, series, component, id);
CREATE INDEX submissions_by_moderator ON submissions (tenant, moderator_subject, state);

CREATE TABLE candidates (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  candidate TEXT COLLATE "C" NOT NULL,
  mark BIGINT,
  assessor TEXT NOT NULL,
  teaching_group TEXT NOT NULL,
  site TEXT NOT NULL,
  flags BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, candidate)
);

-- What an officer changed after submission (MOD-1); `version` is the submission's after it.
CREATE TABLE corrections (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  version BIGINT NOT NULL,
  candidate TEXT NOT NULL,
  mark_before BIGINT,
  mark_after BIGINT NOT NULL,
  reason TEXT NOT NULL,
  corrected_by TEXT NOT NULL,
  corrected_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, version)
);

CREATE TABLE samples (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  void BIGINT NOT NULL,
  sampling_policy TEXT NOT NULL,
  tolerance_policy TEXT NOT NULL,
  adjustment_policy TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  list_hash TEXT NOT NULL,
  commitment TEXT NOT NULL,
  secret bytea NOT NULL,
  seed bytea NOT NULL,
  pool_count BIGINT NOT NULL,
  ladder_size BIGINT NOT NULL,
  gaps TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, id)
);

CREATE TABLE sample_candidates (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  sample TEXT COLLATE "C" NOT NULL,
  candidate TEXT COLLATE "C" NOT NULL,
  reasons TEXT NOT NULL,
  stage BIGINT NOT NULL,
  mark BIGINT,
  marked_by TEXT NOT NULL,
  marked_at BIGINT,
  PRIMARY KEY (tenant, submission, sample, candidate)
);

CREATE TABLE moderators (
  tenant TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  subject TEXT NOT NULL,
  title TEXT NOT NULL,
  capacity BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, subject)
);

CREATE TABLE moderator_conflicts (
  tenant TEXT NOT NULL,
  moderator TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, moderator, centre)
);

CREATE TABLE judgements (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  sample TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  stage BIGINT NOT NULL,
  finding TEXT NOT NULL,
  tolerance BIGINT NOT NULL,
  judged_count BIGINT NOT NULL,
  inside_count BIGINT NOT NULL,
  outstanding_count BIGINT NOT NULL,
  difference_sum BIGINT NOT NULL,
  rank_correlation DOUBLE PRECISION,
  line TEXT NOT NULL,
  intercept DOUBLE PRECISION NOT NULL,
  slope DOUBLE PRECISION NOT NULL,
  residual_spread DOUBLE PRECISION NOT NULL,
  before_marks TEXT NOT NULL,
  after_marks TEXT NOT NULL,
  judged_by TEXT NOT NULL,
  judged_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, sample, number)
);

CREATE TABLE results (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  candidate TEXT COLLATE "C" NOT NULL,
  centre_mark BIGINT,
  final_mark BIGINT,
  basis BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission, candidate)
);
