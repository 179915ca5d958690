-- The grade of graded work (MOD-2) and the learner's national number (QUAL-10); empty: not given.
ALTER TABLE candidates ADD COLUMN grade TEXT NOT NULL DEFAULT '';
ALTER TABLE candidates ADD COLUMN uln TEXT NOT NULL DEFAULT '';
