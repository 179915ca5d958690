-- Replies of mutating calls, for repeats with the same request id. Times are Unix microseconds.
-- The request id leads the key: it alone nearly decides, so comparisons end early.
CREATE TABLE request_ids (
  request_id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  caller TEXT NOT NULL,
  method TEXT NOT NULL,
  body_hash BLOB NOT NULL,
  reply BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (request_id, tenant, caller, method)
);
CREATE INDEX request_ids_by_age ON request_ids (created_at);

-- AUTOINCREMENT: a number is never given twice, also after the newest rows were deleted.
-- A stream id ("1526919030474-55") is kept as two numbers, so that it compares as Redis does.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  trace TEXT NOT NULL,
  time BIGINT NOT NULL,
  payload BLOB NOT NULL,
  stream_ms BIGINT,
  stream_number BIGINT,
  published_at BIGINT
);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (stream_ms, stream_number) WHERE published_at IS NOT NULL;

CREATE TABLE relay_leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE claimed_events (
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  claimed_at BIGINT NOT NULL,
  PRIMARY KEY (consumer, event_id)
) WITHOUT ROWID;
CREATE INDEX claimed_events_by_age ON claimed_events (claimed_at);

CREATE TABLE dead_letters (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  trace TEXT NOT NULL,
  time BIGINT NOT NULL,
  payload BLOB NOT NULL,
  error TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  buried_at BIGINT NOT NULL,
  UNIQUE (consumer, event_id)
);
