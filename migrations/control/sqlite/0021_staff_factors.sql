-- Second factors of the staff. The number of a member of the staff stands in user_id, so that
-- one text serves this database and those of clients.
create table totp_secrets (
  user_id bigint primary key references staff (id) on delete cascade,
  sealed blob not null,
  created_at bigint not null,
  confirmed_at bigint,
  last_step bigint not null default 0
);

create table recovery_codes (
  user_id bigint not null references staff (id) on delete cascade,
  code_hash blob not null,
  used_at bigint,
  primary key (user_id, code_hash)
);

-- What is still missing before the session opens anything: 'second-factor'.
alter table staff_sessions add column step text;
