#!/usr/bin/env bash
# Fails when a program has a test case that CTest does not run, or CTest runs one that no program has.
# usage: compare_cases.sh BUILD_FOLDER PROGRAM...
set -euo pipefail
build="$1"
shift
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# CTest's names begin with the room ("sip: "); what follows is the case. A filter's escapes are no part of a name.
ctest --test-dir "$build" --show-only=json-v1 |
  jq -r '.tests[] | select(.command[0] // "" | test("/test_[a-z_]+$"))
         | "\(.command[0] | sub(".*/"; "")): \(.command[1] | gsub("\\\\(?<c>[,\\[\\]])"; "\(.c)"))"' |
  sort >"$work/ctest"

for program in "$@"; do
  # Its exit status is the number of cases.
  { "$program" --list-test-names-only || true; } | sed "s|^|$(basename "$program"): |"
done | sort >"$work/programs"

[ -s "$work/programs" ] || { echo "error: the programs list no case at all" >&2; exit 1; }
if ! difference="$(diff --unchanged-line-format= --old-line-format='not run by CTest: %L' \
  --new-line-format='run by CTest, but in no program: %L' "$work/programs" "$work/ctest")"; then
  printf '%s\n' "$difference" >&2
  exit 1
fi
doubled="$(uniq -d "$work/programs")"
if [ -n "$doubled" ]; then
  printf 'two cases of one name: %s\n' "$doubled" >&2
  exit 1
fi
printf '%s cases, each of them run by CTest\n' "$(wc -l <"$work/programs")"
