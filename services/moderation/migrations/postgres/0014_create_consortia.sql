-- Several centres that are one group (MOD-5): drawn, allocated, judged and released together. Their
-- submissions stay their own; the secret of the common draw is the group's.
CREATE TABLE consortia (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  secret BYTEA NOT NULL,
  secret_revealed BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, series, component, id)
);

ALTER TABLE submissions ADD COLUMN consortium TEXT NOT NULL DEFAULT '';
CREATE INDEX submissions_of_consortium ON submissions (tenant, series, component, consortium, id)
  WHERE consortium <> '';
CREATE INDEX submissions_consortium_load ON submissions (tenant, moderator)
  WHERE consortium <> '';

-- How many were drawn for the whole group, of whom a sample has its own centre's.
ALTER TABLE sample_draws ADD COLUMN group_count BIGINT NOT NULL DEFAULT 0;
