-- What an awarding body adds to the catalogue, version by version (QUAL-4). Days are texts, 2026-06-30.
CREATE TABLE catalogue_entries (
  tenant TEXT NOT NULL,
  number TEXT NOT NULL,
  version INTEGER NOT NULL,
  effective_day TEXT NOT NULL,
  document TEXT NOT NULL,
  finding_count INTEGER NOT NULL,
  change_note TEXT NOT NULL,
  author TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, number, version)
) WITHOUT ROWID;

ALTER TABLE qualification_approvals ADD COLUMN fast_track_from TEXT NOT NULL DEFAULT '';
ALTER TABLE qualification_approvals ADD COLUMN answer_due_day TEXT;
ALTER TABLE qualification_approvals ADD COLUMN expire_day TEXT;
ALTER TABLE qualification_approvals ADD COLUMN first_use_due_day TEXT;
ALTER TABLE qualification_approvals ADD COLUMN first_use_day TEXT;
-- A suspended approval is still the one that a centre has.
DROP INDEX qualification_approvals_open;
CREATE UNIQUE INDEX qualification_approvals_open
  ON qualification_approvals (tenant, centre, qualification)
  WHERE state IN ('applied', 'approved', 'suspended');
CREATE INDEX qualification_approvals_by_state
  ON qualification_approvals (tenant, state, centre, id);

-- What happened to an approval, and from which day it counts.
CREATE TABLE approval_changes (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  approval TEXT NOT NULL,
  number INTEGER NOT NULL,
  what TEXT NOT NULL,
  day TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, approval, number)
) WITHOUT ROWID;

CREATE TABLE approval_conditions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  approval TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  text TEXT NOT NULL,
  due_day TEXT NOT NULL,
  state INTEGER NOT NULL,
  close_reason TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  PRIMARY KEY (tenant, centre, approval, number)
) WITHOUT ROWID;

-- By qualification, or 'default'.
CREATE TABLE approval_policies (
  tenant TEXT NOT NULL,
  qualification TEXT NOT NULL,
  version INTEGER NOT NULL,
  answer_days INTEGER NOT NULL,
  fast_track_answer_days INTEGER NOT NULL,
  valid_days INTEGER NOT NULL,
  first_use_days INTEGER NOT NULL,
  planner_as_condition INTEGER NOT NULL,
  change_note TEXT NOT NULL,
  author TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, qualification, version)
) WITHOUT ROWID;

-- Entries of national registers; `belongs_to` is "register/id" of another one, `facts` lines of a
-- name, a tab and a value.
CREATE TABLE register_entries (
  tenant TEXT NOT NULL,
  register TEXT NOT NULL,
  id TEXT NOT NULL,
  code TEXT NOT NULL,
  title TEXT NOT NULL,
  belongs_to TEXT NOT NULL,
  first_day TEXT,
  last_day TEXT,
  facts TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, register, id)
) WITHOUT ROWID;
CREATE INDEX register_entries_of ON register_entries (tenant, register, belongs_to, id);

-- The folded words of title and code, for search by their beginnings.
CREATE TABLE register_words (
  tenant TEXT NOT NULL,
  register TEXT NOT NULL,
  entry TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (tenant, register, entry, word)
) WITHOUT ROWID;
CREATE INDEX register_words_by_word ON register_words (tenant, register, word, entry);
