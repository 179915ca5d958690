-- What a draw knew and showed: the facts that it was made with, what it covers and why not, the
-- steps in which it is judged, and the entries that names were drawn from before marks (MOD-5).
CREATE TABLE sample_draws (
  tenant TEXT NOT NULL,
  submission BIGINT NOT NULL,
  sample TEXT NOT NULL,
  facts TEXT NOT NULL,
  facts_hash TEXT NOT NULL,
  entries TEXT NOT NULL,
  names_only BIGINT NOT NULL,
  consortium TEXT NOT NULL,
  coverage TEXT NOT NULL,
  steps TEXT NOT NULL,
  not_drawn TEXT NOT NULL,
  rank_gap_max BIGINT NOT NULL,
  explanation TEXT NOT NULL,
  PRIMARY KEY (tenant, submission, sample)
) WITHOUT ROWID;
