#!/usr/bin/env bash
# desk.sh PROGRAMS SIGN_IN_FILE : what a person does at a new desk: signs in once, waits for the first
# fill, opens the app. Runs inside the desktop session whose keyring keeps the secrets. The file holds
# {url, tenant, email, password}; the password goes through a pipe.
set -euo pipefail
BIN=$1 SIGN_IN=$2
if [ "$("$BIN/daybook" status --json | jq -r '.user // empty')" = "" ]; then
  jq -r .password "$SIGN_IN" | "$BIN/daybook" login --server "$(jq -r .url "$SIGN_IN")" \
    --tenant "$(jq -r .tenant "$SIGN_IN")" --email "$(jq -r .email "$SIGN_IN")" --password-stdin
  "$BIN/daybook" sync
fi
exec "$BIN/daybook-desktop"
