# shellcheck shell=bash
# What is checked before a commit (check) and before a change lands (test). Each step ends the
# program when it fails; the test runners' own lines stay the last thing said.

check() {
  need_tools
  need_packages build check
  need_page
  check_style
  check_page
  check_units
}

check_style() {
  step "Format"
  cargo fmt --all --check
  step "Scripts"
  check_scripts
  step "Lints"
  cargo clippy "${LOCKED[@]}" --workspace --all-targets -- --deny warnings
  step "Generated files"
  cargo xtask generate --check
  step "Architecture"
  cargo xtask tidy
}

# The parts that daybook-dev takes in are read with it.
check_scripts() {
  shellcheck -x daybook-dev .ci/run scripts/dev/postgres.sh scripts/dev/session.sh scripts/dev/desk.sh
}

check_page() {
  step "The page's style and types"
  install_ui_packages
  npm run lint --prefix ui
  npm run typecheck --prefix ui
}

check_units() {
  step "Unit tests"
  cargo test "${LOCKED[@]}" --workspace --lib --bins
}

run_tests() {
  local before
  need_tools
  need_packages build check hub run test
  before=$(git status --porcelain)
  build_ui
  check_style
  check_page
  step "The page's tests"
  npm test --prefix ui
  need_tauri_driver
  # Programs and tests in one build: asked for apart, their dependencies would be built twice.
  step "The programs and the tests"
  cargo build "${LOCKED[@]}" --workspace --bins --tests >&2
  # The hub's own stories look at whole clusters and start theirs; this one is for the system's.
  step "Rust tests: units, the hub on a real Postgres, devices, a real keyring and window"
  with_throwaway_postgres cargo test "${LOCKED[@]}" --workspace --lib --bins --tests \
    | tee "$CARGO_TARGET_DIR/tests.log"
  throwaway_master | tee -a "$CARGO_TARGET_DIR/tests.log"
  # In CI nobody else works in the tree: what a build or a test leaves behind there is a mistake.
  if [ "${CI:-}" = true ] && [ "$(git status --porcelain)" != "$before" ]; then
    git status --porcelain >&2
    die "building and testing changed the work tree"
  fi
  # Every program of tests has its own summary above; this is their sum.
  awk '/^test result:/ { passed += $4; failed += $6 } END { print passed " passed, " failed " failed" }' \
    "$CARGO_TARGET_DIR/tests.log"
}
