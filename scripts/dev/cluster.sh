# shellcheck shell=bash
# A Postgres for the length of one run. The one that a hub keeps is hub.sh's.

# Runs a command with a Postgres of its own in a new folder, which is gone afterwards, however the
# command ends. A test or a proof gives up durability for speed (--throwaway). A measurement does not: it
# holds for a hub that keeps what it confirms.
with_throwaway_postgres() { with_postgres --throwaway "$@"; }
with_durable_postgres() { with_postgres '' "$@"; }

with_postgres() (
  speed=$1
  shift
  # User postgres must be able to enter the folder.
  dir=$(mktemp -d /var/tmp/daybook-run-XXXXXX)
  chmod 0755 "$dir"
  trap 'scripts/dev/postgres.sh stop "$dir"; rm -rf "$dir"' EXIT
  trap 'exit 143' TERM INT
  scripts/dev/postgres.sh start "$dir" ${speed:+"$speed"}
  DAYBOOK_TEST_POSTGRES_URL=$(scripts/dev/postgres.sh url "$dir")
  export DAYBOOK_TEST_POSTGRES_URL
  "$@"
)
