#!/usr/bin/env bash
# From a fresh clone to a running engine: installs, builds, renders the prompts, starts lifelined.
# usage: scripts/run.sh [arguments for lifelined]    run the engine with config/lifeline.toml and data in ./data
#        scripts/run.sh --demo [arguments]           play the demonstration with real SIP endpoints instead
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

program=lifelined
if [ "${1:-}" = --demo ]; then
  program=lifeline-demo
  shift
fi

"$root/scripts/setup.sh"
# Only what runs: the tests are more than half of a build.
targets=(lifelined lifelinectl)
if [ "$program" = lifeline-demo ]; then targets+=(lifeline-demo); fi
"$root/scripts/build.sh" release "${targets[@]}"
"$root/scripts/make-prompts.sh" "$root/data/prompts"

cd "$root"
# Whatever is written from here on is for this account alone, unless the caller's mask keeps others out already.
[ $(($(umask) & 7)) -eq 7 ] || umask 077
# exec: signals go to the engine itself, and its exit status is ours.
if [ "$program" = lifeline-demo ]; then
  exec "$root/build/release/bin/lifeline-demo" "$@"
fi
# The data folder is named in the configuration: <root>/data.
exec "$root/build/release/bin/lifelined" --config "$root/config/lifeline.toml" "$@"
