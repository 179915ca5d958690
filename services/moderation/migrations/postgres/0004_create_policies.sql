-- Versions of policies that a body made, on top of those that ship. Days are counted from 1970.
CREATE TABLE policy_versions (
  tenant TEXT NOT NULL,
  policy TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, policy, version)
);

-- Another one with every new version, so that whoever remembers a book sees that it is old.
CREATE TABLE policy_generations (
  tenant TEXT NOT NULL,
  generation TEXT NOT NULL,
  PRIMARY KEY (tenant)
);

-- On which days decisions were made by which version.
CREATE TABLE policy_uses (
  tenant TEXT NOT NULL,
  policy TEXT NOT NULL,
  day BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, policy, day, version)
);
INSERT INTO policy_uses (tenant, policy, day, version)
SELECT DISTINCT tenant, substr(name, 1, strpos(name, '@') - 1), created_at / 86400000000,
       CAST(substr(name, strpos(name, '@') + 1) AS BIGINT)
FROM (SELECT tenant, sampling_policy AS name, created_at FROM samples
      UNION ALL SELECT tenant, tolerance_policy, created_at FROM samples
      UNION ALL SELECT tenant, adjustment_policy, created_at FROM samples) AS uses
WHERE true
ON CONFLICT DO NOTHING;

-- What a component names besides its sampling, tolerance and adjustment policy.
CREATE TABLE component_policies (
  tenant TEXT NOT NULL,
  series TEXT NOT NULL,
  component TEXT NOT NULL,
  kind TEXT NOT NULL,
  policy TEXT NOT NULL,
  PRIMARY KEY (tenant, series, component, kind)
);
