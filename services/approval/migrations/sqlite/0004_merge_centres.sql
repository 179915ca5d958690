ALTER TABLE centres ADD COLUMN title_cy TEXT NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN other_names TEXT NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN authority TEXT NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN website TEXT NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';

-- What each file says of a centre. `origin` is the id of the row itself: another than the centre's
-- where two centres were merged (`merged`), or where another number found it.
CREATE TABLE centre_sources (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  source TEXT NOT NULL,
  origin TEXT NOT NULL,
  facts TEXT NOT NULL,
  merged INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, source, origin)
) WITHOUT ROWID;
CREATE INDEX centre_sources_of ON centre_sources (tenant, source, centre, origin);

-- What officers say of a centre; the last of a field counts.
CREATE TABLE centre_corrections (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  number INTEGER NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  reason TEXT NOT NULL,
  officer TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, number)
) WITHOUT ROWID;

-- Numbers, names and postcodes by which a row, or a duplicate, finds a centre.
CREATE TABLE centre_keys (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (tenant, centre, key)
) WITHOUT ROWID;
CREATE INDEX centre_keys_by_key ON centre_keys (tenant, key, centre);
INSERT INTO centre_keys SELECT tenant, id, 'urn:' || urn FROM centres WHERE urn <> '';
INSERT INTO centre_keys SELECT tenant, id, 'ukprn:' || ukprn FROM centres WHERE ukprn <> '';
INSERT INTO centre_keys SELECT tenant, id, 'laestab:' || laestab FROM centres WHERE laestab <> '';

-- Pairs that may be one centre. `rank` is the negative score: the index gives the likeliest first.
CREATE TABLE centre_duplicates (
  tenant TEXT NOT NULL,
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  score INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  reasons TEXT NOT NULL,
  state INTEGER NOT NULL,
  officer TEXT NOT NULL,
  decision_reason TEXT NOT NULL,
  decide_us INTEGER,
  PRIMARY KEY (tenant, first, second)
) WITHOUT ROWID;
CREATE INDEX centre_duplicates_by_second ON centre_duplicates (tenant, second, first);
CREATE INDEX centre_duplicates_by_rank ON centre_duplicates (tenant, state, rank, first, second);

-- Each word by which a centre was ever found, once, and its forms with letters taken out.
CREATE TABLE search_words (
  tenant TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (tenant, word)
) WITHOUT ROWID;
CREATE TABLE search_forms (
  tenant TEXT NOT NULL,
  form TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (tenant, form, word)
) WITHOUT ROWID;
