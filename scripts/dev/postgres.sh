#!/usr/bin/env bash
# A private PostgreSQL: postgres.sh start|stop|status|url DIR [--throwaway]
# Unix socket only, no TCP port. The superuser logs in as the operating-system user that started the
# cluster and has no password; every other role must show its own. --throwaway gives up durability
# for speed: for tests, never for anybody's data. It creates no database and no role.
set -euo pipefail

# shellcheck source=scripts/dev/say.sh
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/say.sh"

usage() { die "usage: postgres.sh start|stop|status|url DIR [--throwaway]"; }

[ $# -ge 2 ] || usage
VERB=$1
# Links are left as they are: what lies behind one of /proc may have no path of its own here.
DIR=$(realpath -ms -- "$2")
SPEED=${3:-}
DATA=$DIR/data
RUN=$DIR/run

# The programs of the version that made the cluster, or else the newest installed ones.
programs() {
  local version='*'
  if [ -s "$DATA/PG_VERSION" ]; then version=$(cat "$DATA/PG_VERSION"); fi
  find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -path "*/$version/bin" 2>/dev/null \
    | sort -V | tail -1
}

# PostgreSQL refuses to run as root, so root runs it as Debian's user "postgres".
as_owner() {
  if is_root; then
    setpriv --reuid=postgres --regid=postgres --init-groups --reset-env -- "$@"
  else
    "$@"
  fi
}

prepare() {
  # A Unix socket's path may have 107 bytes.
  [ "${#RUN}" -le 90 ] || die "the folder's path is too long for a socket: $DIR"
  install -d -m 0755 "$DIR"
  install -d -m 0700 "$DATA" "$RUN"
  if is_root; then
    chown postgres:postgres "$DIR" "$DATA" "$RUN"
    as_owner test -x "$DATA" \
      || die "user postgres cannot enter $DIR: choose a folder outside /root, like /var/tmp/NAME"
  fi
}

make_cluster() {
  as_owner "$BIN/initdb" -D "$DATA" -U postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    --auth-local=peer --auth-host=scram-sha-256 >"$DIR/initdb.log" 2>&1 \
    || die "initdb failed, see $DIR/initdb.log"
  as_owner tee "$DATA/pg_hba.conf" >/dev/null <<'RULES'
local all postgres peer map=owner
local all all      scram-sha-256
RULES
  # The owner of the files, root, and the caller may be the superuser. Nobody else has a map.
  printf 'owner %s postgres\n' postgres root "$(id -un)" | sort -u \
    | as_owner tee "$DATA/pg_ident.conf" >/dev/null
}

start() {
  local options="-c listen_addresses='' -c unix_socket_directories='$RUN' \
    -c unix_socket_permissions=0700 -c max_connections=200"
  case $SPEED in
    # After a crash the file system is asked to write all at once: one by one, thousands of files take seconds.
    '') options+=" -c recovery_init_sync_method=syncfs" ;;
    --throwaway) options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off" ;;
    *) usage ;;
  esac
  prepare
  if [ ! -s "$DATA/PG_VERSION" ]; then make_cluster; fi
  if is_running; then return; fi
  # The log belongs to root when root redirects it; pg_ctl writes it as the owner instead.
  as_owner "$BIN/pg_ctl" -D "$DATA" -l "$DIR/server.log" -w -t 60 -o "$options" start >/dev/null \
    || die "PostgreSQL did not start, see $DIR/server.log"
}

is_running() { as_owner "$BIN/pg_ctl" -D "$DATA" status >/dev/null 2>&1; }

BIN=$(programs)
[ -n "$BIN" ] || die "PostgreSQL is not installed, or not in the version that made $DIR"
# The caller's folder may be closed to user postgres.
cd /
case $VERB in
  start) start ;;
  stop) if is_running; then as_owner "$BIN/pg_ctl" -D "$DATA" -m fast -w stop >/dev/null; fi ;;
  status) as_owner "$BIN/pg_ctl" -D "$DATA" status ;;
  # The socket's folder stands for the host in a Postgres address, its slashes written as %2F.
  url) printf 'postgres://postgres@%s/postgres\n' "${RUN//\//%2F}" ;;
  *) usage ;;
esac
