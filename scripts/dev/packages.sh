# shellcheck shell=bash
# The Debian packages each purpose needs, and how they get onto the machine: root installs them,
# an ordinary user is shown the one line that root must run. Nothing else here installs anything.

packages_for() {
  case $1 in
    build) echo build-essential pkg-config libssl-dev libclang-dev libwebkit2gtk-4.1-dev librsvg2-dev ;;
    check) echo shellcheck ;;
    hub) echo build-essential pkg-config libssl-dev postgresql jq curl ;;
    run) echo xvfb xauth dbus gnome-keyring fonts-dejavu-core fonts-liberation ;;
    test) echo redis-server libfaketime webkit2gtk-driver libsecret-tools imagemagick xdotool poppler-utils "$(chromium_package)" ;;
    *) die "no package list for '$1'" ;;
  esac
}

# Ubuntu has no package "chromium".
chromium_package() {
  if grep -qs '^ID=ubuntu' /etc/os-release; then echo chromium-browser; else echo chromium; fi
}

missing_packages() {
  local name state
  for name in "$@"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
    if [ "$state" != installed ]; then echo "$name"; fi
  done | sort -u
}

# need_packages PURPOSE... : returns once everything is installed, or ends the program.
need_packages() {
  local purpose wanted=() missing=()
  command -v dpkg-query >/dev/null || die "only Debian and Ubuntu are set up by this script: install the packages of scripts/dev/packages.sh by your system's means"
  for purpose in "$@"; do
    # Package names hold no blanks: the list is split on purpose.
    # shellcheck disable=SC2207
    wanted+=($(packages_for "$purpose"))
  done
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  if ! is_root; then
    say "These Debian packages are missing. Let root run this line, then try again:"
    say ""
    say "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    say ""
    exit 1
  fi
  say "Installing: ${missing[*]}"
  avoid_default_cluster "${missing[@]}"
  # Tried twice: apt has been seen to break off half way and to finish on the second call.
  install_packages "${missing[@]}" || install_packages "${missing[@]}" \
    || die "apt could not install: ${missing[*]}"
  stop_default_redis "${missing[@]}"
  mapfile -t missing < <(missing_packages "${missing[@]}")
  [ "${#missing[@]}" -eq 0 ] || die "still missing after the installation: ${missing[*]}"
}

install_packages() {
  apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}

# Debian's server package makes and starts a cluster of its own; nothing here uses one. The setting
# is written only on a machine where no PostgreSQL is installed yet, so that nobody's is changed.
avoid_default_cluster() {
  local folder=/etc/postgresql-common/createcluster.d
  [[ " $* " == *" postgresql "* ]] || return 0
  [ -z "$(missing_packages postgresql-common)" ] && return 0
  install -d "$folder"
  printf '# Written by daybook-dev: its clusters are private ones.\ncreate_main_cluster = false\n' \
    >"$folder/daybook.conf"
}

# Debian's Redis is a service that starts at once. Nothing here uses that one: stories start their own.
stop_default_redis() {
  [[ " $* " == *" redis-server "* ]] || return 0
  if [ -d /run/systemd/system ]; then systemctl disable --quiet --now redis-server; fi
}

# need_tools: the compilers that Debian does not carry in the versions we need.
need_tools() {
  need_version cargo "$(cargo --version 2>/dev/null | awk '{print $2}')" 1.95.0 "https://rustup.rs"
  need_version node "$(node --version 2>/dev/null | tr -d v)" 20.19.0 "https://nodejs.org"
}

need_version() {
  local name=$1 have=$2 want=$3 where=$4
  [ -n "$have" ] || die "$name is not installed; version $want or newer is needed ($where)"
  [ "$(printf '%s\n%s\n' "$want" "${have%%-*}" | sort -V | head -1)" = "$want" ] \
    || die "$name is version $have; $want or newer is needed ($where)"
}
