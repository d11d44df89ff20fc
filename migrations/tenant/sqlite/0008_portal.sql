-- What people keep for themselves and write on charts.

-- A list somebody comes back to: the query of its address under a name.
create table saved_filters (
  id integer primary key autoincrement,
  user_id bigint not null references users (id) on delete cascade,
  name text not null,
  query text not null,
  created_at bigint not null,
  unique (user_id, name)
);

-- A remark at an instant of an equipment; it stays without its author.
create table annotations (
  id integer primary key autoincrement,
  equipment_id bigint not null references equipment (id) on delete cascade,
  at bigint not null,
  text text not null,
  author_id bigint references users (id) on delete set null,
  created_at bigint not null,
  changed_at bigint not null
);
create index annotations_by_equipment on annotations (equipment_id, at);
create index annotations_by_author on annotations (author_id);
