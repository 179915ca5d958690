CREATE TABLE messages (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  event TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  subject TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
-- NOT-2: one event, one mailbox, one message.
CREATE UNIQUE INDEX messages_once ON messages (tenant, event, mailbox);
CREATE INDEX messages_by_mailbox ON messages (tenant, mailbox, id);

CREATE TABLE message_reads (
  tenant TEXT NOT NULL,
  message TEXT NOT NULL,
  reader TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, message, reader)
) WITHOUT ROWID;

CREATE TABLE contacts (
  tenant TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  email TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, mailbox)
) WITHOUT ROWID;

-- A job: waiting (1) ones are due at next_us, taken until lease_until_us by whoever
-- wrote lease; sent (2) and failed (3) ones rest.
CREATE TABLE deliveries (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  message TEXT NOT NULL,
  event TEXT NOT NULL,
  address TEXT NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_us INTEGER NOT NULL,
  lease TEXT NOT NULL,
  lease_until_us INTEGER NOT NULL,
  error TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
-- NOT-2: one event, one address, one e-mail.
CREATE UNIQUE INDEX deliveries_once ON deliveries (tenant, event, address);
CREATE INDEX deliveries_due ON deliveries (state, next_us);
