-- A support grant is shown to the client at once: the access version moves when one is made.

create trigger support_grants_made_move_access after insert on support_grants
  for each statement execute function move_access_version();
