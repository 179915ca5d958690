-- The further dates of a series, and when it is next looked through for what is missing (MOD-16).
ALTER TABLE series ADD COLUMN samples_due_at BIGINT;
ALTER TABLE series ADD COLUMN moderation_due_at BIGINT;
ALTER TABLE series ADD COLUMN results_due_at BIGINT;
ALTER TABLE series ADD COLUMN release_at BIGINT;
ALTER TABLE series ADD COLUMN checkpoint_policy TEXT NOT NULL DEFAULT '';
ALTER TABLE series ADD COLUMN next_checkpoint_at BIGINT;
UPDATE series SET next_checkpoint_at = 0 WHERE marks_due_at IS NOT NULL;
CREATE INDEX series_by_next_checkpoint ON series (next_checkpoint_at)
  WHERE next_checkpoint_at IS NOT NULL;

-- How far a checkpoint has come: up to the submission of these ids. A date that moves makes new
-- checkpoints, so the date is part of what it is.
CREATE TABLE checkpoints (
  tenant TEXT NOT NULL,
  series TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  due_at BIGINT NOT NULL,
  component TEXT COLLATE "C" NOT NULL,
  submission TEXT COLLATE "C" NOT NULL,
  notice_count BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (tenant, series, id, due_at)
);

-- One for each checkpoint and submission, whoever runs it and how often.
CREATE TABLE checkpoint_notices (
  tenant TEXT NOT NULL,
  series TEXT COLLATE "C" NOT NULL,
  checkpoint TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  submission BIGINT NOT NULL,
  raised_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, checkpoint, due_at, submission)
);

-- What is not finished, so that a list of what is missing skips the rest.
CREATE INDEX submissions_unfinished ON submissions (tenant, series, component, id)
  WHERE state < 5 OR (state = 5 AND missing_count > 0);
CREATE INDEX candidates_missing ON candidates (tenant, submission, candidate)
  WHERE mark IS NULL AND (flags & 3) = 0;
CREATE INDEX candidates_by_uln ON candidates (tenant, uln) WHERE uln <> '';
