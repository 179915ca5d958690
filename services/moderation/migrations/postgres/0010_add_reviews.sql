-- When results became final, and until when a review can be asked for (MOD-13).
CREATE TABLE releases (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  policy TEXT NOT NULL,
  released_by TEXT NOT NULL,
  released_at BIGINT NOT NULL,
  review_end BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission)
);

CREATE TABLE reviews (
  tenant TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  submission BIGINT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  submission_id TEXT NOT NULL,
  centre TEXT NOT NULL,
  centre_title TEXT NOT NULL,
  state BIGINT NOT NULL,
  policy TEXT NOT NULL,
  grounds TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  ordered_by TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  reviewer_subject TEXT NOT NULL,
  accepted_by TEXT NOT NULL,
  verdict BIGINT,
  raised BIGINT NOT NULL,
  lowered BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  released_by TEXT NOT NULL,
  outcome_at BIGINT,
  reasons_at BIGINT,
  appeal_end BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX reviews_by_submission ON reviews (tenant, submission, id);
CREATE INDEX reviews_by_centre ON reviews (tenant, centre, id);
CREATE INDEX reviews_by_reviewer ON reviews (tenant, reviewer_subject, id);
CREATE INDEX reviews_by_state ON reviews (tenant, state, id);

-- The original sample with the marks as they were, and the reviewer's.
CREATE TABLE review_marks (
  tenant TEXT NOT NULL,
  review TEXT COLLATE "C" NOT NULL,
  candidate TEXT COLLATE "C" NOT NULL,
  centre_mark BIGINT,
  moderator_mark BIGINT,
  mark BIGINT,
  marked_by TEXT,
  marked_at BIGINT,
  PRIMARY KEY (tenant, review, candidate)
);

CREATE TABLE review_changes (
  tenant TEXT NOT NULL,
  review TEXT COLLATE "C" NOT NULL,
  candidate TEXT COLLATE "C" NOT NULL,
  before_mark BIGINT,
  before_basis BIGINT NOT NULL,
  after_mark BIGINT,
  after_basis BIGINT NOT NULL,
  PRIMARY KEY (tenant, review, candidate)
);

CREATE TABLE appeals (
  tenant TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  review TEXT COLLATE "C" NOT NULL,
  submission BIGINT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  submission_id TEXT NOT NULL,
  centre TEXT NOT NULL,
  centre_title TEXT NOT NULL,
  state BIGINT NOT NULL,
  grounds TEXT NOT NULL,
  lodged_by TEXT NOT NULL,
  panel TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  reasons TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  ordered_review TEXT NOT NULL,
  decided_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX appeals_by_submission ON appeals (tenant, series, component, submission_id, id);
CREATE INDEX appeals_by_centre ON appeals (tenant, centre, id);

-- Which submissions' evidence is locked in the evidence service; no `until`: while something about
-- it is open. The name is what the lock is about.
CREATE TABLE evidence_locks (
  tenant TEXT NOT NULL,
  submission TEXT COLLATE "C" NOT NULL,
  until_at BIGINT,
  PRIMARY KEY (tenant, submission)
);
CREATE INDEX evidence_locks_by_end ON evidence_locks (until_at);
