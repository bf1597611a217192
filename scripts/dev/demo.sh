# shellcheck shell=bash
# The demo: a hub of its own with one tenant, and the desktop app on a profile of its own. It adds to
# hub.sh only the app and its screen.

demo_verb() {
  local dir
  dir=$(data_folder)/demo
  case ${1:-start} in
    start) start_demo "$dir" ;;
    --stop)
      stop_demo "$dir"
      say "The demo is stopped; its data stays in $dir."
      ;;
    --reset)
      stop_demo "$dir"
      remove_folder "$dir"
      say "The demo is stopped and its data in $dir removed."
      ;;
    --help | -h) demo_usage ;;
    *)
      demo_usage >&2
      die "demo: no option '$1'"
      ;;
  esac
}

demo_usage() {
  cat <<'TEXT'
Usage: ./daybook-dev demo [OPTION]

  (none)     build all, start the hub with a demo tenant, open the desktop app; twice is fine
  --stop     end the app and the hub; their data stays
  --reset    end them and remove their data
  --help     this text

The addresses, the tenant and the passwords are printed; the data lies in /var/tmp/daybook-root/demo for root,
in ~/.local/share/daybook-dev/demo otherwise.
TEXT
}

start_demo() {
  local dir=$1
  need_tools
  need_packages build hub run
  build_everything
  start_hub "$dir"
  ensure_tenant "$dir" demo "Quayside Coffee Supply" --country GB --currency GBP --time-zone Europe/London
  ensure_colleague "$dir" demo sales "Sally Mercer"
  ensure_colleague "$dir" demo accountant "Arthur Pell"
  ensure_company "$dir" demo
  start_desktop "$dir"
  describe_demo "$dir"
}

# ensure_company DIR SLUG : a few hundred records that look real, entered once: what was changed in
# them since stays as it is.
ensure_company() {
  local dir=$1 slug=$2
  if [ -e "$dir/company.entered" ]; then return; fi
  step "Records of the demo's company"
  hub_command "$dir" tenant sample "$slug" --salesperson "sales@$slug.example" >&2 \
    || die "the demo's records could not be entered; where $dir was made by an older build," \
      "./daybook-dev demo --reset forgets it and ./daybook-dev demo makes it anew"
  touch "$dir/company.entered"
}

# ensure_colleague DIR SLUG ROLE NAME : one more user, named by the role, with a password made up here.
ensure_colleague() {
  local dir=$1 slug=$2 role=$3 name=$4 file
  file=$dir/colleague-$role.json
  if [ -s "$file" ]; then return; fi
  step "User $name ($role)"
  # An earlier start that was interrupted may have come as far as the password, or farther.
  if [ ! -s "$file.new" ]; then
    (umask 077 && new_password \
      | jq -R --arg email "$role@$slug.example" --arg role "$role" '{role: $role, email: $email, password: .}' \
        >"$file.new")
  fi
  (umask 077 && : >"$file.invited")
  if ! has_come_in "$dir" "$slug" "$role@$slug.example"; then
    hub_command "$dir" user invite "$slug" --email "$role@$slug.example" --name "$name" --role "$role" --json \
      >"$file.invited" || die "$name could not be invited"
    jq --arg tenant "$slug" --slurpfile invited "$file.invited" \
      '{tenant: $tenant, token: $invited[0].invitation_token, password}' "$file.new" \
      | post "$dir" /api/v1/auth/invitation/accept || die "$name could not accept the invitation"
  fi
  rm "$file.invited"
  mv "$file.new" "$file"
}

has_come_in() {
  hub_command "$1" user list "$2" --json \
    | jq -e --arg email "$3" 'any(.[]; .email == $email and .state == "active")' >/dev/null
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
  # The log tells the recovery code of this desk.
  touch "$dir/sign-in.json" "$dir/desktop.log"
  chmod 0600 "$dir/sign-in.json" "$dir/desktop.log"
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
  describe_hub "$dir" | jq -r --arg log "$dir/desktop.log" --arg bin "$BIN" \
    --slurpfile colleagues <(cat "$dir"/colleague-*.json) '
    "",
    "Sync server    \(.url)",
    "Tenant         \(.tenant)",
    "Administrator  \(.admin_email)",
    "Password       \(.admin_password)",
    ($colleagues[] | "Another user   \(.email), \(.role), password \(.password)"),
    "Log of the app \($log)",
    "Programs       \($bin)",
    "Database       psql -h \(.pg_socket_dir) -U postgres",
    "",
    "./daybook-dev demo --stop ends it, --reset forgets it."'
}
