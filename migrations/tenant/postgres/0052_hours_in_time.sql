-- Hours are written for all points at once: in the order of time they share pages.
alter table rollups_hour
  drop constraint rollups_hour_pkey,
  add primary key (start_at, point_id);
