-- The platform's own database: which clients there are and where their data lies.

create table tenants (
  id integer primary key autoincrement,
  slug text not null unique,
  name text not null,
  locale text not null,
  time_zone text not null,
  brand text not null default '{}',
  status text not null check (status in ('provisioning', 'active', 'suspended', 'removing')),
  database_url text not null,
  database_secret blob,
  retention_days bigint,
  created_at bigint not null
);

create table tenant_hosts (
  host text primary key,
  tenant_id bigint not null references tenants (id) on delete cascade
);

create table platform_changes (
  id integer primary key autoincrement,
  at bigint not null,
  actor text not null,
  what text not null,
  subject text not null,
  detail text not null
);
