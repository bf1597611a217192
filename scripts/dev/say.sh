# shellcheck shell=bash
# How daybook-dev talks: messages to stderr, so that stdout stays free for the answers of a verb.
# It holds no work.

say() { printf '%s\n' "$*" >&2; }

step() { printf '\n== %s\n' "$*" >&2; }

die() {
  printf 'daybook-dev: %s\n' "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }
