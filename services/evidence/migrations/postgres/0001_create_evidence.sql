CREATE TABLE evidence (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  centre TEXT COLLATE "C" NOT NULL,
  filename TEXT COLLATE "C" NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL,
  purpose BIGINT NOT NULL,
  uploader TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX evidence_by_centre ON evidence (tenant, centre, id);
CREATE INDEX evidence_by_content ON evidence (tenant, sha256);

-- submission is the part of the subject that a moderator's allocation names, or ''.
CREATE TABLE links (
  tenant TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  submission TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, evidence, subject)
);
CREATE INDEX links_by_subject ON links (tenant, subject, evidence);
CREATE INDEX links_by_submission ON links (tenant, submission, evidence);

-- One moderator per submission; event_us keeps an older event from undoing a newer one.
CREATE TABLE allocations (
  tenant TEXT COLLATE "C" NOT NULL,
  submission TEXT COLLATE "C" NOT NULL,
  reader TEXT COLLATE "C" NOT NULL,
  event_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, submission)
);

CREATE INDEX allocations_by_reader ON allocations (tenant, reader, submission);

CREATE TABLE accesses (
  tenant TEXT COLLATE "C" NOT NULL,
  evidence TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  reader TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  trace TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, evidence, id)
);
