-- From which addresses each API key came: a new one is an entry of the audit log.
create table api_key_places (
  key_id bigint not null references api_keys (id) on delete cascade,
  address text not null,
  first_seen_at bigint not null,
  primary key (key_id, address)
);
