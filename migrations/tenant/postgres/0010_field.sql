-- What a manifest made (--prune removes nobody else), and points that are gone while their
-- samples are not yet.

create table manifest_marks (
  noun text not null,
  name text not null,
  primary key (noun, name)
);

create table removed_points (
  point_id bigint primary key
);

create function note_removed_point() returns trigger language plpgsql as $$
begin
  insert into removed_points (point_id) values (old.id) on conflict do nothing;
  return null;
end $$;
create trigger points_removed after delete on points
  for each row execute function note_removed_point();
