-- What must not be deleted. A released lock stays as a row, so that an older word that comes late
-- does not set it again.
CREATE TABLE locks (
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  holder TEXT NOT NULL,
  reason TEXT NOT NULL,
  active INTEGER NOT NULL,
  until_us INTEGER,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, subject, holder)
) WITHOUT ROWID;

-- What is left of a file that was deleted (EVD-5): neither its name nor what it proved.
CREATE TABLE deletions (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  centre TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  uploader TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  deleted_by TEXT NOT NULL,
  delete_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
