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
# What rescuers are told and asked: the phrases of domain/rescue/rescue_speech.cpp, word by word (a test compares them). They
# are what is left to be heard when the engine cannot render speech itself.
speak rescue-entrapment.wav "电梯应急救援中心，有人员被困电梯，请立即救援。"
speak rescue-fault.wav "电梯应急救援中心，有电梯发生故障，请立即处理。"
speak rescue-urge.wav "电梯应急救援中心催办。"
speak rescue-level-1.wav "本单为一级响应。"
speak rescue-level-2.wav "本单为二级响应，请就近支援。"
speak rescue-level-3.wav "本单为三级响应，请公共救援力量支援。"
speak rescue-place-unknown.wav "具体地点待确认，请联系救援中心。"
speak rescue-see-order.wav "详细地点请查看工单，或联系救援中心。"
speak rescue-fire.wav "现场有火情。"
speak rescue-medical.wav "需要医疗救护。"
speak rescue-children.wav "有儿童被困。"
speak rescue-elderly.wav "有老人被困。"
speak rescue-hurry.wav "请尽快到达现场。"
speak rescue-finish.wav "请完成救援后立即报告。"
speak rescue-key-accept.wav "接单请按一。"
speak rescue-key-refuse.wav "拒绝请按二。"
speak rescue-key-again.wav "重听请按三。"
speak rescue-key-arrived.wav "已到达现场请按四。"
speak rescue-key-completed.wav "救援完成请按五。"
speak rescue-wrong-key.wav "按键无效。"
speak rescue-accepted.wav "已接单，请尽快赶赴现场，谢谢，再见。"
speak rescue-refused.wav "已拒绝，谢谢，再见。"
speak rescue-arrived.wav "已登记到达现场，谢谢，再见。"
speak rescue-completed.wav "已登记救援完成，谢谢，再见。"
speak rescue-withdrawn.wav "本次通知已取消，谢谢，再见。"
speak rescue-welcome.wav "电梯救援报告专线。"
speak rescue-ask-code.wav "请输入四位工单短码。"
speak rescue-wrong-code.wav "短码不正确，请重新输入。"
speak rescue-choose.wav "您有多个进行中的救援工单。"
speak rescue-no-order.wav "没有查到与本号码有关的救援工单，请拨打救援热线。"
speak rescue-not-stored.wav "登记没有成功，请再按一次，或拨打救援热线。"
speak alert-untaken.wav "电梯应急救援中心提醒，有电梯报警尚未受理。"
speak alert-not-rung.wav "电梯应急救援中心提醒，无法呼叫救援单位，请人工联系。"
speak alert-nobody-comes.wav "电梯应急救援中心提醒，没有救援人员按时前往现场。"
speak alert-exhausted.wav "电梯应急救援中心提醒，已没有救援单位可以调派。"
speak alert-again.wav "电梯应急救援中心提醒，救援完成后再次报警，请核实是否仍有人员被困。"
speak alert-key-take.wav "受理请按一。"
speak alert-taken.wav "已登记由您受理，请立即查看工单，再见。"
music music.wav
