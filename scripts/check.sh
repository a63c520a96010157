#!/usr/bin/env bash
# What a change must pass besides the tests: format, clang-tidy, and every test under the sanitizers.
# usage: scripts/check.sh [format|tidy|asan]    default: all three
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

check_tidy() {
  say "clang-tidy"
  # Its own folder: clang cannot read the precompiled headers of g++.
  cmake --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
  git ls-files -z -- '*.cpp' ':!tests' | xargs -0 --no-run-if-empty -n 1 -P "$(nproc)" \
    clang-tidy-14 -p build/tidy --quiet
}

check_asan() {
  "$root/scripts/build.sh" asan
  say "tests under the sanitizers"
  ctest --test-dir build/asan --parallel "$(nproc)" --output-on-failure --no-tests=error
}

# What a target learns stays in build/fuzz/corpus; an input that brings it down is kept in build/fuzz/findings.
check_fuzz() {
  local seconds="${1:-60}" target name failed=()
  say "fuzz targets, $seconds s each"
  cmake --preset fuzz >/dev/null
  cmake --build build/fuzz --target fuzz --parallel "$(nproc)"
  mkdir -p build/fuzz/findings
  for target in build/fuzz/bin/fuzz_*; do
    name="$(basename "$target")"
    name="${name#fuzz_}"
    say "fuzz: $name"
    mkdir -p "build/fuzz/corpus/$name"
    if ! LIFELINE_FUZZ_SEEDS="build/fuzz/corpus/$name" "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="build/fuzz/findings/$name-" "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name"; then
      failed+=("$name")
    fi
  done
  if [ "${#failed[@]}" -gt 0 ]; then fail "found something: ${failed[*]} (inputs in build/fuzz/findings)"; fi
}

case "$what" in
all)
  check_format
  check_tidy
  check_asan
  ;;
format) check_format ;;
tidy) check_tidy ;;
asan) check_asan ;;
fuzz) check_fuzz "${2:-60}" ;;
*) fail "unknown argument '$what': expected format, tidy, asan or fuzz" ;;
esac
