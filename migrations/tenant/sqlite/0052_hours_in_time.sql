-- Hours are written for all points at once: in the order of time they share pages.
create table hours_in_time (
  start_at bigint not null,
  point_id bigint not null,
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
  primary key (start_at, point_id)
) without rowid;
insert into hours_in_time
  (start_at, point_id, n, nan_n, min, max, sum, mean, covered, first, last, first_at, last_at)
  select start_at, point_id, n, nan_n, min, max, sum, mean, covered, first, last, first_at, last_at
  from rollups_hour order by start_at, point_id;
drop table rollups_hour;
alter table hours_in_time rename to rollups_hour;
