-- Oversight of centres: who came before and after, sites, staff (QUAL-6), conditions and sanctions
-- (QUAL-9), improvement actions, reminders that went out (NOT-3), and the timeline of all decisions.
CREATE INDEX centres_by_predecessor ON centres (tenant, predecessor_urn, id)
  WHERE predecessor_urn <> '';
CREATE INDEX centres_by_successor ON centres (tenant, successor_urn, id) WHERE successor_urn <> '';

-- What officers say; what national files say is in the centres' rows.
CREATE TABLE centre_links (
  tenant TEXT NOT NULL,
  predecessor TEXT NOT NULL,
  successor TEXT NOT NULL,
  reason TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, predecessor, successor)
) WITHOUT ROWID;
CREATE INDEX centre_links_back ON centre_links (tenant, successor, predecessor);

CREATE TABLE sites (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  address_lines TEXT NOT NULL,
  town TEXT NOT NULL,
  postcode TEXT NOT NULL,
  state INTEGER NOT NULL,
  open_day TEXT,
  close_day TEXT,
  state_reason TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;

CREATE TABLE staff (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX staff_by_subject ON staff (tenant, centre, subject) WHERE subject <> '';

CREATE TABLE staff_roles (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  staff TEXT NOT NULL,
  position INTEGER NOT NULL,
  role INTEGER NOT NULL,
  first_day TEXT NOT NULL,
  end_day TEXT,
  PRIMARY KEY (tenant, centre, staff, position)
) WITHOUT ROWID;

CREATE TABLE staff_competences (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  staff TEXT NOT NULL,
  id TEXT NOT NULL,
  qualification TEXT NOT NULL,
  kind INTEGER NOT NULL,
  level INTEGER NOT NULL,
  what TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state INTEGER NOT NULL,
  recorded_by TEXT NOT NULL,
  verified_by TEXT NOT NULL,
  verified_day TEXT,
  valid_until TEXT,
  revoke_reason TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, staff, id)
) WITHOUT ROWID;
CREATE INDEX staff_competences_due ON staff_competences (tenant, valid_until, centre)
  WHERE state = 1;

CREATE TABLE staff_conflicts (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  staff TEXT NOT NULL,
  id TEXT NOT NULL,
  with_whom TEXT NOT NULL,
  qualification TEXT NOT NULL,
  nature TEXT NOT NULL,
  declared_day TEXT NOT NULL,
  declared_by TEXT NOT NULL,
  resolved_day TEXT,
  resolution TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, staff, id)
) WITHOUT ROWID;

-- What a level limits is kept as it was said on the day: the levels are data and may change.
CREATE TABLE restrictions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  level TEXT NOT NULL,
  approval TEXT NOT NULL,
  qualification TEXT NOT NULL,
  learners_max INTEGER,
  registrations_stopped INTEGER NOT NULL,
  direct_claims_stopped INTEGER NOT NULL,
  certification_stopped INTEGER NOT NULL,
  reason TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT,
  closed INTEGER NOT NULL,
  officer TEXT NOT NULL,
  lift_reason TEXT NOT NULL,
  lifted_by TEXT NOT NULL,
  lift_us INTEGER,
  create_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
-- Those whose last day has passed and that nobody has closed yet.
CREATE INDEX restrictions_to_close ON restrictions (until_day) WHERE closed = 0;

CREATE TABLE centre_actions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  id TEXT NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  approval TEXT NOT NULL,
  state INTEGER NOT NULL,
  due_day TEXT NOT NULL,
  answer TEXT NOT NULL,
  evidence TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answer_us INTEGER,
  late INTEGER NOT NULL,
  feedback TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decide_us INTEGER,
  returns INTEGER NOT NULL,
  officer TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, id)
) WITHOUT ROWID;
CREATE INDEX centre_actions_due ON centre_actions (tenant, due_day, centre) WHERE state < 3;
CREATE INDEX planner_actions_due ON planner_actions (tenant, due_day, centre);
CREATE INDEX planners_due ON planners (tenant, declaration_deadline, centre)
  WHERE state IN (2, 6);
CREATE INDEX planner_rulings_due ON planner_rulings (tenant, deadline, centre)
  WHERE deadline IS NOT NULL;

-- Each reminder and escalation goes out once for an item and its day.
CREATE TABLE due_notices (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  item TEXT NOT NULL,
  due_day TEXT NOT NULL,
  days_left INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, item, due_day, days_left)
) WITHOUT ROWID;

-- Who decided what, when and why: written by the transaction that decided it.
CREATE TABLE centre_timeline (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  what TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  rule TEXT NOT NULL,
  PRIMARY KEY (tenant, centre, time_us, id)
) WITHOUT ROWID;
CREATE INDEX centre_timeline_of ON centre_timeline (tenant, centre, subject, time_us, id);

-- What was decided before there was a timeline.
INSERT INTO centre_timeline (tenant, centre, time_us, id, kind, subject, what, reason, actor, rule)
  SELECT tenant, centre, time_us, 'state-' || version, 1, 'centres/' || centre, state, reason, actor, ''
  FROM centre_states;
INSERT INTO centre_timeline (tenant, centre, time_us, id, kind, subject, what, reason, actor, rule)
  SELECT tenant, centre, time_us, 'ruling-' || planner || '-' || number, 7,
         'centres/' || centre || '/planners/' || planner, outcome, feedback, officer, ''
  FROM planner_rulings;
