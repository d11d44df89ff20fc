-- Which number a point has among the objects of the client's BACnet device. It outlives the point,
-- so that no other ever gets it.
create table bacnet_objects (
  point_id bigint primary key,
  instance bigint not null unique check (instance between 1 and 4194302),
  made_at bigint not null
);

-- How often the objects of the device changed, and what they were then.
create table bacnet_revision (
  id integer primary key check (id = 1),
  number bigint not null,
  fingerprint bigint not null,
  changed_at bigint not null
);
