#!/usr/bin/env bash
# What a change must pass besides the tests: format, clang-tidy, every test under the sanitizers, every fuzz target.
# usage: scripts/check.sh                       all of it, the fuzz targets for 10 minutes each: some three hours
#        scripts/check.sh format|tidy|asan      one of them
#        scripts/check.sh fuzz [SECONDS]        every libFuzzer target for so long, 60 s unless told
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh" --check
cd "$root"
what="${1:-all}"

check_format() {
  say "format"
  git ls-files -z -- '*.cpp' '*.hpp' | xargs -0 --no-run-if-empty clang-format-14 --dry-run -Werror
}

# A file takes up to a minute. One that was clean is not looked at again until something changes that matters: its text,
# what the compiler sees of it with all its headers, an exception in a header, the rules, or the tool.
tidy_one() {
  local file="$1" command seen
  command="$(jq -r --arg file "$root/$file" 'map(select(.file == $file))[0].command // empty' \
    build/tidy/compile_commands.json | sed -E 's#^[^ ]+ #clang++-14 -E -w #; s# -o [^ ]+ -c # #')"
  [ -n "$command" ] || { printf '%s: belongs to no target\n' "$file" >&2; return 1; }
  seen="build/tidy/clean/$({
    clang-tidy-14 --version; cat .clang-tidy "$file"; git grep NOLINT -- '*.hpp'; eval "$command"
  } | sha256sum | cut -d ' ' -f 1)" || return
  [ -e "$seen" ] && return
  # "12345 warnings generated" are those of others' headers.
  clang-tidy-14 -p build/tidy --quiet "$file" 2> >(grep -v ' warnings\? generated\.$' >&2 || true) && touch "$seen"
}
export -f tidy_one

check_tidy() {
  say "clang-tidy"
  # Its own folder: clang cannot read the precompiled headers of g++.
  cmake --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
  cmake --build build/tidy --target lifeline_pinyin_table # a source of its own
  mkdir -p build/tidy/clean
  git ls-files -z -- '*.cpp' ':!tests' | xargs -0 --no-run-if-empty -n 1 -P "$(nproc)" \
    bash -o pipefail -c 'tidy_one "$0"'
}

check_asan() {
  "$root/scripts/build.sh" asan
  say "tests under the sanitizers"
  ctest --test-dir build/asan --parallel "$(nproc)" --output-on-failure --no-tests=error
}

# One target for so many seconds. What it learns stays in build/fuzz/corpus; an input that brings it down is kept in
# build/fuzz/findings, and its output in build/fuzz/<name>.log.
fuzz_one() {
  local target="$1" seconds="$2" name
  name="$(basename "$target")"
  name="${name#fuzz_}"
  local corpora=("build/fuzz/corpus/$name")
  mkdir -p "${corpora[0]}"
  if [ -d "tests/fuzz/corpus/$name" ]; then corpora+=("tests/fuzz/corpus/$name"); fi # inputs that once found something
  if LIFELINE_FUZZ_SEEDS="build/fuzz/corpus/$name" "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="build/fuzz/findings/$name-" "${corpora[@]}" \
    >"build/fuzz/$name.log" 2>&1; then
    say "fuzz: $name: nothing found"
  else
    say "fuzz: $name: FOUND SOMETHING, see build/fuzz/$name.log"
    printf '%s\n' "$name" >>build/fuzz/failed
  fi
}
export -f fuzz_one say

check_fuzz() {
  local seconds="${1:-60}"
  say "fuzz targets, $seconds s each"
  cmake --preset fuzz >/dev/null
  cmake --build build/fuzz --target fuzz --parallel "$(nproc)"
  mkdir -p build/fuzz/findings
  rm -f build/fuzz/failed
  printf '%s\0' build/fuzz/bin/fuzz_* | xargs -0 -n 1 -P "$(nproc)" bash -c 'fuzz_one "$1" "$0"' "$seconds"
  if [ -s build/fuzz/failed ]; then
    fail "found something: $(tr '\n' ' ' <build/fuzz/failed)(inputs in build/fuzz/findings)"
  fi
}

case "$what" in
all)
  check_format
  check_tidy
  check_asan
  check_fuzz 600
  ;;
format) check_format ;;
tidy) check_tidy ;;
asan) check_asan ;;
fuzz) check_fuzz "${2:-60}" ;;
*) fail "unknown argument '$what': expected format, tidy, asan or fuzz" ;;
esac
