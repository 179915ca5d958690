-- What happened to planners: by which judgement one meets the requirements (EI-9), every declaration
-- with the version that was signed (EI-13), waived deadlines apart from rulings, and every decision on
-- a learner (EI-14). Days are texts, 2026-06-30.
ALTER TABLE planners ADD COLUMN met_planner TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE planners ADD COLUMN met_ruling BIGINT NOT NULL DEFAULT 0;
ALTER TABLE planners ADD COLUMN met_us BIGINT;
-- Version of the document that was last declared; 0: none.
ALTER TABLE planners ADD COLUMN declared_version BIGINT NOT NULL DEFAULT 0;
-- Version of the policy that gave the deadline; 0: opened before there were policies.
ALTER TABLE planners ADD COLUMN deadline_policy BIGINT NOT NULL DEFAULT 0;

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
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  document_version BIGINT NOT NULL,
  signed_by TEXT COLLATE "C" NOT NULL,
  position TEXT COLLATE "C" NOT NULL,
  declared_by TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
);
INSERT INTO planner_declarations (tenant, centre, planner, number, document_version, signed_by,
  position, declared_by, time_us)
SELECT tenant, centre, id, declarations, declared_version, signed_by, position, '', sign_us
FROM planners WHERE sign_us IS NOT NULL;

CREATE TABLE planner_waivers (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  previous_day TEXT COLLATE "C" NOT NULL,
  until_day TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
);

-- `declaration` is the number of the last one when it was decided; 0: none.
CREATE TABLE planner_decisions (
  tenant TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  planner TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL,
  enrolment TEXT COLLATE "C" NOT NULL,
  met BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  officer TEXT COLLATE "C" NOT NULL,
  declaration BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, centre, planner, number)
);
CREATE INDEX planner_decisions_by_enrolment
  ON planner_decisions (tenant, centre, enrolment, planner, number);

-- By when involvement is declared (EI-13), for planners whose last day is `effective_day` or later.
-- Version 1 ships.
CREATE TABLE involvement_policies (
  tenant TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  effective_day TEXT COLLATE "C" NOT NULL,
  year_month BIGINT NOT NULL,
  deadline_month BIGINT NOT NULL,
  deadline_day BIGINT NOT NULL,
  period_days_max BIGINT NOT NULL,
  change_note TEXT COLLATE "C" NOT NULL,
  author TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, version)
);
