# What passed, what failed, and how long each part took.

passed=0
failed=0
step_name=
step_started=0
timings=()

# step NAME: closes the part before and opens the next one; without a name it only closes.
step() {
  [ -z "$step_name" ] || timings+=("$((SECONDS - step_started)) s  $step_name")
  step_name=${1-}
  step_started=$SECONDS
  [ -z "$step_name" ] || printf '\n== %s\n' "$step_name"
}

# count PASSED FAILED
count() {
  passed=$((passed + $1))
  failed=$((failed + $2))
}

# check NAME COMMAND…: one check, counted like one test.
check() {
  local title=$1
  shift
  if "$@"; then
    echo "PASS $title"
    count 1 0
  else
    echo "FAIL $title"
    count 0 1
  fi
}

# die TEXT…: what to do, and the end.
die() {
  printf '%s\n' "$@" >&2
  exit 1
}

print_timings() {
  printf '\n== Time\n'
  printf '%s\n' "${timings[@]}"
}

# conclude: the one last line, and the exit code that goes with it. Nothing run is a failure.
conclude() {
  [ $((passed + failed)) -gt 0 ] || echo "no test has \"$name\" in its name" >&2
  echo "$passed passed, $failed failed"
  [ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
}
