-- Who may command a point: JSON, null where it is only read.
alter table points add column command text;
alter table type_points add column command text;

-- A device whose own commands (admin/override) are obeyed.
alter table devices add column may_command boolean not null default false;

-- Values somebody wants points to take. A row is 'sent' before the connection gets it, so that
-- nothing is ever sent twice.
create table commands (
  id integer primary key autoincrement,
  point_id bigint not null references points (id) on delete cascade,
  -- null releases what was commanded before
  value double precision,
  state text not null check (state in ('pending', 'sent', 'confirmed', 'failed', 'cancelled')),
  -- why it failed: a stable word, and a sentence
  reason text,
  detail text,
  -- what the device said it is now
  read_back double precision,
  -- key of the connection that got it
  connection text,
  asked_by text not null,
  asked_at bigint not null,
  expires_at bigint not null,
  sent_at bigint,
  ended_at bigint,
  cancelled_by text,
  -- a word of who asked: the same word is the same command
  idempotency text,
  unique (asked_by, idempotency)
);
create index commands_by_point on commands (point_id, id);
create index commands_under_way on commands (id) where state in ('pending', 'sent');
