-- How a judgement's mapping was fitted, and what it left unexplained (MOD-11).
ALTER TABLE judgements ADD COLUMN method TEXT NOT NULL DEFAULT 'least-squares';

CREATE TABLE residuals (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  sample TEXT NOT NULL,
  judgement BIGINT NOT NULL,
  candidate TEXT NOT NULL,
  centre_mark BIGINT NOT NULL,
  moderator_mark BIGINT NOT NULL,
  result_mark BIGINT NOT NULL,
  unexplained REAL NOT NULL,
  PRIMARY KEY (tenant, submission, sample, judgement, candidate)
) WITHOUT ROWID;
