# Private servers in "$work", each on a free port of the loopback.

server_pids=()

# free_port: below the range that outgoing connections take their ports from.
free_port() {
  local port
  while :; do
    port=$((15000 + RANDOM % 15000))
    (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || break
  done
  echo "$port"
}

# await TITLE LOG COMMAND…: until the command succeeds, at most 20 s.
await() {
  local title=$1 log=$2 deadline=$((SECONDS + 20))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ]; then
      cat "$log" >&2
      die "$title did not start"
    fi
    sleep 0.1
  done
}

# as_postgres COMMAND…: replaces this (sub)shell. PostgreSQL refuses to run as root; then somebody else runs it.
as_postgres() {
  cd /
  if [ "$(id -u)" -eq 0 ]; then
    exec setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups -- "$@"
  fi
  exec "$@"
}

# Passwords are checked (scram), so that a role of one client is as locked out as in production.
# Durability of this server itself is off: only its speed matters here; tests that kill a server start their own.
start_postgres() {
  local port folder=$work/postgres password=vigie-tests
  port=$(free_port)
  mkdir "$folder"
  postgres_user=$(id -un postgres 2>/dev/null || echo nobody)
  if [ "$(id -u)" -eq 0 ]; then chown "$postgres_user" "$folder"; fi
  printf '%s' "$password" >"$work/postgres.password"
  chmod 644 "$work/postgres.password"
  (as_postgres initdb --pgdata="$folder/data" --username=postgres --auth=scram-sha-256 \
    --pwfile="$work/postgres.password" --encoding=UTF8 --locale=C --no-sync) >"$work/postgres.log" 2>&1 ||
    { cat "$work/postgres.log" >&2; die "initdb failed"; }
  (as_postgres postgres -D "$folder/data" -c port="$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories="$folder" -c fsync=off -c full_page_writes=off \
    -c max_connections=400 -c shared_buffers=64MB) >>"$work/postgres.log" 2>&1 &
  server_pids+=($!)
  await PostgreSQL "$work/postgres.log" pg_isready -q -h 127.0.0.1 -p "$port"
  export VIGIE_TEST_POSTGRES=postgres://postgres:$password@127.0.0.1:$port/postgres
  export VIGIE_TEST_PG_BIN
  VIGIE_TEST_PG_BIN=$(dirname "$(command -v initdb)")
  echo "PostgreSQL on 127.0.0.1:$port"
}

start_redis() {
  local port
  port=$(free_port)
  redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$work" >"$work/redis.log" 2>&1 &
  server_pids+=($!)
  await Redis "$work/redis.log" redis-cli -p "$port" ping
  export VIGIE_TEST_REDIS=redis://127.0.0.1:$port
  echo "Redis on 127.0.0.1:$port"
}

start_mosquitto() {
  local port
  port=$(free_port)
  mkdir "$work/mosquitto"
  cat >"$work/mosquitto.conf" <<CONF
listener $port 127.0.0.1
allow_anonymous true
max_inflight_messages 1000
max_queued_messages 0
persistence true
persistence_location $work/mosquitto/
autosave_interval 1
autosave_on_changes true
$([ "$(id -u)" -ne 0 ] || echo "user root")
CONF
  mosquitto -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
  server_pids+=($!)
  await mosquitto "$work/mosquitto.log" mosquitto_pub -h 127.0.0.1 -p "$port" -t ready -m 1
  export VIGIE_TEST_MOSQUITTO=127.0.0.1:$port
  echo "mosquitto on 127.0.0.1:$port"
}

# Ends what this run started and nothing else. SIGINT is PostgreSQL's stop that does not wait for clients.
stop_servers() {
  local pid deadline=$((SECONDS + 10))
  for pid in "${server_pids[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${server_pids[@]}"; do
    while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
