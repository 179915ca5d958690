-- Who still owes a mark is asked of cohorts of which few do (P11: lists stay flat).
CREATE INDEX candidates_missing ON candidates (tenant, submission, candidate) WHERE mark IS NULL;
