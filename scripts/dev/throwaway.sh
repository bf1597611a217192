# shellcheck shell=bash
# A master that was made a minute ago: in a copy of this tree, by `cargo xtask new-master` and one file that a
# person writes, it must live a master's whole life. The copy stands beside the build folder, never in it: there
# cargo would go on looking at the copy's files when it asks whether this tree's have changed.

throwaway_master() {
  local copy name=gauge_type
  copy=$(dirname -- "$TOOLS")/throwaway
  step "A new master"
  install_ui_packages
  need_tauri_driver
  rm -rf "$copy"
  mkdir -p "$copy"
  git ls-files --cached --others --exclude-standard -z | tar --null --files-from=- --create \
    --ignore-failed-read | tar --extract --directory "$copy"
  # Cargo tells the two trees apart by nothing but the time of their files: what the copy leaves in the build
  # folder must be older than this one's.
  trap 'touch "$ROOT/crates/domain/src/lib.rs"' EXIT
  ln -s "$ROOT/ui/node_modules" "$copy/ui/node_modules"
  (
    cd "$copy" || exit 1
    # The chores ask git which files there are.
    git init -q .
    git add -A
    cargo xtask new-master "$name"
    # The one place that is touched by hand.
    cp tests/throwaway/gauge_type.rs "crates/domain/src/masters/$name.rs"
    cargo xtask generate
    cargo xtask tidy
    npm run build --prefix ui >&2
    cargo build "${LOCKED[@]}" --workspace --bins --test sync --test desktop >&2
    DAYBOOK_MASTER=$name with_throwaway_postgres \
      cargo test "${LOCKED[@]}" --workspace --test sync --test desktop any_master
  )
}
