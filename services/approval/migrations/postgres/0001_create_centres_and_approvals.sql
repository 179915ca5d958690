CREATE TABLE centres (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  state_reason TEXT COLLATE "C" NOT NULL,
  urn TEXT COLLATE "C" NOT NULL,
  ukprn TEXT COLLATE "C" NOT NULL,
  laestab TEXT COLLATE "C" NOT NULL,
  address_lines TEXT COLLATE "C" NOT NULL,
  town TEXT COLLATE "C" NOT NULL,
  postcode TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  age_low BIGINT NOT NULL,
  age_high BIGINT NOT NULL,
  open_day TEXT COLLATE "C",
  close_day TEXT COLLATE "C",
  predecessor_urn TEXT COLLATE "C" NOT NULL,
  successor_urn TEXT COLLATE "C" NOT NULL,
  closed BIGINT NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX centres_by_state ON centres (tenant, state, id);

-- The folded words of title, town, postcode and numbers, for search by their beginnings.
CREATE TABLE centre_words (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, centre, word)
);
CREATE INDEX centre_words_by_word ON centre_words (tenant, word, centre);

-- What a centre's state was on a day in the past. A centre begins as applied or closed,
-- which is not recorded here; every later change is.
CREATE TABLE centre_states (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, version)
);

CREATE TABLE qualification_approvals (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  effective_day TEXT COLLATE "C",
  end_day TEXT COLLATE "C",
  state_reason TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
CREATE INDEX qualification_approvals_of
  ON qualification_approvals (tenant, centre, qualification);
-- A centre has at most one approval for a qualification that is applied for or in force.
CREATE UNIQUE INDEX qualification_approvals_open
  ON qualification_approvals (tenant, centre, qualification)
  WHERE state IN ('applied', 'approved');
