-- Nobody reads the sums of a block: readers decode it, and spans have their rollups.
create table slim_blocks (
  id integer primary key,
  point_id bigint not null,
  day bigint not null,
  part bigint not null,
  version bigint not null,
  t0 bigint not null,
  t1 bigint not null,
  n bigint not null,
  data blob not null,
  unique (point_id, day, part)
);
insert into slim_blocks (id, point_id, day, part, version, t0, t1, n, data)
  select id, point_id, day, part, version, t0, t1, n, data from blocks;
drop table blocks;
alter table slim_blocks rename to blocks;
