#!/usr/bin/env bash
# Renders the spoken prompts (espeak-ng, Mandarin) and the music on hold (sox) of config/lifeline.toml: WAV, 8 kHz,
# mono, 16 bit. Existing files are kept: put a professional recording in their place and it stays.
# usage: scripts/make-prompts.sh [FOLDER]    default: data/prompts
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder="${1:-$root/data/prompts}"
mkdir -p "$folder"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Made beside and moved into place, so that an interrupted run leaves no half of a file behind.
finish() {
  mv "$work/out.wav" "$folder/$1"
  say "rendered $folder/$1"
}

# speak <file> <sentence>
speak() {
  [ ! -s "$folder/$1" ] || return 0
  # Of espeak-ng's Mandarin voices only this one reads characters as Mandarin; plain "cmn" spells them in English.
  espeak-ng -b 1 -v cmn-latn-pinyin -s 165 -w "$work/voice.wav" "$2"
  # -6 dB of peak level: telephones distort above. A little silence lets the audio path open.
  sox -q "$work/voice.wav" -r 8000 -c 1 -b 16 "$work/out.wav" norm -6 pad 0.3 0.4
  finish "$1"
}

# A slow arpeggio over four chords, about 20 s, quiet, and without a click where it loops.
music() {
  [ ! -s "$folder/$1" ] || return 0
  local parts=() chord note index=0
  for chord in "C4 E4 G4 C5" "A3 C4 E4 A4" "F3 A3 C4 F4" "G3 B3 D4 G4"; do
    for note in $chord $chord; do
      index=$((index + 1))
      sox -q -n -r 8000 -c 1 -b 16 "$work/note-$index.wav" \
        synth 0.62 pluck "$note" gain -12 fade q 0.02 0.62 0.12
      parts+=("$work/note-$index.wav")
    done
  done
  sox -q "${parts[@]}" "$work/out.wav" lowpass 2800 norm -14
  finish "$1"
}

speak greeting-12315.wav "您好，欢迎致电一二三一五消费者投诉举报热线，您的通话将被录音。"
speak greeting-96333.wav "电梯应急救援，正在接通。"
# The answers to an agent's feature codes.
speak confirm.wav "操作成功"
speak refuse.wav "操作失败"
music music.wav
