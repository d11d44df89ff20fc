-- What is due is found in its order, a few hundred at a time.
drop index rollups_open_by_end;
create index rollups_open_due on rollups_open (unit, end_at, point_id);
