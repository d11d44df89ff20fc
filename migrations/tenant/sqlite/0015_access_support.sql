-- A support grant is shown to the client at once: the access version moves when one is made.

create trigger support_grants_insert_moves_access after insert on support_grants begin
  insert into settings (key, value) values ('access_version', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text);
end;
