-- By which versions of the rules approvals were decided (QUAL-7), from which day a policy counts, and
-- everything that is due found by its day (NOT-3). Days are texts, 2026-06-30.
ALTER TABLE qualification_approvals ADD COLUMN applied_policy TEXT NOT NULL DEFAULT '';
ALTER TABLE qualification_approvals ADD COLUMN applied_policy_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE qualification_approvals ADD COLUMN applied_catalogue_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE qualification_approvals ADD COLUMN decided_policy TEXT NOT NULL DEFAULT '';
ALTER TABLE qualification_approvals ADD COLUMN decided_policy_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE qualification_approvals ADD COLUMN decided_catalogue_version INTEGER NOT NULL DEFAULT 0;

-- Until now a version counted from the moment at which it was set.
ALTER TABLE approval_policies ADD COLUMN effective_day TEXT NOT NULL DEFAULT '1970-01-01';
UPDATE approval_policies SET effective_day = strftime('%Y-%m-%d', time_us / 1000000, 'unixepoch');
ALTER TABLE approval_policies DROP COLUMN remind_days;

-- Conditions are reminded of as everything else that is due is: by due_notices.
DROP INDEX approval_conditions_open;
ALTER TABLE approval_conditions DROP COLUMN remind_day;
ALTER TABLE approval_conditions DROP COLUMN reminders;

ALTER TABLE restrictions ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE due_notices ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0;

CREATE INDEX approval_conditions_due ON approval_conditions (tenant, due_day, centre)
  WHERE state = 1;
CREATE INDEX review_actions_due ON review_actions (tenant, due_day, centre) WHERE close_us IS NULL;
CREATE INDEX qualification_approvals_expire_due
  ON qualification_approvals (tenant, expire_day, centre)
  WHERE state IN ('approved', 'suspended') AND expire_day IS NOT NULL;
CREATE INDEX qualification_approvals_first_use_due
  ON qualification_approvals (tenant, first_use_due_day, centre)
  WHERE state IN ('approved', 'suspended') AND first_use_due_day IS NOT NULL
    AND first_use_day IS NULL;
CREATE INDEX qualification_approvals_answer_due
  ON qualification_approvals (tenant, answer_due_day, centre)
  WHERE state = 'applied' AND answer_due_day IS NOT NULL;
