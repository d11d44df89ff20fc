-- Custom fields: what a client wants to know of sites and equipment beyond what every client does.
create table fields (
  id integer primary key autoincrement,
  noun text not null check (noun in ('site', 'equipment')),
  key text not null,
  name text not null,
  name_fr text,
  kind text not null,
  -- the words of a select, a JSON array
  options text not null default '[]',
  required boolean not null default false,
  searchable boolean not null default false,
  listed boolean not null default false,
  position bigint not null default 0,
  unique (noun, key)
);

-- Values, JSON; a field that goes takes its values along.
create table site_values (
  site_id bigint not null references sites (id) on delete cascade,
  field_id bigint not null references fields (id) on delete cascade,
  value text not null,
  primary key (site_id, field_id)
);
create table equipment_values (
  equipment_id bigint not null references equipment (id) on delete cascade,
  field_id bigint not null references fields (id) on delete cascade,
  value text not null,
  primary key (equipment_id, field_id)
);

-- Equipment that somebody does not want to hear of again.
alter table discovered add column ignored_at bigint;

-- Answers to requests that may be repeated; sealed, since some show a secret.
create table idempotency (
  caller text not null,
  key text not null,
  request_hash blob not null,
  status bigint,
  headers text,
  sealed blob,
  created_at bigint not null,
  primary key (caller, key)
);
create index idempotency_by_time on idempotency (created_at);
