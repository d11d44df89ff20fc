-- What a client may use at most, and from where their people may sign in; JSON.
alter table tenants add column quota text not null default '{}';
alter table tenants add column allow_list text not null default '[]';
