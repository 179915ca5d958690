CREATE TABLE messages (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  event TEXT COLLATE "C" NOT NULL,
  mailbox TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
-- NOT-2: one event, one mailbox, one message.
CREATE UNIQUE INDEX messages_once ON messages (tenant, event, mailbox);
CREATE INDEX messages_by_mailbox ON messages (tenant, mailbox, id);

CREATE TABLE message_reads (
  tenant TEXT COLLATE "C" NOT NULL,
  message TEXT COLLATE "C" NOT NULL,
  reader TEXT COLLATE "C" NOT NULL,
  time_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, message, reader)
);

CREATE TABLE contacts (
  tenant TEXT COLLATE "C" NOT NULL,
  mailbox TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, mailbox)
);

-- A job: waiting (1) ones are due at next_us, taken until lease_until_us by whoever
-- wrote lease; sent (2) and failed (3) ones rest.
CREATE TABLE deliveries (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  message TEXT COLLATE "C" NOT NULL,
  event TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  state BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_us BIGINT NOT NULL,
  lease TEXT COLLATE "C" NOT NULL,
  lease_until_us BIGINT NOT NULL,
  error TEXT COLLATE "C" NOT NULL,
  create_us BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
-- NOT-2: one event, one address, one e-mail.
CREATE UNIQUE INDEX deliveries_once ON deliveries (tenant, event, address);
CREATE INDEX deliveries_due ON deliveries (state, next_us);
