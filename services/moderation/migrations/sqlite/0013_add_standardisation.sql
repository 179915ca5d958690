-- Standardisation (MOD-8): a component's scripts, what moderators gave for them, how
-- they stand, and the scripts mixed in among their work.
CREATE TABLE scripts (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  title TEXT NOT NULL,
  definitive_mark BIGINT NOT NULL,
  centre_mark BIGINT,
  commentary TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, component, id)
) WITHOUT ROWID;

-- Attempt 0 is practice; a script of an attempt is there, without a mark, from its beginning.
CREATE TABLE script_marks (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  subject TEXT NOT NULL,
  script TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  mark BIGINT,
  marked_at BIGINT,
  PRIMARY KEY (tenant, series, component, subject, script)
) WITHOUT ROWID;

CREATE TABLE standings (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  subject TEXT NOT NULL,
  state BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  attempts_left BIGINT NOT NULL,
  policy TEXT NOT NULL,
  marked_count BIGINT NOT NULL,
  inside_count BIGINT NOT NULL,
  difference_sum BIGINT NOT NULL,
  reason TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, component, subject)
) WITHOUT ROWID;

-- Apart from the sample, of which they are no part.
CREATE TABLE seeds (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  sample TEXT NOT NULL,
  candidate TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  script TEXT NOT NULL,
  subject TEXT NOT NULL,
  stage BIGINT NOT NULL,
  mark BIGINT,
  marked_by TEXT NOT NULL,
  marked_at BIGINT,
  PRIMARY KEY (tenant, submission, sample, candidate)
) WITHOUT ROWID;
CREATE INDEX seeds_by_subject ON seeds (tenant, series, component, subject, marked_at);
