#!/usr/bin/env bash
# What a change must pass besides the tests: format, clang-tidy, and every test under the sanitizers.
# usage: scripts/check.sh [format|tidy|asan]    default: all three
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

case "$what" in
all)
  check_format
  check_tidy
  check_asan
  ;;
format) check_format ;;
tidy) check_tidy ;;
asan) check_asan ;;
*) fail "unknown argument '$what': expected format, tidy or asan" ;;
esac
