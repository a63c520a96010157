#!/usr/bin/env bash
# Installs every Debian package that building, running and testing need. Does nothing when all are there.
# usage: scripts/setup.sh [--check]    --check: also what scripts/check.sh needs
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages=(
  # the build
  build-essential cmake ninja-build ccache pkg-config git
  # the engine's libraries
  libcaf-dev libsofia-sip-ua-dev librocksdb-dev prometheus-cpp-dev libcereal-dev libre-dev librem-dev libboost-dev
  nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libsodium-dev libexpected-dev libsystemd-dev libssl-dev
  libicu-dev libqrencode-dev
  # what the CMake packages of RocksDB and prometheus-cpp look for
  libgflags-dev libsnappy-dev zlib1g-dev libbz2-dev liblz4-dev libzstd-dev libcurl4-openssl-dev libcivetweb-dev
  # prompts
  espeak-ng sox
  # tests: the framework, real SIP endpoints, a real proxy, a real Prometheus, certificates
  catch2 sip-tester baresip-core linphone-cli sipsak kamailio kamailio-tls-modules prometheus openssl
  # what the scripts and tests call
  curl jq procps iproute2 ca-certificates
)
case "${1:-}" in
"") ;;
--check) packages+=(clang-format-14 clang-tidy-14 clang-14 libclang-rt-14-dev) ;;
*) fail "unknown argument '$1': expected nothing or --check" ;;
esac

command -v dpkg-query >/dev/null 2>&1 || fail "this is no Debian system: install by hand: ${packages[*]}"

# One question for all: this runs before every build and shall not be felt.
installed=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "${packages[@]}" 2>/dev/null || true) "
missing=()
for package in "${packages[@]}"; do
  case "$installed" in
  *" $package:installed "*) ;;
  *) missing+=("$package") ;;
  esac
done
[ "${#missing[@]}" -gt 0 ] || exit 0

# Debian starts services when it installs them, and nobody asked for a running Prometheus or Kamailio. A policy of 101
# forbids it for the time of the installation; a policy that is there already is the owner's and stays.
services=()
for package in "${missing[@]}"; do
  case "$package" in
  prometheus | kamailio) services+=("$package") ;;
  esac
done
policy=/usr/sbin/policy-rc.d
own_policy=no
restore_policy() {
  [ "$own_policy" = no ] || as_root rm -f "$policy"
}
trap restore_policy EXIT
if [ "${#services[@]}" -gt 0 ] && [ ! -e "$policy" ]; then
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
fi

say "installing ${#missing[@]} packages: ${missing[*]}"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"

# Without this they would start at the next boot. Only those that were installed just now: others are the owner's.
if command -v systemctl >/dev/null 2>&1; then
  for service in "${services[@]}"; do
    as_root systemctl disable --quiet "$service.service" 2>/dev/null || true
  done
fi
