#!/usr/bin/env bash
# Installs what is missing, builds and runs every test; fails when one fails.
# usage: scripts/test.sh [arguments for ctest, e.g. -R storage]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh"
"$root/scripts/build.sh" release
say "testing"
cd "$root"
# One more than there are cores, for half of the tests wait for telephones. No tests at all would be a fault of the build,
# not a success.
ctest --test-dir build/release --parallel "$(($(nproc) + 1))" --output-on-failure --no-tests=error "$@"
