# shellcheck shell=bash
# The long runs. Each name stands in the table with what it proves and the command that proves it, in
# a release build; the command prints its seed, counts and result, and goes on where it stopped.

# name | what it proves | command
PROOFS=(
  "kill | kill -9 of client, hub and Postgres (200, 200, 50 times) among 200,000 rows: nothing lost, nothing done twice, usable in 5 s | prove_program kill --client 200 --hub 200 --postgres 50 --rows 200000"
  "replies | 500 pushes whose reply is lost after the commit, sent again in other pieces and orders: each done once, the same receipts | prove_program replies --pushes 500"
  "ninety-days | a device back after 90 days with 5,000 operations, two versions behind, its line cut at every tenth: nothing lost, nothing back to life, no beginning anew | prove_versions ninety-days"
  "seeds | 10,000 worlds from seeds in an hour, of devices, hubs and all that can go wrong: nothing lost, nothing done twice, all equal | simulate_verb --seeds 10000 --within 60"
  "defects | each of the defects that can be planted in a simulated world is found within 2,000 seeds | simulate_verb --seeds 2000 --every-defect"
  "fuzz | bytes that a fuzzer makes up, ten minutes for each place where they are read: a value or a refusal | fuzz 600"
  "new-master | a master made a minute ago, one file touched by hand, lives a master's whole life | throwaway_master"
)

# The programs under proof are built in the same release build as the proof.
prove_program() {
  cargo build "${LOCKED[@]}" --release --workspace --bin daybook-server --bin daybook --bin prove
  with_throwaway_postgres "$CARGO_TARGET_DIR/release/prove" "$@"
}

# Two versions of Daybook meet: only programs of a development build can stand in for a later one.
prove_versions() {
  cargo build "${LOCKED[@]}" --workspace --bin daybook-server --bin daybook --bin prove
  with_throwaway_postgres "$CARGO_TARGET_DIR/debug/prove" "$@"
}

CARGO_FUZZ_VERSION=0.13.2
need_cargo_fuzz() {
  if [ -x "$TOOLS/bin/cargo-fuzz" ] && grep -qs "\"cargo-fuzz $CARGO_FUZZ_VERSION " "$TOOLS/.crates.toml"; then
    return
  fi
  step "cargo-fuzz $CARGO_FUZZ_VERSION"
  CARGO_TARGET_DIR=$TOOLS/build cargo install cargo-fuzz --version "$CARGO_FUZZ_VERSION" \
    --locked --root "$TOOLS" >&2
  rm -rf "$TOOLS/build"
}

# Without a sanitizer: those need a nightly compiler, and there is no unsafe code of ours for them to watch. What a
# fuzzer finds stays in a folder of its own; bytes that break something are printed with the command that repeats it.
fuzz() {
  local seconds=$1 target found
  need_cargo_fuzz
  export CARGO_TARGET_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/daybook/fuzz
  for target in push token frames courier; do
    step "fuzz $target, $seconds s"
    found=$CARGO_TARGET_DIR/found/$target
    mkdir -p "$found"
    PATH=$TOOLS/bin:$PATH cargo fuzz run --sanitizer none "$target" "$found" "fuzz/corpus/$target" -- \
      -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
  done
}

prove_verb() {
  local wanted=${1:-} entry name what command found=
  if [ -z "$wanted" ]; then
    list_proofs
    return
  fi
  need_tools
  need_packages build hub run test
  for entry in "${PROOFS[@]}"; do
    IFS='|' read -r name what command <<<"$entry"
    name=${name// /}
    if [ "$wanted" != all ] && [ "$wanted" != "$name" ]; then continue; fi
    found=yes
    step "$name:$what"
    # The command of the table is words separated by blanks.
    # shellcheck disable=SC2086
    $command
  done
  if [ -z "$found" ]; then
    list_proofs >&2
    die "prove: no proof '$wanted'"
  fi
}

list_proofs() {
  local entry name what
  for entry in "${PROOFS[@]}"; do
    IFS='|' read -r name what _ <<<"$entry"
    printf '  %-16s%s\n' "${name// /}" "${what# }"
  done
}

# The works that are measured, each against its limit of the same run: name | command
WORKS=(
  "first fill, push, pull, live | measure"
)

# One build for both programs: the hub and what measures it.
measure() {
  cargo build "${LOCKED[@]}" --release --workspace --bin daybook-server --bin bench
  with_durable_postgres "$CARGO_TARGET_DIR/release/bench" "$@"
}

bench_verb() {
  local entry name command
  case ${1:-} in
    -h | --help)
      echo "Usage: ./daybook-dev bench [--rows N] [--works A,B,C,D,G,H,import] [--json FILE] [--markdown]"
      return
      ;;
  esac
  need_tools
  need_packages build hub
  for entry in "${WORKS[@]}"; do
    IFS='|' read -r name command <<<"$entry"
    step "$name"
    # As above: words separated by blanks.
    # shellcheck disable=SC2086
    $command "$@"
  done
}

simulate_verb() {
  need_tools
  need_packages build
  cargo run "${LOCKED[@]}" --release --package simulator -- "$@"
}
