-- The audit log: who did what, in a chain of hashes (docs/audit.md). Entries are added, never changed.

-- What was recorded before: the program chains it and empties this table.
alter table changes rename to changes_before_audit;

create table audit_log (
  id integer primary key,
  at bigint not null,
  actor text not null,
  action text not null,
  noun text not null,
  key text not null,
  detail text not null,
  who_digest blob,
  what_digest blob,
  hash blob not null
);
create index audit_log_by_time on audit_log (at);
create index audit_log_by_actor on audit_log (actor, id);
create index audit_log_by_subject on audit_log (noun, key, id);

-- What tells of persons; the log holds its digest, so that it can go.
create table audit_persons (
  entry bigint not null references audit_log (id),
  part text not null check (part in ('who', 'what')),
  person text not null,
  salt blob not null,
  content text not null,
  primary key (entry, part)
);
create index audit_persons_by_person on audit_persons (person);

-- How many entries there are; whoever adds one holds this row.
create table audit_head (
  one integer primary key check (one = 1),
  last bigint not null
);
insert into audit_head (one, last) values (1, 0);

create trigger audit_log_is_not_updated before update on audit_log
  begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_log_is_not_deleted before delete on audit_log
  begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_persons_only_go before update on audit_persons
  begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_head_stays before delete on audit_head
  begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_head_only_grows before update on audit_head when new.last < old.last
  begin select raise(abort, 'the audit log is append-only'); end;
