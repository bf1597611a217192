# shellcheck shell=bash
# A master that was made a minute ago: in a copy of this tree, by `cargo xtask new-master` and one file that a
# person writes, it must live a master's whole life. The copy is made anew each time; its build folder, which no
# other tree uses, is kept, so that only the project's own crates are built again.

# What the life needs. Always asked for in the same words: else cargo would choose other features and build anew.
THROWAWAY_PARTS=(--package daybook-server --package cli --package daybook-desktop --package system-tests)

throwaway_master() {
  local house name=gauge_type
  house=$(dirname -- "$TOOLS")/throwaway
  step "A new master"
  install_ui_packages
  need_tauri_driver
  rm -rf "$house/tree"
  mkdir -p "$house/tree"
  # Touched: cargo compares times, and what was changed here while the copy before was built must count as new.
  git ls-files --cached --others --exclude-standard -z | tar --null --files-from=- --create \
    --ignore-failed-read | tar --extract --touch --directory "$house/tree"
  ln -s "$ROOT/ui/node_modules" "$house/tree/ui/node_modules"
  (
    cd "$house/tree" || exit 1
    export CARGO_TARGET_DIR=$house/target
    # Nobody debugs it: it takes half the room.
    export CARGO_PROFILE_DEV_DEBUG=false
    # The chores ask git which files there are.
    git init -q .
    git add -A
    cargo xtask new-master "$name"
    # The one place that is touched by hand.
    cp tests/throwaway/gauge_type.rs "crates/domain/src/masters/$name.rs"
    cargo xtask generate
    cargo xtask tidy
    npm run build --prefix ui >&2
    cargo build "${LOCKED[@]}" "${THROWAWAY_PARTS[@]}" --bin daybook-server --bin daybook --bin daybook-desktop \
      --test sync --test desktop >&2
    DAYBOOK_MASTER=$name with_throwaway_postgres \
      cargo test "${LOCKED[@]}" "${THROWAWAY_PARTS[@]}" --test sync --test desktop any_master
  )
}
