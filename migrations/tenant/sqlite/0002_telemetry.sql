-- The time series of one client. Blobs are described in docs/format.md; instants
-- are microseconds since 1970 UTC, days are UTC days since 1970-01-01.

-- Who may write: a writer whose epoch is not this one is fenced off.
create table telemetry_writer (
  id bigint primary key check (id = 1),
  epoch bigint not null,
  merged_seq bigint not null
);
insert into telemetry_writer (id, epoch, merged_seq) values (1, 0, 0);

-- What is committed and not yet in blocks: one row per flush.
create table journal (
  seq bigint primary key,
  epoch bigint not null,
  source text not null,
  source_seq bigint not null,
  t_min bigint not null,
  t_max bigint not null,
  n bigint not null,
  data blob not null,
  unique (source, source_seq)
);

-- Deletions not yet merged; they never touch a journal row with a higher seq.
create table tombstones (
  seq bigint primary key,
  point_id bigint,
  from_at bigint not null,
  until_at bigint not null
);

-- One point, one UTC day, parts in the order of time. A block holds everything
-- up to the seq in version that is not in the tombstones.
create table blocks (
  id integer primary key,
  point_id bigint not null,
  day bigint not null,
  part bigint not null,
  version bigint not null,
  t0 bigint not null,
  t1 bigint not null,
  n bigint not null,
  min real,
  max real,
  sum real,
  first real,
  last real,
  data blob not null,
  unique (point_id, day, part)
);

-- Sums of one UTC hour. mean is weighted by how long each value stood between
-- the first and the last sample; covered is that time in microseconds.
create table rollups_hour (
  point_id bigint not null,
  start_at bigint not null,
  n bigint not null,
  nan_n bigint not null,
  min real,
  max real,
  sum real,
  mean real,
  covered bigint not null,
  first real,
  last real,
  first_at bigint not null,
  last_at bigint not null,
  primary key (point_id, start_at)
) without rowid;

-- The hours of a UTC day that is over, once more in one blob: a chart of many points reads
-- a day at a time. Written from rollups_hour, which stays the truth; a day that is marked
-- in rollups_open is read from there.
create table hours_packed (
  point_id bigint not null,
  day bigint not null,
  data blob not null,
  primary key (point_id, day)
);

-- The same for calendar days and months of the point's time zone that are over.
create table rollups_day (
  point_id bigint not null,
  start_at bigint not null,
  end_at bigint not null,
  n bigint not null,
  nan_n bigint not null,
  min real,
  max real,
  sum real,
  mean real,
  covered bigint not null,
  first real,
  last real,
  first_at bigint not null,
  last_at bigint not null,
  primary key (point_id, start_at)
) without rowid;

create table rollups_month (
  point_id bigint not null,
  start_at bigint not null,
  end_at bigint not null,
  n bigint not null,
  nan_n bigint not null,
  min real,
  max real,
  sum real,
  mean real,
  covered bigint not null,
  first real,
  last real,
  first_at bigint not null,
  last_at bigint not null,
  primary key (point_id, start_at)
) without rowid;

-- What is derived from hours and was not derived again since they changed: days,
-- months, and hours_packed.
create table rollups_open (
  unit text not null check (unit in ('hours', 'day', 'month')),
  point_id bigint not null,
  start_at bigint not null,
  end_at bigint not null,
  primary key (unit, point_id, start_at)
) without rowid;
create index rollups_open_by_end on rollups_open (end_at);

-- The newest sample of each point as of the last merge. bits is the value bit
-- for bit; merged_until is no earlier than the newest sample in its blocks.
create table latest (
  point_id bigint primary key,
  at bigint not null,
  value real,
  bits bigint not null,
  quality bigint not null,
  merged_until bigint not null
);
