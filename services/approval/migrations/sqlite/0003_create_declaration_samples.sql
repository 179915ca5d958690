-- What officers look at of declared employer involvement (EI-14). The secret is that of the next
-- draw: its SHA-256 is shown before there is anything to draw from.
CREATE TABLE planner_secrets (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  secret BLOB NOT NULL,
  PRIMARY KEY (tenant, centre, planner)
) WITHOUT ROWID;

CREATE TABLE declaration_samples (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  declaration INTEGER NOT NULL,
  policy TEXT NOT NULL,
  commitment TEXT NOT NULL,
  published TEXT NOT NULL,
  drawn_by TEXT NOT NULL,
  drawn_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, planner, declaration)
) WITHOUT ROWID;

CREATE TABLE evidence_checks (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  declaration INTEGER NOT NULL,
  item TEXT NOT NULL,
  in_order INTEGER,
  note TEXT NOT NULL,
  checked_by TEXT NOT NULL,
  checked_us INTEGER,
  PRIMARY KEY (tenant, centre, planner, declaration, item)
) WITHOUT ROWID;
