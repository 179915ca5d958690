-- Recording forms that centres have made to their own needs, and what was recorded on them (QUAL-8).
-- Days are texts, 2026-06-30.
CREATE TABLE recording_forms (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  changes TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  from_day TEXT COLLATE "C",
  until_day TEXT COLLATE "C",
  state_reason TEXT COLLATE "C" NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
ALTER TABLE achievements ADD COLUMN recording_form TEXT COLLATE "C" NOT NULL DEFAULT '';
