-- Who approved a recording form stays after somebody withdrew it (QUAL-8). Of one that was withdrawn
-- before, the timeline says who.
ALTER TABLE recording_forms ADD COLUMN approved_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE recording_forms ADD COLUMN approve_us BIGINT;
UPDATE recording_forms SET approved_by = officer, approve_us = update_us WHERE state = 1;
