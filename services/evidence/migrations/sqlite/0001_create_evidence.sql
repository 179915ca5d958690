CREATE TABLE evidence (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  centre TEXT NOT NULL,
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  purpose INTEGER NOT NULL,
  uploader TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX evidence_by_centre ON evidence (tenant, centre, id);
CREATE INDEX evidence_by_content ON evidence (tenant, sha256);

-- submission is the part of the subject that a moderator's allocation names, or ''.
CREATE TABLE links (
  tenant TEXT NOT NULL,
  evidence TEXT NOT NULL,
  subject TEXT NOT NULL,
  submission TEXT NOT NULL,
  PRIMARY KEY (tenant, evidence, subject)
) WITHOUT ROWID;
CREATE INDEX links_by_subject ON links (tenant, subject, evidence);
CREATE INDEX links_by_submission ON links (tenant, submission, evidence);

-- One moderator per submission; event_us keeps an older event from undoing a newer one.
CREATE TABLE allocations (
  tenant TEXT NOT NULL,
  submission TEXT NOT NULL,
  reader TEXT NOT NULL,
  event_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, submission)
) WITHOUT ROWID;

CREATE INDEX allocations_by_reader ON allocations (tenant, reader, submission);

CREATE TABLE accesses (
  tenant TEXT NOT NULL,
  evidence TEXT NOT NULL,
  id TEXT NOT NULL,
  reader TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  trace TEXT NOT NULL,
  PRIMARY KEY (tenant, evidence, id)
) WITHOUT ROWID;
