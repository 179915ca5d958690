-- What happened to planners: by which judgement one meets the requirements (EI-9), every declaration
-- with the version that was signed (EI-13), waived deadlines apart from rulings, and every decision on
-- a learner (EI-14). Days are texts, 2026-06-30.
ALTER TABLE planners ADD COLUMN met_planner TEXT NOT NULL DEFAULT '';
ALTER TABLE planners ADD COLUMN met_ruling INTEGER NOT NULL DEFAULT 0;
ALTER TABLE planners ADD COLUMN met_us INTEGER;
-- Version of the document that was last declared; 0: none.
ALTER TABLE planners ADD COLUMN declared_version INTEGER NOT NULL DEFAULT 0;
-- Version of the policy that gave the deadline; 0: opened before there were policies.
ALTER TABLE planners ADD COLUMN deadline_policy INTEGER NOT NULL DEFAULT 0;

UPDATE planners SET met_planner = id,
  met_ruling = (SELECT MIN(r.number) FROM planner_rulings r WHERE r.tenant = planners.tenant
    AND r.centre = planners.centre AND r.planner = planners.id AND r.outcome = 'meets'),
  met_us = (SELECT MIN(r.time_us) FROM planner_rulings r WHERE r.tenant = planners.tenant
    AND r.centre = planners.centre AND r.planner = planners.id AND r.outcome = 'meets')
WHERE EXISTS (SELECT 1 FROM planner_rulings r WHERE r.tenant = planners.tenant
  AND r.centre = planners.centre AND r.planner = planners.id AND r.outcome = 'meets');
UPDATE planners SET declared_version = COALESCE(
  (SELECT MAX(v.number) FROM planner_versions v WHERE v.tenant = planners.tenant
    AND v.centre = planners.centre AND v.planner = planners.id AND v.time_us <= planners.sign_us), 1)
WHERE sign_us IS NOT NULL;

CREATE TABLE planner_declarations (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  number INTEGER NOT NULL,
  document_version INTEGER NOT NULL,
  signed_by TEXT NOT NULL,
  position TEXT NOT NULL,
  declared_by TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
) WITHOUT ROWID;
INSERT INTO planner_declarations (tenant, centre, planner, number, document_version, signed_by,
  position, declared_by, time_us)
SELECT tenant, centre, id, declarations, declared_version, signed_by, position, '', sign_us
FROM planners WHERE sign_us IS NOT NULL;

CREATE TABLE planner_waivers (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  number INTEGER NOT NULL,
  previous_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  reason TEXT NOT NULL,
  officer TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
) WITHOUT ROWID;

-- `declaration` is the number of the last one when it was decided; 0: none.
CREATE TABLE planner_decisions (
  tenant TEXT NOT NULL,
  centre TEXT NOT NULL,
  planner TEXT NOT NULL,
  number INTEGER NOT NULL,
  enrolment TEXT NOT NULL,
  met INTEGER NOT NULL,
  reason TEXT NOT NULL,
  officer TEXT NOT NULL,
  declaration INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
) WITHOUT ROWID;
CREATE INDEX planner_decisions_by_enrolment
  ON planner_decisions (tenant, centre, enrolment, planner, number);

-- By when involvement is declared (EI-13), for planners whose last day is `effective_day` or later.
-- Version 1 ships.
CREATE TABLE involvement_policies (
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  effective_day TEXT NOT NULL,
  year_month INTEGER NOT NULL,
  deadline_month INTEGER NOT NULL,
  deadline_day INTEGER NOT NULL,
  period_days_max INTEGER NOT NULL,
  change_note TEXT NOT NULL,
  author TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, version)
) WITHOUT ROWID;
