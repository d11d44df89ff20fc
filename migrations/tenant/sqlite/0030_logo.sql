-- The picture of a client, on every page of their portal; at most one.
create table logos (
  id integer primary key check (id = 1),
  media_type text not null,
  content blob not null,
  changed_at bigint not null
);
