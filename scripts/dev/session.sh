#!/usr/bin/env bash
# session.sh DIR COMMAND... : runs a program in a desktop session of its own, with a virtual display,
# a session bus and an unlocked keyring that lies in DIR. It ends with the program.
set -euo pipefail

# shellcheck source=scripts/dev/say.sh
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/say.sh"

[ $# -ge 2 ] || die "usage: session.sh DIR COMMAND..."
DIR=$(readlink -m -- "$1")
shift

install -d -m 0700 "$DIR" "$DIR/home" "$DIR/runtime"
if [ ! -s "$DIR/keyring-password" ]; then
  (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$DIR/keyring-password")
fi
export HOME=$DIR/home XDG_DATA_HOME=$DIR/home/.local/share XDG_CONFIG_HOME=$DIR/home/.config
export XDG_CACHE_HOME=$DIR/home/.cache XDG_RUNTIME_DIR=$DIR/runtime
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS

STARTED=()
end() {
  local index
  # The last one started goes first: a program must not lose its display under its feet.
  for ((index = ${#STARTED[@]} - 1; index >= 0; index--)); do
    kill "${STARTED[index]}" 2>/dev/null || true
    wait "${STARTED[index]}" 2>/dev/null || true
  done
}
trap end EXIT
trap 'exit 143' TERM INT

# Both write where they listen into a pipe of ours.
exec {ANSWER}<> <(:)
Xvfb -displayfd "$ANSWER" -screen 0 1280x800x24 -nolisten tcp &
STARTED+=($!)
read -r -t 20 -u "$ANSWER" number || die "the virtual display did not start"
export DISPLAY=:$number

dbus-daemon --session --nofork --nopidfile --print-address="$ANSWER" &
STARTED+=($!)
read -r -t 20 -u "$ANSWER" DBUS_SESSION_BUS_ADDRESS || die "the session bus did not start"
export DBUS_SESSION_BUS_ADDRESS

gnome-keyring-daemon --foreground --unlock --components=secrets <"$DIR/keyring-password" >/dev/null &
STARTED+=($!)
# Asking the keyring itself would make the bus start a second, locked one; asking the bus does not.
keyring_answers() {
  dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q true
}
for _ in $(seq 100); do
  if keyring_answers; then break; fi
  sleep 0.1
done
keyring_answers || die "the keyring did not start"

say "Virtual display $DISPLAY (a picture of it: import -display $DISPLAY -window root picture.png)"
"$@" &
STARTED+=($!)
wait "$!"
