-- Who signs in and how: steps of a sign-in, links that are mailed, second factors, tokens, other providers.

alter table users add column time_zone text;
alter table users add column number_format text;
alter table users add column date_format text;
alter table users add column email_verified_at bigint;
-- 64 random bytes under which passkeys know this user; made with the first one.
alter table users add column passkey_handle blob;

-- What is still missing before the session opens anything: 'second-factor', 'enrol', 'new-password'.
alter table sessions add column step text;
-- Whether a second factor was shown; carried from step to step.
alter table sessions add column second_factor boolean not null default false;

-- Links that are used once: only their SHA-256 is kept.
create table links (
  token_hash blob primary key,
  purpose text not null check (purpose in ('reset', 'verify', 'invite', 'register')),
  -- none for a registration: the user is made when the link is used
  user_id bigint references users (id) on delete cascade,
  email text not null,
  name text not null default '',
  role text check (role in ('admin', 'operator', 'member', 'viewer')),
  created_at bigint not null,
  expires_at bigint not null
);
create index links_by_user on links (user_id);

-- Mails that wait. The content is sealed: it may hold a link.
create table outbox (
  id integer primary key autoincrement,
  recipient text not null,
  sealed blob not null,
  tries bigint not null default 0,
  created_at bigint not null,
  next_try_at bigint not null,
  last_error text
);
create index outbox_by_turn on outbox (next_try_at);

-- People who may register by themselves, prepared by an administrator.
create table employees (
  email text primary key,
  role text not null check (role in ('admin', 'operator', 'member', 'viewer')),
  added_at bigint not null
);

-- One per user; it counts once it was confirmed. A code is accepted once: last_step.
create table totp_secrets (
  user_id bigint primary key references users (id) on delete cascade,
  sealed blob not null,
  created_at bigint not null,
  confirmed_at bigint,
  last_step bigint not null default 0
);

create table recovery_codes (
  user_id bigint not null references users (id) on delete cascade,
  code_hash blob not null,
  used_at bigint,
  primary key (user_id, code_hash)
);

create table passkeys (
  id integer primary key autoincrement,
  user_id bigint not null references users (id) on delete cascade,
  credential_id blob not null unique,
  name text not null,
  -- as webauthn_rp encodes them
  transports bigint not null,
  static_state blob not null,
  dynamic_state blob not null,
  created_at bigint not null,
  last_used_at bigint
);
create index passkeys_by_user on passkeys (user_id);

-- What the server remembers between the two halves of a passkey or provider sign-in;
-- bound to the browser by a cookie whose SHA-256 this is.
create table ceremonies (
  token_hash blob primary key,
  purpose text not null,
  user_id bigint references users (id) on delete cascade,
  state blob not null,
  expires_at bigint not null
);

-- One sign-in of a program: its refresh tokens follow each other; one used twice ends them all.
create table token_families (
  id integer primary key autoincrement,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  last_used_at bigint not null,
  expires_at bigint not null,
  address text,
  user_agent text
);
create index token_families_by_user on token_families (user_id);

create table refresh_tokens (
  token_hash blob primary key,
  family_id bigint not null references token_families (id) on delete cascade,
  created_at bigint not null,
  used_at bigint
);
create index refresh_tokens_by_family on refresh_tokens (family_id);

-- OpenID Connect; the client secret is sealed.
create table identity_providers (
  id integer primary key autoincrement,
  key text not null unique,
  name text not null,
  issuer text not null,
  client_id text not null,
  sealed_secret blob,
  -- JSON array of domains; empty: any
  allowed_domains text not null default '[]',
  role_claim text,
  -- JSON object: value of the claim -> role
  roles text not null default '{}',
  default_role text check (default_role in ('admin', 'operator', 'member', 'viewer')),
  enabled boolean not null default true,
  created_at bigint not null
);

create table identities (
  provider_id bigint not null references identity_providers (id) on delete cascade,
  subject text not null,
  user_id bigint not null references users (id) on delete cascade,
  created_at bigint not null,
  last_used_at bigint not null,
  primary key (provider_id, subject)
);
create index identities_by_user on identities (user_id);

-- A program whose sign-in ended is known no longer, whatever a node remembers.
create trigger token_families_delete_moves_access after delete on token_families begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;
