-- The due date of which somebody was reminded: once for each date (days since 1970-01-01).
alter table maintenance add column reminded_of bigint;
