-- What each person is granted below their role; links that show one dashboard; who of the
-- platform's staff may look. The access version moves with everything a decision depends on.

create table user_sites (
  user_id bigint not null references users (id) on delete cascade,
  site_id bigint not null references sites (id) on delete cascade,
  primary key (user_id, site_id)
);

create table user_types (
  user_id bigint not null references users (id) on delete cascade,
  type_id bigint not null references equipment_types (id) on delete cascade,
  primary key (user_id, type_id)
);

-- The link carries 32 random bytes; only their SHA-256 is kept. Points: JSON list of ids.
create table share_links (
  id integer primary key autoincrement,
  token_hash blob not null unique,
  dashboard_id bigint not null,
  points text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  revoked_at bigint
);
create index share_links_by_dashboard on share_links (dashboard_id);

create table support_grants (
  id integer primary key autoincrement,
  staff_id bigint not null,
  staff_name text not null,
  staff_email text not null,
  reason text not null,
  token_hash blob not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  entered_at bigint,
  revoked_at bigint,
  revoked_by text
);

create trigger users_change_moves_access after update on users begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger users_delete_moves_access after delete on users begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger sessions_delete_moves_access after delete on sessions begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger api_keys_change_moves_access after update of scopes, expires_at, revoked_at on api_keys begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger api_keys_delete_moves_access after delete on api_keys begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger user_sites_insert_moves_access after insert on user_sites begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger user_sites_update_moves_access after update on user_sites begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger user_sites_delete_moves_access after delete on user_sites begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger user_types_insert_moves_access after insert on user_types begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger user_types_update_moves_access after update on user_types begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger user_types_delete_moves_access after delete on user_types begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger share_links_change_moves_access after update on share_links begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger share_links_delete_moves_access after delete on share_links begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger support_grants_change_moves_access after update of expires_at, revoked_at on support_grants begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;

create trigger support_grants_delete_moves_access after delete on support_grants begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;
