#!/usr/bin/env bash
# What a call costs: queued, routed, answered and ended, with SIPp on loopback against the real engine.
# usage: bench/calls.sh [rate per second] [seconds] [direct|anchored]      default: 100 20 direct
#   direct: signalling only, SDP handed through; anchored: RTP ports, recording of every call (SIPp sends no audio)
# Prints the engine's CPU time per call and its resident memory. Journal and metrics are on. Needs a release build.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
rate="${1:-100}"
seconds="${2:-20}"
media="${3:-direct}"
agents=$((rate * 3 + 20)) # each call talks for two seconds
calls=$((rate * seconds))
scenarios="$root/tests/peers/scenarios"
work="$(mktemp -d)"
engine=""
phones=""
cleanup() {
  if [ -n "$phones" ]; then kill "$phones" 2>/dev/null || true; fi
  if [ -n "$engine" ]; then kill "$engine" 2>/dev/null && wait "$engine" || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

{
  printf '[sip]\nbind = "127.0.0.1"\nport = 0\n[http]\nport = 0\n[log]\nlevel = "warn"\n'
  printf '[media]\nbind = "127.0.0.1"\nport_min = 30000\nport_max = 37999\n'
  printf '[[hotline]]\nname = "12315"\nmedia = "%s"\n' "$media"
  printf '[[queue]]\nname = "12315"\nholding = "ringing"\nwrap_up = "0s"\n'
  printf '[[trunk]]\nname = "load"\ncidrs = ["127.0.0.1"]\n'
  for ((i = 0; i < agents; i++)); do printf '[[agent]]\naccount = "%d"\n' $((10000 + i)); done
} >"$work/load.toml"

"$root/build/release/bin/lifelined" --config "$work/load.toml" --data "$work/data" >"$work/engine.log" 2>&1 &
engine=$!
for _ in $(seq 100); do
  if [ -f "$work/data/endpoints.json" ]; then break; fi
  sleep 0.1
done
port="$(jq -r .sip.port "$work/data/endpoints.json")"

{
  echo SEQUENTIAL
  sed -n 's/^"\{0,1\}\(1[0-9]\{4\}\)"\{0,1\} *= *"\(.*\)"$/\1;[authentication username=\1 password=\2]/p' "$work/data/secrets.toml"
} >"$work/accounts.csv"
cd "$work"
sipp "127.0.0.1:$port" -sf "$scenarios/register.xml" -inf accounts.csv -key expires 3600 -i 127.0.0.1 -p 25060 \
  -m "$agents" -r 200 -nostdin >register.log 2>&1
sipp "127.0.0.1:$port" -sf "$scenarios/phone_answers.xml" -i 127.0.0.1 -p 25060 -mp 26000 -d 0 -nostdin >phones.log 2>&1 &
phones=$!

cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{print ($14 + $15) * 1000 / hz}' "/proc/$engine/stat"; }
before="$(cpu_ms)"
status=0
sipp "127.0.0.1:$port" -sf "$scenarios/caller_answered.xml" -s 12315 -key caller 13800000001 -i 127.0.0.1 -p 25070 -mp 27000 \
  -d 2000 -r "$rate" -m "$calls" -nostdin -trace_stat -stf stat.csv >callers.log 2>&1 || status=$?
after="$(cpu_ms)"
memory="$(awk '/^VmRSS/ {print $2}' "/proc/$engine/status")"
failed="$(tail -1 stat.csv | cut -d';' -f18)"
awk -v a="$after" -v b="$before" -v n="$calls" -v r="$rate" -v m="$memory" -v f="$failed" -v mode="$media" 'BEGIN {
  printf "%d calls at %d/s (%s media), %s failed: %.2f ms CPU per call, %.1f MB resident\n", n, r, mode, f, (a - b) / n, m / 1024
}'
exit "$status"
