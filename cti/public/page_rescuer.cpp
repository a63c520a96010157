#include "cti/public/pages.hpp"

#include "cti/api/plate.hpp"
#include "domain/rescue/order_code.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

using domain::deployment_phase;

constexpr std::string_view style = R"css(
*{box-sizing:border-box}
body{margin:0;font:17px/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;background:#f3f4f6;color:#1f2328}
main{max-width:480px;margin:0 auto;padding:16px}
header{background:#0b3d6e;color:#fff;padding:14px 16px}
header h1{margin:0;font-size:20px}
header div{font-size:14px;opacity:.85}
.card{background:#fff;border-radius:12px;padding:14px 16px;margin-bottom:14px}
.place{font-size:20px;font-weight:700}
dl{margin:8px 0 0;display:grid;grid-template-columns:auto 1fr;gap:4px 14px}
dt{color:#57606a}
dd{margin:0}
.urgent{background:#fff1f0;border:1px solid #d61f26;color:#a8141a;font-weight:700}
#phase{font-size:20px;font-weight:700;text-align:center}
button{display:block;width:100%;padding:16px;margin:0 0 12px;border:0;border-radius:10px;color:#fff;font-size:20px;font-weight:700}
button.accept{background:#1a7f37}
button.arrived{background:#0b5cad}
button.completed{background:#6639ba}
button.refuse{background:#fff;color:#a8141a;border:2px solid #a8141a}
button[disabled]{opacity:.5}
textarea,select{width:100%;font-size:17px;padding:8px;border:1px solid #d0d7de;border-radius:8px;margin-bottom:12px;background:#fff;color:inherit;font-family:inherit}
#said{text-align:center;color:#a8141a;min-height:26px}
.call{display:block;text-align:center;padding:12px;border:2px solid #0b3d6e;border-radius:10px;color:#0b3d6e;font-weight:700;text-decoration:none;background:#fff}
)css";

constexpr std::string_view script = R"js(
(function () {
  var doc = document, buttons = doc.querySelectorAll('button[data-word]');
  function el(id) { return doc.getElementById(id); }
  function each(f) { for (var i = 0; i < buttons.length; i++) f(buttons[i]); }
  function tell(text) { el('said').textContent = text; }
  function say(word) {
    if (word === 'refuse' && !confirm('确定不能前往吗？')) return;
    var data = { word: word }, note = el('note'), cause = el('cause');
    if (note && note.value) data.note = note.value;
    if (word === 'completed' && cause && cause.value) data.fault_cause = cause.value;
    each(function (b) { b.disabled = true; });
    tell('正在发送…');
    var x = new XMLHttpRequest();
    x.open('POST', location.pathname, true);
    x.timeout = 10000;
    x.onreadystatechange = function () {
      if (x.readyState !== 4) return;
      if (x.status === 200) return location.reload();
      each(function (b) { b.disabled = false; });
      if (x.status === 403) return tell('链接已失效，请致电热线');
      if (x.status === 409) return tell('工单已有变化，请刷新页面');
      if (x.status === 429) return tell('操作太频繁，请稍后再试');
      tell('没有发送成功，请重试');
    };
    x.setRequestHeader('Content-Type', 'application/json');
    x.send(JSON.stringify(data));
  }
  each(function (b) { b.onclick = function () { say(b.getAttribute('data-word')); }; });
})();
)js";

constexpr std::string_view causes =
    R"html(<select id="cause" aria-label="故障原因"><option value="">故障原因（可不选）</option><option value="external">外部原因（停电、自行恢复）</option><option value="human">人为原因</option><option value="door">门系统</option><option value="control">控制系统</option><option value="traction">曳引系统</option><option value="protection">安全保护装置</option><option value="other">其他</option></select>
)html";

std::string_view phase_text(deployment_phase p) {
  switch (p) {
  case deployment_phase::dispatched: return "等待您接单";
  case deployment_phase::accepted: return "已接单，请尽快赶到现场";
  case deployment_phase::arrived: return "已到达现场";
  case deployment_phase::completed: return "救援已完成，辛苦了";
  case deployment_phase::refused: return "您已拒绝";
  case deployment_phase::unanswered: return "接单已超时，仍可接单";
  case deployment_phase::withdrawn: return "已撤回，无需前往";
  }
  return "";
}

struct choice {
  std::string_view word;
  std::string_view text;
};

/// What may be said next; late acceptance counts.
std::vector<choice> choices(const domain::order_state& order, deployment_phase p) {
  if (domain::is_over(order.status)) return {};
  switch (p) {
  case deployment_phase::dispatched:
  case deployment_phase::unanswered: return {{"accept", "接单"}, {"arrived", "到达"}, {"refuse", "拒绝"}};
  case deployment_phase::refused: return {{"accept", "改为接单"}};
  case deployment_phase::accepted: return {{"arrived", "到达"}, {"completed", "完成"}, {"refuse", "拒绝"}};
  case deployment_phase::arrived: return {{"completed", "完成"}};
  case deployment_phase::completed:
  case deployment_phase::withdrawn: return {};
  }
  return {};
}

std::string row(std::string_view name, const std::string& value) {
  if (value.empty()) return {};
  return "<dt>" + std::string{name} + "</dt><dd>" + escape_markup(value) + "</dd>\n";
}

/// "20:44", local time.
std::string clock_text(domain::instant at, domain::span utc_offset) {
  return at == domain::never ? std::string{} : domain::to_rfc3339(at + utc_offset).substr(11, 5);
}

std::string urgency(const domain::order_state& s) {
  std::string text;
  const auto add = [&](bool is, std::string_view what) {
    if (is) text += (text.empty() ? "" : " · ") + std::string{what};
  };
  add(s.fire, "火情");
  add(s.injured > 0, "有人受伤");
  add(s.medical, "需要医疗救援");
  add(s.children, "有儿童");
  add(s.elderly, "有老人");
  return text.empty() ? text : "<div class=\"card urgent\">" + text + "</div>\n";
}

std::string place_card(const domain::order_state& s, domain::span utc_offset) {
  auto place = s.address.empty() ? s.project : s.address;
  if (place.empty()) place = "地点待确认，请致电热线";
  std::string card = "<div class=\"card\"><div class=\"place\">" + escape_markup(place) + "</div><dl>\n";
  if (s.project != place) card += row("项目", s.project);
  card += row("救援识别码", s.lift);
  card += row("注册代码", s.registration_code);
  card += row("类型", s.type == domain::order_type::entrapment ? "困人" : "故障");
  if (s.trapped > 0) card += row("被困", std::to_string(s.trapped) + " 人");
  card += row("报警时间", clock_text(s.received, utc_offset));
  return card + "</dl></div>\n";
}

std::string due_rows(const domain::deployment& d, domain::span utc_offset) {
  std::string rows = row("救援单位", d.name);
  if (d.phase == deployment_phase::dispatched) rows += row("接单时限", clock_text(d.answer_due, utc_offset));
  rows += row("接单", clock_text(d.accepted, utc_offset));
  if (d.phase == deployment_phase::accepted) rows += row("到达时限", clock_text(d.arrival_due, utc_offset));
  rows += row("到达", clock_text(d.arrived, utc_offset));
  rows += row("完成", clock_text(d.completed, utc_offset));
  return rows;
}

} // namespace

page_content rescuer_page_of(const domain::order_state& order, const domain::deployment& own,
                             const std::string& hotline, domain::span utc_offset) {
  const bool over = domain::is_over(order.status);
  auto body = "<body>\n<header><h1>电梯救援任务</h1><div>工单 " + escape_markup(order.number) + " · 短码 " +
              domain::short_code(order.id) + "</div></header>\n<main>\n" + urgency(order) +
              place_card(order, utc_offset);
  body += "<div class=\"card\"><div id=\"phase\">" + std::string{over ? "本次救援已结束" : phase_text(own.phase)} +
          "</div><dl>\n" + due_rows(own, utc_offset) + "</dl></div>\n";
  const auto next = choices(order, own.phase);
  for (const auto& c : next)
    body += "<button class=\"" + std::string{c.word} + "\" data-word=\"" + std::string{c.word} + "\">" +
            std::string{c.text} + "</button>\n";
  body += "<div id=\"said\" role=\"status\"></div>\n";
  const auto is_completion = [](const choice& c) { return c.word == "completed"; };
  if (std::any_of(next.begin(), next.end(), is_completion)) body += causes;
  if (!next.empty())
    body += "<textarea id=\"note\" rows=\"2\" maxlength=\"150\" placeholder=\"备注（可不填）\"></textarea>\n";
  const auto number = escape_markup(hotline);
  body += "<a class=\"call\" href=\"tel:" + number + "\">联系热线 " + number + "</a>\n</main>\n";
  return {"电梯救援任务", style, std::move(body), script};
}

} // namespace lifeline::cti
