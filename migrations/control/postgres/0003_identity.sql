-- Keys that sign the access tokens of the API, sealed. A new one signs; the former ones still verify for a while.

create table signing_keys (
  kid text primary key,
  sealed bytea not null,
  public_key bytea not null,
  created_at bigint not null
);
