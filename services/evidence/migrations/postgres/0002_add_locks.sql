-- What must not be deleted. A released lock stays as a row, so that an older word that comes late
-- does not set it again.
CREATE TABLE locks (
  tenant TEXT NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  holder TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  active BIGINT NOT NULL,
  until_us BIGINT,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject, holder)
);

-- What is left of a file that was deleted (EVD-5): neither its name nor what it proved.
CREATE TABLE deletions (
  tenant TEXT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  centre TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  uploader TEXT NOT NULL,
  create_us BIGINT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  deleted_by TEXT NOT NULL,
  delete_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
