-- What officers look at of declared employer involvement (EI-14). The secret is that of the next
-- draw: its SHA-256 is shown before there is anything to draw from.
CREATE TABLE planner_secrets (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  secret BYTEA NOT NULL,
  PRIMARY KEY (tenant, centre, planner)
);

CREATE TABLE declaration_samples (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  declaration BIGINT NOT NULL,
  policy TEXT COLLATE "C" NOT NULL,
  commitment TEXT COLLATE "C" NOT NULL,
  published TEXT COLLATE "C" NOT NULL,
  drawn_by TEXT COLLATE "C" NOT NULL,
  drawn_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, declaration)
);

CREATE TABLE evidence_checks (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  declaration BIGINT NOT NULL,
  item TEXT COLLATE "C" NOT NULL,
  in_order BIGINT,
  note TEXT COLLATE "C" NOT NULL,
  checked_by TEXT COLLATE "C" NOT NULL,
  checked_us BIGINT,
  PRIMARY KEY (tenant, centre, planner, declaration, item)
);
