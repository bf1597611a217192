# shellcheck shell=bash
# The demo: a hub of its own with one tenant, and the desktop app on a profile of its own. It adds to
# hub.sh only the app and its screen.

demo_verb() {
  local dir
  dir=$(data_folder)/demo
  case ${1:-start} in
    start) start_demo "$dir" ;;
    --stop) stop_demo "$dir" ;;
    --reset)
      stop_demo "$dir"
      remove_folder "$dir"
      ;;
    *) die "demo: no option '$1'" ;;
  esac
}

start_demo() {
  local dir=$1
  need_tools
  need_packages build hub run
  build_everything
  start_hub "$dir"
  ensure_tenant "$dir" demo "Daybook Demo"
  start_desktop "$dir"
  describe_demo "$dir"
}

stop_demo() {
  local dir=$1
  if desktop_runs "$dir"; then stop_process "$dir/desktop.pid"; fi
  rm -f "$dir/desktop.pid"
  stop_hub "$dir"
}

desktop_runs() {
  local pid
  pid=$(cat "$1/desktop.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

start_desktop() {
  local dir=$1
  if desktop_runs "$dir"; then return; fi
  step "The desktop app"
  export DAYBOOK_HOME=$dir/desktop
  install -d -m 0700 "$DAYBOOK_HOME"
  touch "$dir/sign-in.json"
  chmod 0600 "$dir/sign-in.json"
  describe_hub "$dir" | jq '{url, tenant, email: .admin_email, password: .admin_password}' \
    >"$dir/sign-in.json"
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ]; then
    setsid scripts/dev/desk.sh "$BIN" "$dir/sign-in.json" >>"$dir/desktop.log" 2>&1 </dev/null &
  else
    say "No desktop session here: the app runs in one of its own, on a virtual display."
    setsid scripts/dev/session.sh "$dir/session" scripts/dev/desk.sh "$BIN" "$dir/sign-in.json" \
      >>"$dir/desktop.log" 2>&1 </dev/null &
  fi
  echo $! >"$dir/desktop.pid"
}

describe_demo() {
  local dir=$1
  describe_hub "$dir" | jq -r --arg log "$dir/desktop.log" '
    "",
    "Sync server    \(.url)",
    "Tenant         \(.tenant)",
    "Administrator  \(.admin_email)",
    "Password       \(.admin_password)",
    "Log of the app \($log)",
    "Database       psql -h \(.pg_socket_dir) -U postgres",
    "",
    "./daybook-dev demo --stop ends it, --reset forgets it."'
}
