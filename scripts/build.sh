#!/usr/bin/env bash
# Configures and builds one preset; programs lie in build/<preset>/bin.
# usage: scripts/build.sh [dev|release|asan|fuzz] [TARGET...]    default: release, everything
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

preset="${1:-release}"
targets=("${@:2}")
cd "$root"

# A C++ compiler of this code takes up to about 1.2 GB: on a small machine more jobs than memory would swap.
cores="$(nproc)"
memory_kb="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)"
by_memory=$((memory_kb / 1200000))
jobs="$cores"
if [ "$by_memory" -lt "$jobs" ]; then jobs="$by_memory"; fi
if [ "$jobs" -lt 1 ]; then jobs=1; fi

say "building preset $preset with $jobs jobs"
# Configuring talks a lot; it is only interesting when it fails.
if ! log="$(cmake --preset "$preset" 2>&1)"; then
  printf '%s\n' "$log" >&2
  fail "cmake could not configure preset $preset"
fi
cmake --build --preset "$preset" --parallel "$jobs" ${targets[0]:+--target "${targets[@]}"}
