CREATE TABLE centres (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  state_reason TEXT NOT NULL,
  urn TEXT NOT NULL,
  ukprn TEXT NOT NULL,
  laestab TEXT NOT NULL,
  address_lines TEXT NOT NULL,
  town TEXT NOT NULL,
  postcode TEXT NOT NULL,
  kind TEXT NOT NULL,
  age_low INTEGER NOT NULL,
  age_high INTEGER NOT NULL,
  open_day TEXT,
  close_day TEXT,
  predecessor_urn TEXT NOT NULL,
  successor_urn TEXT NOT NULL,
  closed INTEGER NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX centres_by_state ON centres (tenant, state, id);

-- The folded words of title, town, postcode and numbers, for search by their beginnings.
CREATE TABLE centre_words (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (tenant, centre, word)
) WITHOUT ROWID;
CREATE INDEX centre_words_by_word ON centre_words (tenant, word, centre);

-- What a centre's state was on a day in the past. A centre begins as applied or closed,
-- which is not recorded here; every later change is.
CREATE TABLE centre_states (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, version)
) WITHOUT ROWID;

CREATE TABLE qualification_approvals (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  qualification TEXT NOT NULL,
  state TEXT NOT NULL,
  effective_day TEXT,
  end_day TEXT,
  state_reason TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
CREATE INDEX qualification_approvals_of
  ON qualification_approvals (tenant, centre, qualification);
-- A centre has at most one approval for a qualification that is applied for or in force.
CREATE UNIQUE INDEX qualification_approvals_open
  ON qualification_approvals (tenant, centre, qualification)
  WHERE state IN ('applied', 'approved');
