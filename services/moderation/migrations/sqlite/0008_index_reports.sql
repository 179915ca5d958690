-- What a series report lists: the open, the waiting and the allocated of one series.
CREATE INDEX submissions_by_series ON submissions (tenant, series, state, submitted_at);
