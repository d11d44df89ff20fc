-- One client's database: who, where, what. Instants are microseconds since 1970 UTC.

create table sites (
  id integer primary key autoincrement,
  parent_id bigint references sites (id),
  key text not null unique,
  name text not null,
  address text,
  latitude real,
  longitude real,
  time_zone text not null,
  position bigint not null default 0,
  created_at bigint not null
);

create table equipment_types (
  id integer primary key autoincrement,
  key text not null unique,
  name text not null,
  name_fr text,
  icon text not null default 'device',
  brick_class text,
  haystack_tags text not null default '[]',
  bookable boolean not null default false
);

create table type_points (
  id integer primary key autoincrement,
  type_id bigint not null references equipment_types (id) on delete cascade,
  key text not null,
  name text not null,
  name_fr text,
  kind text not null check (kind in ('number', 'boolean', 'state')),
  unit text,
  states text not null default '{}',
  decimals bigint not null default 1,
  valid_min real,
  valid_max real,
  normal_min real,
  normal_max real,
  period_s bigint,
  position bigint not null default 0,
  unique (type_id, key)
);

create table equipment (
  id integer primary key autoincrement,
  site_id bigint not null references sites (id),
  parent_id bigint references equipment (id),
  type_id bigint not null references equipment_types (id),
  key text not null unique,
  name text not null,
  model text,
  serial text,
  note text,
  created_by text not null,
  created_at bigint not null
);
create index equipment_by_site on equipment (site_id);
create index equipment_by_type on equipment (type_id);

create table points (
  id integer primary key autoincrement,
  equipment_id bigint not null references equipment (id) on delete cascade,
  key text not null,
  name text not null,
  name_fr text,
  kind text not null check (kind in ('number', 'boolean', 'state')),
  unit text,
  states text not null default '{}',
  decimals bigint not null default 1,
  valid_min real,
  valid_max real,
  normal_min real,
  normal_max real,
  period_s bigint,
  position bigint not null default 0,
  created_at bigint not null,
  unique (equipment_id, key)
);

create table connections (
  id integer primary key autoincrement,
  key text not null unique,
  name text not null,
  protocol text not null,
  enabled boolean not null default true,
  config text not null,
  created_at bigint not null
);

-- AES-256-GCM: nonce (12 bytes) then ciphertext and tag; the associated data is the name.
create table secrets (
  name text primary key,
  key_id text not null,
  sealed blob not null,
  source text not null,
  updated_at bigint not null
);

-- Credentials of devices on the built-in MQTT endpoint; the user name is client/name.
create table devices (
  id integer primary key autoincrement,
  name text not null unique,
  secret_hash text not null,
  -- where a manifest says the secret comes from (env:NAME, file:PATH)
  secret_source text,
  created_at bigint not null,
  revoked_at bigint,
  last_seen_at bigint
);

create table users (
  id integer primary key autoincrement,
  email text not null unique,
  name text not null,
  password_hash text,
  -- where a manifest says the first password comes from (env:NAME, file:PATH)
  password_source text,
  role text not null check (role in ('admin', 'operator', 'member', 'viewer')),
  locale text,
  theme text,
  must_change_password boolean not null default false,
  disabled boolean not null default false,
  created_at bigint not null
);

-- The cookie is 32 random bytes; only their SHA-256 is kept.
create table sessions (
  token_hash blob primary key,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  address text,
  user_agent text
);
create index sessions_by_user on sessions (user_id);

create table api_keys (
  id integer primary key autoincrement,
  name text not null unique,
  prefix text not null,
  secret_hash blob not null unique,
  scopes text not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);

-- Equipment that spoke but is not in the model: to be adopted or ignored.
create table discovered (
  equipment_key text not null,
  connection_key text not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  n bigint not null,
  point_keys text not null,
  excerpt text not null,
  primary key (equipment_key, connection_key)
);

create table reject_counts (
  connection_key text not null,
  reason text not null,
  n bigint not null,
  last_at bigint not null,
  primary key (connection_key, reason)
);

-- The newest refusals, to look at; the writer keeps at most 500.
create table rejects (
  id integer primary key autoincrement,
  at bigint not null,
  connection_key text not null,
  reason text not null,
  source text not null,
  detail text not null,
  excerpt blob not null
);

create table settings (
  key text primary key,
  value text not null
);

create table changes (
  id integer primary key autoincrement,
  at bigint not null,
  actor text not null,
  what text not null,
  subject text not null,
  detail text not null
);
create index changes_by_time on changes (at);
