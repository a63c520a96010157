// What a person sees in the place of a page: in Chinese, and always with the number to call.

#include "cti/api/plate.hpp"
#include "cti/public/pages.hpp"

namespace lifeline::cti {

namespace {

constexpr std::string_view style = R"css(
*{box-sizing:border-box}
body{margin:0;font:17px/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;background:#f3f4f6;color:#1f2328}
main{max-width:480px;margin:0 auto;padding:16px}
header{background:#c4161c;color:#fff;padding:14px 16px;text-align:center}
header h1{margin:0;font-size:20px}
.card{background:#fff;border-radius:12px;padding:14px 16px;margin-bottom:14px}
.call{display:block;text-align:center;padding:16px;border-radius:10px;color:#fff;font-size:20px;font-weight:700;text-decoration:none;background:#c4161c}
)css";

struct words {
  std::string_view title;
  std::string_view text;
};

/// Whom the address was meant for, as far as it can be read.
enum class reader { passenger, rescuer, anybody };

reader reader_of(std::string_view path) {
  if (path.starts_with("/a/")) return reader::passenger;
  return path.starts_with("/r/") ? reader::rescuer : reader::anybody;
}

words words_of(reader who, int status) {
  if (status == 429) return {"访问太频繁", "请稍等片刻再刷新本页。"};
  if (status >= 500) return {"暂时无法打开", "系统暂时无法打开本页，请稍后重试。"};
  if (who == reader::passenger)
    return {"二维码无法识别",
            "二维码已损坏或链接不完整。请重新扫描，或拨打救援电话，告知电梯上的救援识别码或所在位置。"};
  if (who == reader::rescuer)
    return {"链接已失效", "链接不完整或已过期。请致电热线，由值班人员登记到达、完成情况或重新发送链接。"};
  return {"没有这个页面", "请检查链接是否完整。"};
}

} // namespace

page_content problem_page_of(std::string_view path, int status, const std::string& hotline) {
  const auto w = words_of(reader_of(path), status);
  const auto number = escape_markup(hotline);
  std::string body = "<body>\n<header><h1>" + std::string{w.title} + "</h1></header>\n<main>\n<div class=\"card\"><p>" +
                     std::string{w.text} + "</p><p><b>如有人被困电梯，请立即拨打 " + number +
                     "</b></p></div>\n<a class=\"call\" href=\"tel:" + number + "\">拨打 " + number + "</a>\n</main>\n";
  return {w.title, style, std::move(body), {}};
}

} // namespace lifeline::cti
