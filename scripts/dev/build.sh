# shellcheck shell=bash
# Building: the page, the programs, and the one tool that tests need from cargo. Nothing here starts
# or judges anything.

# Cargo's answers in CI must not depend on what the registry says today.
if [ "${CI:-}" = true ]; then LOCKED=(--locked); else LOCKED=(); fi

build_ui() {
  step "The page"
  install_ui_packages
  npm run build --prefix ui >&2
}

# Installed again only after the lock file has changed.
install_ui_packages() {
  local stamp=ui/node_modules/.daybook-installed
  if [ -f "$stamp" ] && cmp -s ui/package-lock.json "$stamp"; then return; fi
  npm ci --prefix ui --no-audit --no-fund >&2
  cp ui/package-lock.json "$stamp"
}

# Cargo needs the page's folder to compile the desktop app; what is in it matters only to a build
# that is run.
need_page() { if [ ! -f ui/dist/index.html ]; then build_ui; fi; }

build_hub() {
  step "The hub"
  # Of the whole workspace: asked for alone, it would be built anew with fewer features.
  cargo build "${LOCKED[@]}" --workspace --bin daybook-server >&2
}

build_programs() {
  step "The programs"
  cargo build "${LOCKED[@]}" --workspace --bins >&2
}

build_everything() {
  build_ui
  build_programs
}

# The WebDriver bridge of the desktop app: a program of its own, kept outside the build folder.
TAURI_DRIVER_VERSION=2.1.0
need_tauri_driver() {
  local driver=$TOOLS/bin/tauri-driver
  export DAYBOOK_TAURI_DRIVER=$driver
  if [ -x "$driver" ] && grep -qs "\"tauri-driver $TAURI_DRIVER_VERSION " "$TOOLS/.crates.toml"; then
    return
  fi
  step "tauri-driver $TAURI_DRIVER_VERSION"
  CARGO_TARGET_DIR=$TOOLS/build cargo install tauri-driver --version "$TAURI_DRIVER_VERSION" \
    --locked --root "$TOOLS" >&2
  rm -rf "$TOOLS/build"
}
