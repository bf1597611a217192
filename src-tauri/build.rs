//! Generates the shell's context, and says in plain words what is missing when the page is not
//! built yet.

use std::path::Path;

fn main() {
    let embeds_page = std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some();
    if embeds_page && !Path::new("../ui/dist/index.html").is_file() {
        println!(
            "cargo::error=ui/dist/index.html is missing, so there is no page to put into the \
             window: run ./daybook-dev build"
        );
        std::process::exit(1);
    }
    println!("cargo::rerun-if-changed=../ui/dist");

    // Naming the commands turns the default around: a window may call only what its capability
    // file lists.
    let manifest = tauri_build::AppManifest::new().commands(&["call"]);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error=the desktop shell cannot be configured: {error:#}");
        std::process::exit(1);
    }
}
