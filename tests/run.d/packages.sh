# What the tests need from the machine, installed when it is missing.

# Debian keeps servers outside of an ordinary PATH.
add_server_folders() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /usr/sbin; do
    if [ -d "$folder" ]; then PATH=$PATH:$folder; fi
  done
}

packages=()

# need COMMAND PACKAGE
need() {
  command -v "$1" >/dev/null 2>&1 || packages+=("$2")
}

install_missing_packages() {
  add_server_folders
  need cc build-essential
  need initdb postgresql
  need redis-server redis-server
  need mosquitto mosquitto
  need mosquitto_pub mosquitto-clients
  need mbpoll mbpoll
  need chromium chromium
  need node nodejs
  need npm npm
  need python3 python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
  if [ ${#packages[@]} -gt 0 ]; then apt_install "${packages[@]}"; fi
  add_server_folders
  require_node
  require_rust
}

# apt_install PACKAGE…: as root or through sudo; without either, the command to run.
apt_install() {
  local install="apt-get install -y --no-install-recommends $*"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      die "The tests need packages that are not installed. Run this, then tests/run again:" "  sudo apt-get update && sudo $install"
    fi
    as_root=(sudo)
  fi
  command -v apt-get >/dev/null || die "This machine has no apt-get; install what these Debian packages hold: $*"
  echo "installing $*"
  "${as_root[@]}" apt-get update -qq
  # shellcheck disable=SC2086 # the words of the command
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $install >"$work/apt.log" 2>&1 ||
    { cat "$work/apt.log" >&2; die "apt-get failed: $install"; }
}

require_node() {
  node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' ||
    die "Node $(node --version) is too old: install Node 18 or newer."
}

require_rust() {
  command -v cargo >/dev/null || die "Rust is missing. Install it, then run tests/run again:" \
    "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
  if ! cargo clippy --version >/dev/null 2>&1 || ! cargo fmt --version >/dev/null 2>&1; then
    rustup component add clippy rustfmt || die "clippy and rustfmt are missing: rustup component add clippy rustfmt"
  fi
  target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
}

# npm_install FOLDER: what its lock file says, unless it is there already.
npm_install() {
  local installed=$1/node_modules/.installed-from
  if ! cmp -s "$1/package-lock.json" "$installed"; then
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error
    cp "$1/package-lock.json" "$installed"
  fi
}

# Peers written by others: paho-mqtt, pymodbus and aiosmtpd in an environment of their own, oidc-provider and
# a BACnet client in tests/peers, the browser driver in tests/e2e.
install_test_clients() {
  local python=$target/test-clients/bin/python
  if ! "$python" -c 'import aiosmtpd, paho.mqtt, pymodbus, websockets' 2>/dev/null; then
    python3 -m venv "$target/test-clients"
    "$python" -m pip install --quiet --requirement tests/peers/requirements.txt
  fi
  export VIGIE_TEST_PYTHON=$python
  # pysparkplug wants an older paho-mqtt: an environment of its own
  local sparkplug=$target/sparkplug-client/bin/python
  if ! "$sparkplug" -c 'import pysparkplug' 2>/dev/null; then
    python3 -m venv "$target/sparkplug-client"
    "$sparkplug" -m pip install --quiet --requirement tests/peers/sparkplug.txt
  fi
  export VIGIE_TEST_SPARKPLUG=$sparkplug
  install_bacnet_peers
  npm_install tests/peers
  npm_install tests/e2e
  install_fuzzer
}

# Schemathesis, in an environment of its own.
install_fuzzer() {
  fuzzer=$target/test-fuzzer/bin/schemathesis
  if ! cmp -s tests/fuzz/requirements.txt "$target/test-fuzzer/.installed-from"; then
    python3 -m venv "$target/test-fuzzer"
    "$target/test-fuzzer/bin/python" -m pip install --quiet --requirement tests/fuzz/requirements.txt
    cp tests/fuzz/requirements.txt "$target/test-fuzzer/.installed-from"
  fi
}

# BACpypes3 and BAC0, BACnet stacks of others.
install_bacnet_peers() {
  local python=$target/bacnet-peers/bin/python
  if ! "$python" -c 'import bacpypes3, BAC0' 2>/dev/null; then
    python3 -m venv "$target/bacnet-peers"
    "$python" -m pip install --quiet --requirement tests/peers/bacnet-requirements.txt
  fi
  export VIGIE_BACNET_PYTHON=$python
}
