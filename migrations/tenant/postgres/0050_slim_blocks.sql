-- Nobody reads the sums of a block: readers decode it, and spans have their rollups.
alter table blocks
  drop column min,
  drop column max,
  drop column sum,
  drop column first,
  drop column last;
