-- What an awarding body adds to the catalogue, version by version (QUAL-4). Days are texts, 2026-06-30.
CREATE TABLE catalogue_entries (
  tenant TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  effective_day TEXT COLLATE "C" NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  finding_count BIGINT NOT NULL,
  change_note TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, number, version)
);

ALTER TABLE qualification_approvals ADD COLUMN fast_track_from TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE qualification_approvals ADD COLUMN answer_due_day TEXT COLLATE "C";
ALTER TABLE qualification_approvals ADD COLUMN expire_day TEXT COLLATE "C";
ALTER TABLE qualification_approvals ADD COLUMN first_use_due_day TEXT COLLATE "C";
ALTER TABLE qualification_approvals ADD COLUMN first_use_day TEXT COLLATE "C";
-- A suspended approval is still the one that a centre has.
DROP INDEX qualification_approvals_open;
CREATE UNIQUE INDEX qualification_approvals_open
  ON qualification_approvals (tenant, centre, qualification)
  WHERE state IN ('applied', 'approved', 'suspended');
CREATE INDEX qualification_approvals_by_state
  ON qualification_approvals (tenant, state, centre, id);

-- What happened to an approval, and from which day it counts.
CREATE TABLE approval_changes (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  approval TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  day TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, approval, number)
);

CREATE TABLE approval_conditions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  approval TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  due_day TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  close_reason TEXT COLLATE "C" NOT NULL,
  closed_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, centre, approval, number)
);

-- By qualification, or 'default'.
CREATE TABLE approval_policies (
  tenant TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  answer_days BIGINT NOT NULL,
  fast_track_answer_days BIGINT NOT NULL,
  valid_days BIGINT NOT NULL,
  first_use_days BIGINT NOT NULL,
  planner_as_condition BIGINT NOT NULL,
  change_note TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, qualification, version)
);

-- Entries of national registers; `belongs_to` is "register/id" of another one, `facts` lines of a
-- name, a tab and a value.
CREATE TABLE register_entries (
  tenant TEXT COLLATE "C" NOT NULL,
  register TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  belongs_to TEXT COLLATE "C" NOT NULL,
  first_day TEXT COLLATE "C",
  last_day TEXT COLLATE "C",
  facts TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, register, id)
);
CREATE INDEX register_entries_of ON register_entries (tenant, register, belongs_to, id);

-- The folded words of title and code, for search by their beginnings.
CREATE TABLE register_words (
  tenant TEXT COLLATE "C" NOT NULL,
  register TEXT COLLATE "C" NOT NULL,
  entry TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, register, entry, word)
);
CREATE INDEX register_words_by_word ON register_words (tenant, register, word, entry);
