# shellcheck shell=bash
# Pictures of the app's screens for the documentation, taken from the real program with a real hub on a
# Postgres of its own. It looks at nothing: a person must.

pictures_verb() {
  local taken outcome=0
  need_tools
  need_packages build hub run test
  need_tauri_driver
  build_everything
  taken=$(mktemp -d)
  step "Pictures"
  with_throwaway_postgres \
    cargo run "${LOCKED[@]}" --package system-tests --bin pictures -- "$taken" || outcome=$?
  if [ "$outcome" -eq 0 ]; then keep_pictures "$taken"; fi
  rm -rf -- "$taken"
  [ "$outcome" -eq 0 ] || die "the pictures could not be taken; docs/pictures is as it was"
}

# Small enough for the repository: a screen of the app has few colours, and the large ones are for the layout.
keep_pictures() {
  local small=(mogrify -strip -dither None -define png:compression-level=9 -path docs/pictures)
  install -d docs/pictures
  rm -f docs/pictures/*.png
  "${small[@]}" -colors 64 "$1"/*.png
  "${small[@]}" -colors 32 "$1"/*-1920-*.png
  du -sh docs/pictures >&2
}
