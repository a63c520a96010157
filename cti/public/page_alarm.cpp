#include "cti/public/pages.hpp"

#include "cti/api/plate.hpp"

namespace lifeline::cti {

namespace {

// Phones in lifts are old, too: no syntax later than ECMAScript 5.
constexpr std::string_view style = R"css(
*{box-sizing:border-box}
body{margin:0;font:17px/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;background:#f3f4f6;color:#1f2328}
main{max-width:480px;margin:0 auto;padding:16px}
header{background:#c4161c;color:#fff;padding:14px 16px;text-align:center}
header h1{margin:0;font-size:20px}
.card{background:#fff;border-radius:12px;padding:14px 16px;margin-bottom:14px}
.code{font-size:15px;color:#57606a}
.code b{font-size:24px;color:#1f2328;letter-spacing:2px}
.place{font-size:17px}
#press{display:block;width:230px;height:230px;margin:8px auto 14px;border:0;border-radius:50%;background:#d61f26;color:#fff;font-size:34px;font-weight:700;box-shadow:0 8px 22px rgba(196,22,28,.45)}
#press:active{background:#a8141a}
#press small{display:block;font-size:16px;font-weight:400}
#press[disabled]{background:#8c959f;box-shadow:none}
.call{display:block;text-align:center;padding:12px;border:2px solid #c4161c;border-radius:10px;color:#c4161c;font-weight:700;text-decoration:none;background:#fff}
label{display:flex;justify-content:space-between;align-items:center;margin:8px 0}
input,select{font-size:17px;padding:8px;border:1px solid #d0d7de;border-radius:8px;width:58%;background:#fff;color:inherit}
#more{width:100%;padding:12px;border:0;border-radius:10px;background:#0b5cad;color:#fff;font-size:17px}
#state{font-size:20px;font-weight:700;text-align:center}
#hint{text-align:center;color:#57606a;font-size:15px}
ol{list-style:none;margin:12px 0 0;padding:0}
ol li{padding:6px 0 6px 30px;position:relative;color:#8c959f}
ol li:before{content:"";position:absolute;left:6px;top:13px;width:12px;height:12px;border-radius:50%;background:#d0d7de}
ol li.done{color:#1a7f37;font-weight:700}
ol li.done:before{background:#1a7f37}
.calm{font-size:15px;color:#57606a;margin:0}
[hidden]{display:none!important}
)css";

constexpr std::string_view script = R"js(
(function () {
  var doc = document, body = doc.body, search = location.search;
  var path = location.pathname.replace(/\/$/, ''), kept = 'lifeline-' + body.getAttribute('data-code');
  var message = null, details = false, timer = null;
  function el(id) { return doc.getElementById(id); }
  function say(state, hint) { el('state').textContent = state; el('hint').textContent = hint || ''; }
  function fresh() {
    var id = Date.now().toString(36) + '-';
    for (var i = 0; i < 4; i++) id += Math.floor(Math.random() * 1679616).toString(36);
    return id;
  }
  function keep(id) { try { id ? sessionStorage.setItem(kept, id) : sessionStorage.removeItem(kept); } catch (e) {} }
  function recall() { try { return sessionStorage.getItem(kept); } catch (e) { return null; } }
  function ask(method, url, data, done) {
    var x = new XMLHttpRequest();
    x.open(method, url, true);
    x.timeout = 10000;
    x.onreadystatechange = function () {
      if (x.readyState !== 4) return;
      var answer = {};
      try { answer = JSON.parse(x.responseText); } catch (e) {}
      done(x.status, answer, parseInt(x.getResponseHeader('Retry-After'), 10) || 3);
    };
    if (data) x.setRequestHeader('Content-Type', 'application/json');
    x.send(data ? JSON.stringify(data) : null);
  }
  function form(id) {
    var f = { message_id: id, injured: parseInt(el('injured').value, 10) };
    var n = parseInt(el('trapped').value, 10);
    if (n > 0) f.trapped = n;
    if (el('phone').value) f.phone = el('phone').value;
    if (el('note').value) f.note = el('note').value;
    return f;
  }
  function later(what, seconds) { clearTimeout(timer); timer = setTimeout(what, seconds * 1000); }
  function send(id, after) {
    ask('POST', path + search, form(id), function (status, answer, wait) {
      if (status === 200 || status === 201) return after();
      if (status === 429) {
        say('请直接拨打救援电话', '本电梯的报警已在处理中');
        return later(function () { send(id, after); }, Math.min(wait, 60));
      }
      if (status >= 400 && status < 500 && status !== 408) {
        el('press').disabled = false;
        return say('报警没有成功', '请直接拨打救援电话');
      }
      say('信号不好，正在重试…', '也请同时拨打救援电话');
      later(function () { send(id, after); }, 3);
    });
  }
  var steps = ['received', 'dispatched', 'accepted', 'arrived', 'rescued'];
  var words = {
    filtered: ['报警已收到', '值班人员正在核实'],
    unclear: ['报警已收到', '值班人员正在核实电梯位置，请拨打救援电话'],
    open: ['报警已收到', '正在通知救援人员'],
    dispatched: ['已通知救援人员', '正在等待救援人员确认'],
    accepted: ['救援人员正在赶来', '请保持冷静，耐心等待'],
    arrived: ['救援人员已到达现场', '请听从救援人员的指挥'],
    rescued: ['救援已完成', ''],
    dismissed: ['本次报警已关闭', '如果仍然被困，请再次报警或拨打救援电话']
  };
  function show(answer) {
    var w = words[answer.unclear ? 'unclear' : answer.status] || ['救援已结束', ''];
    say(w[0], w[1]);
    for (var i = 0; i < steps.length; i++) el('step-' + steps[i]).className = answer[steps[i]] ? 'done' : '';
    el('number').textContent = answer.number || '';
  }
  function poll() {
    ask('GET', path + '/status' + search + '&m=' + encodeURIComponent(message), null, function (status, answer, wait) {
      if (status === 200) {
        show(answer);
        if (answer.over) return finish();
      } else if (status === 404) {
        return finish();
      }
      later(poll, status === 429 ? Math.max(wait, 5) : 5);
    });
  }
  function finish() { keep(null); message = null; el('press').disabled = false; el('press').hidden = false; }
  function follow() {
    keep(message);
    el('press').hidden = true;
    el('progress').hidden = false;
    el('more').hidden = false;
    poll();
  }
  el('press').onclick = function () {
    el('press').disabled = true;
    el('progress').hidden = false;
    message = message || fresh();
    say('正在报警…', '');
    send(message, follow);
  };
  el('more').onclick = function () {
    var button = el('more');
    button.disabled = true;
    button.textContent = '正在发送…';
    ask('POST', path + search, form(fresh()), function (status) {
      var good = status === 200 || status === 201;
      button.disabled = false;
      button.textContent = good ? '已发送，可再次补充' : '没有发送成功，请重试';
    });
  };
  message = recall();
  if (message) follow();
})();
)js";

constexpr std::string_view form = R"html(<div class="card">
<label>被困人数<select id="trapped"><option value="0">不清楚</option><option>1</option><option>2</option><option>3</option><option>4</option><option>5</option><option>6</option><option>7</option><option>8</option><option>9</option><option>10</option></select></label>
<label>有人受伤<select id="injured"><option value="0">没有</option><option value="1">有</option></select></label>
<label>您的电话<input id="phone" type="tel" autocomplete="tel" maxlength="20" placeholder="可不填"></label>
<label>补充说明<input id="note" type="text" maxlength="100" placeholder="可不填"></label>
<button id="more" hidden>发送补充信息</button>
</div>
)html";

constexpr std::string_view progress = R"html(<div class="card" id="progress" hidden>
<div id="state" role="status"></div>
<div id="hint"></div>
<ol>
<li id="step-received">报警已收到 <span id="number"></span></li>
<li id="step-dispatched">已通知救援人员</li>
<li id="step-accepted">救援人员出发</li>
<li id="step-arrived">救援人员到达</li>
<li id="step-rescued">救援完成</li>
</ol>
</div>
)html";

} // namespace

page_content alarm_page_of(const std::string& rescue_code, const std::string& place, const std::string& hotline) {
  const auto code = escape_markup(rescue_code);
  const auto number = escape_markup(hotline);
  auto body = "<body data-code=\"" + code + "\">\n<header><h1>电梯应急救援</h1></header>\n<main>\n" +
              "<div class=\"card\"><div class=\"code\">救援识别码 <b>" + code + "</b></div>";
  if (!place.empty()) body += "<div class=\"place\">" + escape_markup(place) + "</div>";
  body += "</div>\n<noscript><div class=\"card\">请拨打 " + number + "</div></noscript>\n";
  body += "<button id=\"press\">一键报警<small>被困请按这里</small></button>\n";
  body += progress;
  body += "<p><a class=\"call\" href=\"tel:" + number + "\">拨打救援电话 " + number + "</a></p>\n";
  body += form;
  body += "<p class=\"calm\">请保持冷静。轿厢有通风，不会缺氧。不要扒门，不要撬门，等待救援人员到来。</p>\n</main>\n";
  return {"电梯应急救援", style, std::move(body), script};
}

} // namespace lifeline::cti
