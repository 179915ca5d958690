-- Recording forms that centres have made to their own needs, and what was recorded on them (QUAL-8).
-- Days are texts, 2026-06-30.
CREATE TABLE recording_forms (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  qualification TEXT NOT NULL,
  title TEXT NOT NULL,
  changes TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state INTEGER NOT NULL,
  from_day TEXT,
  until_day TEXT,
  state_reason TEXT NOT NULL,
  officer TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
ALTER TABLE achievements ADD COLUMN recording_form TEXT NOT NULL DEFAULT '';
