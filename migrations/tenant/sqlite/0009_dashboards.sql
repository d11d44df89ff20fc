-- Dashboards people arrange, and what was done to equipment.

create table dashboards (
  id integer primary key autoincrement,
  name text not null,
  -- none: a program made it, and it belongs to the client
  owner_id bigint references users (id) on delete cascade,
  shared boolean not null default false,
  -- JSON: see domain::dashboard
  layout text not null,
  version bigint not null default 1,
  created_at bigint not null,
  changed_at bigint not null
);
create index dashboards_by_owner on dashboards (owner_id);

create table maintenance (
  id integer primary key autoincrement,
  equipment_id bigint not null references equipment (id) on delete cascade,
  title text not null,
  notes text not null default '',
  -- days since 1970-01-01 on the calendar of the site
  due_on bigint,
  done_on bigint,
  -- user:7, and nothing else of them
  done_by text,
  created_by text not null,
  created_at bigint not null,
  version bigint not null default 1,
  reminded_at bigint
);
create index maintenance_by_equipment on maintenance (equipment_id, done_on);
create index maintenance_by_due on maintenance (due_on);

create table maintenance_files (
  id integer primary key autoincrement,
  maintenance_id bigint not null references maintenance (id) on delete cascade,
  name text not null,
  media_type text not null,
  content blob not null,
  size bigint not null,
  added_by text not null,
  added_at bigint not null
);
create index maintenance_files_by_maintenance on maintenance_files (maintenance_id);

create table equipment_service (
  equipment_id integer primary key references equipment (id) on delete cascade,
  contact_name text not null default '',
  contact_phone text not null default '',
  contact_email text not null default '',
  -- days since 1970-01-01
  warranty_until bigint,
  version bigint not null default 1
);
