-- A moderator's submissions in the order in which they are listed (P11: however many others there are).
CREATE INDEX submissions_of_moderator
  ON submissions (tenant, moderator_subject, series, component, id);
