# shellcheck shell=bash
# A hub of one's own: a private Postgres, the hub on loopback, and one tenant. Everything it needs to
# remember lies in one folder; --reset removes that folder. It knows nothing of the desktop app.

# What this user's development data lies under. Root's must be reachable for user postgres.
data_folder() {
  if is_root; then
    echo /var/tmp/daybook-root
  else
    echo "${XDG_DATA_HOME:-$HOME/.local/share}/daybook-dev"
  fi
}

hub_verb() {
  local dir action=start
  dir=$(data_folder)/hub
  while [ $# -gt 0 ]; do
    case $1 in
      --dir)
        [ -n "${2:-}" ] || die "hub: --dir needs a folder"
        dir=$(cd "$CALLER_FOLDER" && readlink -m -- "$2")
        shift
        ;;
      --stop) action=stop ;;
      --reset) action=reset ;;
      *) die "hub: no option '$1'" ;;
    esac
    shift
  done
  case $action in
    start)
      need_tools
      need_packages hub
      build_hub
      start_hub "$dir"
      ensure_tenant "$dir" workshop Workshop
      describe_hub "$dir"
      ;;
    stop) stop_hub "$dir" ;;
    reset)
      stop_hub "$dir"
      remove_folder "$dir"
      ;;
  esac
}

# Makes the folder, or makes sure that nobody else made it: /var/tmp is open to all.
claim_folder() {
  local dir=$1
  if [ -e "$dir" ]; then
    if [ ! -d "$dir" ] || [ -L "$dir" ] || [ ! -O "$dir" ]; then
      die "$dir is not a folder of yours: choose another with --dir"
    fi
    if [ ! -e "$dir/.daybook-dev" ] && [ -n "$(ls -A "$dir")" ]; then
      die "$dir holds other things: choose an empty folder with --dir"
    fi
  fi
  if [ "$(dirname "$dir")" = "$(data_folder)" ]; then
    install -d -m 0755 "$(data_folder)"
    [ -O "$(data_folder)" ] || die "$(data_folder) belongs to somebody else: choose a folder with --dir"
  fi
  install -d -m 0755 "$dir"
  touch "$dir/.daybook-dev"
}

remove_folder() {
  local dir=$1
  [ -e "$dir" ] || return 0
  [ -e "$dir/.daybook-dev" ] || die "$dir was not made by daybook-dev, so it is not removed"
  rm -rf -- "$dir"
}

start_hub() {
  local dir=$1
  claim_folder "$dir"
  step "Postgres and the hub in $dir"
  scripts/dev/postgres.sh start "$dir/postgres"
  if [ ! -s "$dir/secret.key" ]; then (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$dir/secret.key"); fi
  if [ ! -s "$dir/hub.env" ]; then write_settings "$dir"; fi
  create_control_database "$dir"
  # A hub that runs from a program built anew since is started again.
  if hub_runs "$dir" && [ "$(readlink "/proc/$(cat "$dir/hub.pid")/exe")" != "$BIN/daybook-server" ]; then
    stop_process "$dir/hub.pid"
  fi
  if ! hub_runs "$dir"; then
    with_hub_settings "$dir" setsid "$BIN/daybook-server" serve >>"$dir/hub.log" 2>&1 </dev/null &
    echo $! >"$dir/hub.pid"
  fi
  wait_until_ready "$dir"
}

# Two free ports, chosen once, so that the addresses stay what people wrote down.
write_settings() {
  local dir=$1 ports
  ports=$(node -e '
    const net = require("node:net");
    const servers = [net.createServer(), net.createServer()];
    Promise.all(servers.map((s) => new Promise((done) => s.listen(0, "127.0.0.1", done)))).then(() => {
      console.log(servers.map((s) => s.address().port).join(" "));
      servers.forEach((s) => s.close());
    });')
  cat >"$dir/hub.env" <<SETTINGS
DAYBOOK_ENV=development
DAYBOOK_LISTEN=127.0.0.1:${ports% *}
DAYBOOK_LISTEN_PRIVATE=127.0.0.1:${ports#* }
DAYBOOK_SECRET_KEY_FILE=$dir/secret.key
DAYBOOK_CONTROL_DATABASE_URL=$(control_url "$dir")
SETTINGS
}

control_url() {
  local url
  url=$(scripts/dev/postgres.sh url "$1/postgres")
  echo "${url%/postgres}/daybook_control"
}

create_control_database() {
  local url
  url=$(scripts/dev/postgres.sh url "$1/postgres")
  if [ -z "$(psql "$url" -Atc "select 1 from pg_database where datname = 'daybook_control'")" ]; then
    psql "$url" -qc 'create database daybook_control'
  fi
}

# with_hub_settings DIR COMMAND... : settings of the caller's own shell do not leak in.
with_hub_settings() {
  local dir=$1 line settings=()
  shift
  while read -r line; do settings+=("$line"); done <"$dir/hub.env"
  for line in $(compgen -e DAYBOOK_ || true); do unset "$line"; done
  exec env "${settings[@]}" "$@"
}

# hub_command DIR WORDS... : a verb of daybook-server against this hub.
hub_command() {
  local dir=$1
  shift
  (with_hub_settings "$dir" "$BIN/daybook-server" "$@")
}

setting() { sed -n "s/^$2=//p" "$1/hub.env"; }

hub_runs() {
  local pid
  pid=$(cat "$1/hub.pid" 2>/dev/null) || return 1
  [[ "$(readlink "/proc/$pid/exe" 2>/dev/null)" == */daybook-server* ]]
}

wait_until_ready() {
  local dir=$1 url
  url=http://$(setting "$dir" DAYBOOK_LISTEN_PRIVATE)/readyz
  # Each try ends by itself; a hub that died is not waited for.
  for _ in $(seq 150); do
    if curl -fs --noproxy '*' --max-time 5 -o /dev/null "$url"; then return; fi
    hub_runs "$dir" || break
    sleep 0.2
  done
  tail -20 "$dir/hub.log" >&2
  die "the hub did not become ready; its log is $dir/hub.log"
}

stop_hub() {
  local dir=$1
  if [ ! -e "$dir/.daybook-dev" ]; then return; fi
  if hub_runs "$dir"; then stop_process "$dir/hub.pid"; fi
  rm -f "$dir/hub.pid"
  scripts/dev/postgres.sh stop "$dir/postgres"
}

# stop_process PIDFILE : asks it to end, and waits until it has.
stop_process() {
  local pid
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 150); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  die "process $pid does not end"
}

# ensure_tenant DIR SLUG NAME OPTIONS... : one tenant with its chart of accounts, currencies and units,
# made once. Its administrator accepts the invitation with a password made up here.
ensure_tenant() {
  local dir=$1 slug=$2 name=$3
  shift 3
  if [ -s "$dir/tenant.json" ]; then return; fi
  step "Tenant $slug"
  touch "$dir/tenant.invited" "$dir/tenant.new"
  chmod 0600 "$dir/tenant.invited" "$dir/tenant.new"
  hub_command "$dir" tenant create "$slug" --name "$name" --admin-email "admin@$slug.example" "$@" --json \
    >"$dir/tenant.invited" || die "the tenant could not be made; the hub's log is $dir/hub.log"
  # Secrets go through files and pipes: the arguments of a program can be seen by everyone.
  new_password | jq -R '{admin_password: .}' \
    | jq --slurpfile invited "$dir/tenant.invited" \
      '$invited[0] as $it | {tenant: $it.slug, admin_email: $it.admin_email} + .' >"$dir/tenant.new"
  jq --slurpfile invited "$dir/tenant.invited" \
    '{tenant, token: $invited[0].invitation_token, password: .admin_password}' "$dir/tenant.new" \
    | post "$dir" /api/v1/auth/invitation/accept \
    || die "the administrator could not accept the invitation; the hub's log is $dir/hub.log"
  rm "$dir/tenant.invited"
  mv "$dir/tenant.new" "$dir/tenant.json"
}

new_password() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }

# post DIR PATH : sends the JSON on standard input to the hub.
post() {
  curl -fsS --noproxy '*' --max-time 30 -H 'content-type: application/json' --data-binary @- \
    "http://$(setting "$1" DAYBOOK_LISTEN)$2"
}

describe_hub() {
  local dir=$1
  jq -c --arg url "http://$(setting "$dir" DAYBOOK_LISTEN)" --arg pg "$dir/postgres/run" \
    --argjson pid "$(cat "$dir/hub.pid")" \
    '{url: $url, tenant, admin_email, admin_password, pg_socket_dir: $pg, pid: $pid}' \
    "$dir/tenant.json"
}
