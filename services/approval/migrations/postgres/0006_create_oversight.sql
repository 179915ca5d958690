-- Oversight of centres: who came before and after, sites, staff (QUAL-6), conditions and sanctions
-- (QUAL-9), improvement actions, reminders that went out (NOT-3), and the timeline of all decisions.
CREATE INDEX centres_by_predecessor ON centres (tenant, predecessor_urn, id)
  WHERE predecessor_urn <> '';
CREATE INDEX centres_by_successor ON centres (tenant, successor_urn, id) WHERE successor_urn <> '';

-- What officers say; what national files say is in the centres' rows.
CREATE TABLE centre_links (
  tenant TEXT COLLATE "C" NOT NULL,
  predecessor TEXT COLLATE "C" NOT NULL,
  successor TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, predecessor, successor)
);
CREATE INDEX centre_links_back ON centre_links (tenant, successor, predecessor);

CREATE TABLE sites (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  address_lines TEXT COLLATE "C" NOT NULL,
  town TEXT COLLATE "C" NOT NULL,
  postcode TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  open_day TEXT COLLATE "C",
  close_day TEXT COLLATE "C",
  state_reason TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);

CREATE TABLE staff (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  display_name TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  first_day TEXT COLLATE "C" NOT NULL,
  last_day TEXT COLLATE "C",
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
CREATE UNIQUE INDEX staff_by_subject ON staff (tenant, centre, subject) WHERE subject <> '';

CREATE TABLE staff_roles (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  staff TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  role BIGINT NOT NULL,
  first_day TEXT COLLATE "C" NOT NULL,
  end_day TEXT COLLATE "C",
  PRIMARY KEY (tenant, centre, staff, position)
);

CREATE TABLE staff_competences (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  staff TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  kind BIGINT NOT NULL,
  level BIGINT NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  recorded_by TEXT COLLATE "C" NOT NULL,
  verified_by TEXT COLLATE "C" NOT NULL,
  verified_day TEXT COLLATE "C",
  valid_until TEXT COLLATE "C",
  revoke_reason TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, staff, id)
);
CREATE INDEX staff_competences_due ON staff_competences (tenant, valid_until, centre)
  WHERE state = 1;

CREATE TABLE staff_conflicts (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  staff TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  with_whom TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  nature TEXT COLLATE "C" NOT NULL,
  declared_day TEXT COLLATE "C" NOT NULL,
  declared_by TEXT COLLATE "C" NOT NULL,
  resolved_day TEXT COLLATE "C",
  resolution TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, staff, id)
);

-- What a level limits is kept as it was said on the day: the levels are data and may change.
CREATE TABLE restrictions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  kind BIGINT NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  approval TEXT COLLATE "C" NOT NULL,
  qualification TEXT COLLATE "C" NOT NULL,
  learners_max BIGINT,
  registrations_stopped BIGINT NOT NULL,
  direct_claims_stopped BIGINT NOT NULL,
  certification_stopped BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  from_day TEXT COLLATE "C" NOT NULL,
  until_day TEXT COLLATE "C",
  closed BIGINT NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  lift_reason TEXT COLLATE "C" NOT NULL,
  lifted_by TEXT COLLATE "C" NOT NULL,
  lift_us BIGINT,
  create_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
-- Those whose last day has passed and that nobody has closed yet.
CREATE INDEX restrictions_to_close ON restrictions (until_day) WHERE closed = 0;

CREATE TABLE centre_actions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  approval TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  due_day TEXT COLLATE "C" NOT NULL,
  answer TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  answered_by TEXT COLLATE "C" NOT NULL,
  answer_us BIGINT,
  late BIGINT NOT NULL,
  feedback TEXT COLLATE "C" NOT NULL,
  decided_by TEXT COLLATE "C" NOT NULL,
  decide_us BIGINT,
  returns BIGINT NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  update_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, id)
);
CREATE INDEX centre_actions_due ON centre_actions (tenant, due_day, centre) WHERE state < 3;
CREATE INDEX planner_actions_due ON planner_actions (tenant, due_day, centre);
CREATE INDEX planners_due ON planners (tenant, declaration_deadline, centre)
  WHERE state IN (2, 6);
CREATE INDEX planner_rulings_due ON planner_rulings (tenant, deadline, centre)
  WHERE deadline IS NOT NULL;

-- Each reminder and escalation goes out once for an item and its day.
CREATE TABLE due_notices (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  item TEXT COLLATE "C" NOT NULL,
  due_day TEXT COLLATE "C" NOT NULL,
  days_left BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, item, due_day, days_left)
);

-- Who decided what, when and why: written by the transaction that decided it.
CREATE TABLE centre_timeline (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  kind BIGINT NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  rule TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, centre, time_us, id)
);
CREATE INDEX centre_timeline_of ON centre_timeline (tenant, centre, subject, time_us, id);

-- What was decided before there was a timeline.
INSERT INTO centre_timeline (tenant, centre, time_us, id, kind, subject, what, reason, actor, rule)
  SELECT tenant, centre, time_us, 'state-' || version, 1, 'centres/' || centre, state, reason, actor, ''
  FROM centre_states;
INSERT INTO centre_timeline (tenant, centre, time_us, id, kind, subject, what, reason, actor, rule)
  SELECT tenant, centre, time_us, 'ruling-' || planner || '-' || number, 7,
         'centres/' || centre || '/planners/' || planner, outcome, feedback, officer, ''
  FROM planner_rulings;
