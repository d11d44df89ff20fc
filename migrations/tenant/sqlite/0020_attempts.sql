-- Failed tries to get in, by account and by address: SHA-256 of what is guessed, or from where.
create table attempts (
  guesser blob primary key,
  failures bigint not null,
  -- no other try before this instant
  not_before bigint not null,
  last_at bigint not null
);
create index attempts_by_age on attempts (last_at);
