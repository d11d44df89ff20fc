-- The picture of a client, on every page of their portal; at most one.
create table logos (
  id bigint primary key check (id = 1),
  media_type text not null,
  content bytea not null,
  changed_at bigint not null
);
