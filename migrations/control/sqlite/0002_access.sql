-- The platform's own staff, who sign in on the console.

create table staff (
  id integer primary key autoincrement,
  email text not null unique,
  name text not null,
  role text not null check (role in ('admin', 'support')),
  password_hash text not null,
  disabled boolean not null default false,
  created_at bigint not null
);

-- The cookie is 32 random bytes; only their SHA-256 is kept.
create table staff_sessions (
  token_hash blob primary key,
  staff_id bigint not null references staff (id) on delete cascade,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  address text,
  user_agent text
);
create index staff_sessions_by_staff on staff_sessions (staff_id);
