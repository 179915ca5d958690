ALTER TABLE centres ADD COLUMN title_cy TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN other_names TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN region TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN authority TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN website TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN reference TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE centres ADD COLUMN merged_into TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What each file says of a centre. `origin` is the id of the row itself: another than the centre's
-- where two centres were merged (`merged`), or where another number found it.
CREATE TABLE centre_sources (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  facts TEXT COLLATE "C" NOT NULL,
  merged BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, source, origin)
);
CREATE INDEX centre_sources_of ON centre_sources (tenant, source, centre, origin);

-- What officers say of a centre; the last of a field counts.
CREATE TABLE centre_corrections (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  field TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  withdrawn BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, number)
);

-- Numbers, names and postcodes by which a row, or a duplicate, finds a centre.
CREATE TABLE centre_keys (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, centre, key)
);
CREATE INDEX centre_keys_by_key ON centre_keys (tenant, key, centre);
INSERT INTO centre_keys SELECT tenant, id, 'urn:' || urn FROM centres WHERE urn <> '';
INSERT INTO centre_keys SELECT tenant, id, 'ukprn:' || ukprn FROM centres WHERE ukprn <> '';
INSERT INTO centre_keys SELECT tenant, id, 'laestab:' || laestab FROM centres WHERE laestab <> '';

-- Pairs that may be one centre. `rank` is the negative score: the index gives the likeliest first.
CREATE TABLE centre_duplicates (
  tenant TEXT COLLATE "C" NOT NULL,
  first TEXT COLLATE "C" NOT NULL,
  second TEXT COLLATE "C" NOT NULL,
  score BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  reasons TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  decision_reason TEXT COLLATE "C" NOT NULL,
  decide_us BIGINT,
  PRIMARY KEY (tenant, first, second)
);
CREATE INDEX centre_duplicates_by_second ON centre_duplicates (tenant, second, first);
CREATE INDEX centre_duplicates_by_rank ON centre_duplicates (tenant, state, rank, first, second);

-- Each word by which a centre was ever found, once, and its forms with letters taken out.
CREATE TABLE search_words (
  tenant TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, word)
);
CREATE TABLE search_forms (
  tenant TEXT COLLATE "C" NOT NULL,
  form TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, form, word)
);
