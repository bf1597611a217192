# shellcheck shell=bash
# Pictures of the app's screens for the documentation, taken from the real program. It looks at
# nothing: a person must.

pictures_verb() {
  need_tools
  need_packages build run test
  need_tauri_driver
  build_everything
  cargo run "${LOCKED[@]}" --package system-tests --bin pictures -- docs/pictures
}
