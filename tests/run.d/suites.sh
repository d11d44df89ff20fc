# The test suites, counted from what their own runners report.

run_rust_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    run_with_nextest "$1"
  else
    run_with_cargo_test "$1"
  fi
  run_doc_tests "$1"
}

run_with_nextest() {
  local report=target/nextest/default/junit.xml
  rm -f "$report"
  local outcome=0
  cargo nextest run --workspace --no-fail-fast --no-tests=pass ${1:+"$1"} || outcome=$?
  if [ ! -f "$report" ]; then
    if [ $outcome -ne 0 ]; then count 0 1; fi
    return
  fi
  local tests broken
  tests=$(grep -c '<testcase ' "$report" || true)
  broken=$(awk '/<testcase /{open=1} open && /<(failure|error)[ >]/{n++; open=0} END{print n+0}' "$report")
  count $((tests - broken)) "$broken"
  # A run that broke without a broken test is a failure of its own.
  if [ $outcome -ne 0 ] && [ "$broken" -eq 0 ]; then count 0 1; fi
  printf '\nThe slowest:\n'
  sed -n 's/.*<testcase name="\([^"]*\)".* time="\([0-9.]*\)".*/\2 s  \1/p' "$report" | sort -rn | sed -n '1,10p'
}

run_with_cargo_test() {
  local log=$work/cargo-test.log outcome=0
  cargo test --workspace --lib --bins --tests --no-fail-fast -- ${1:+"$1"} 2>&1 | tee "$log" || outcome=$?
  count_cargo_test "$log" $outcome
}

run_doc_tests() {
  local log=$work/doc-test.log outcome=0
  cargo test --quiet --workspace --doc --no-fail-fast -- ${1:+"$1"} >"$log" 2>&1 || outcome=$?
  if [ $outcome -ne 0 ]; then cat "$log"; fi
  count_cargo_test "$log" $outcome
}

# count_cargo_test LOG OUTCOME
count_cargo_test() {
  local ok broken
  ok=$(awk '/^test result:/{n+=$4} END{print n+0}' "$1")
  broken=$(awk '/^test result:/{n+=$6} END{print n+0}' "$1")
  count "$ok" "$broken"
  if [ "$2" -ne 0 ] && [ "$broken" -eq 0 ]; then count 0 1; fi
}

# The browser tests drive Debian's Chromium against a demo of the debug binary that the Rust tests built.
run_browser_tests() {
  if [ -n "$1" ] && ! grep -qF -- "$1" tests/e2e/*.test.mjs; then return; fi
  cargo test --quiet --workspace --no-run || { count 0 1; return; }
  local log=$work/browser.tap outcome=0
  VIGIE_BIN=$target/debug/vigie node tests/e2e/run.mjs "$log" ${1:+"$1"} || outcome=$?
  touch "$log"
  local ok broken
  ok=$(awk '/^# pass /{print $3}' "$log")
  broken=$(awk '/^# (fail|cancelled) /{n+=$3} END{print n+0}' "$log")
  count "${ok:-0}" "$broken"
  if [ $outcome -ne 0 ] && [ "$broken" -eq 0 ]; then count 0 1; fi
}

# Schemathesis asks the debug binary whatever the document of the API allows, and what it does not.
run_fuzzer() {
  local log=$work/fuzz.log outcome=0
  VIGIE_BIN=$target/debug/vigie node tests/fuzz/run.mjs "$fuzzer" "$log" || outcome=$?
  if [ $outcome -ne 0 ]; then tail -n 200 "$log"; fi
  return $outcome
}

# Every decoder of devices' messages, thrown at for a minute, all at once (docs/decisions/0022-fuzzing.md).
run_decoder_fuzzer() {
  # With the features of the whole workspace: what the Rust tests built is not built once more.
  cargo build --quiet --workspace --bin fuzz && "$target/debug/fuzz" --seconds "${VIGIE_FUZZ_SECONDS:-60}"
}
