#include "domain/rescue/party_csv.hpp"
#include "domain/base/pinyin.hpp"

#include "domain/base/csv.hpp"
#include "domain/base/field_check.hpp"
#include "domain/base/text_encoding.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator_cells.hpp"
#include "domain/rescue/duty_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace lifeline::domain {

namespace {

enum class column : std::uint8_t {
  unknown,
  id,
  name,
  kind,
  districts,
  latitude,
  longitude,
  phone,
  label,
  shifts,
  order,
  webhook,
  active,
};

struct heading {
  column what;
  std::string_view names; ///< the first is written
};
constexpr std::array headings{
    heading{column::id, "编号|id|代码"},
    heading{column::name, "名称|name|单位名称|单位"},
    heading{column::kind, "类别|kind|类型"},
    heading{column::districts, "区域|districts|district|行政区域|服务区域"},
    heading{column::latitude, "纬度|latitude"},
    heading{column::longitude, "经度|longitude"},
    heading{column::phone, "电话|phone|number|值班电话|联系电话"},
    heading{column::label, "电话说明|label|说明|联系人"},
    heading{column::shifts, "值班时间|shifts|时间|值班"},
    heading{column::order, "呼叫顺序|order|顺序"},
    heading{column::webhook, "通知地址|webhook"},
    heading{column::active, "启用|active|状态"},
};

/// Whether `word` is one of "a|b|c".
bool is_one_of(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = words.find('|');
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
  return false;
}

column column_of(std::string_view cell) {
  const auto plain = plain_heading(cell);
  for (const auto& h : headings)
    if (is_one_of(h.names, plain)) return h.what;
  return column::unknown;
}

std::optional<party_kind> kind_of(std::string_view cell) {
  const auto word = fold_name(cell);
  if (is_one_of("firm|维保单位|维保|1", word)) return party_kind::firm;
  if (is_one_of("station|救援站|救援点|2", word)) return party_kind::station;
  if (is_one_of("public_rescue|公共救援|119|消防|3", word)) return party_kind::public_rescue;
  return std::nullopt;
}

std::optional<dial_order> order_of(std::string_view cell) {
  const auto word = fold_name(cell);
  if (is_one_of("one_by_one|逐个|依次", word)) return dial_order::one_by_one;
  if (is_one_of("all_at_once|同时", word)) return dial_order::all_at_once;
  return std::nullopt;
}

std::optional<bool> yes_of(std::string_view cell) {
  const auto word = fold_name(cell);
  if (is_one_of("yes|true|1|是|启用", word)) return true;
  if (is_one_of("no|false|0|否|停用", word)) return false;
  return std::nullopt;
}

std::vector<std::string> districts_of(std::string_view cell) {
  std::vector<std::string> all;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) all.push_back(district_of(std::move(word)));
    word.clear();
  };
  const auto folded = fold(cell);
  for (std::string_view rest = folded; !rest.empty();) {
    const auto before = rest;
    const auto c = take_code_point(rest).value_or(U'?');
    if (c == U' ' || c == U',' || c == U';' || c == U'/' || c == U'、')
      end_word();
    else
      word += before.substr(0, before.size() - rest.size());
  }
  end_word();
  return all;
}

/// A party as its rows tell it.
struct told_party {
  std::uint64_t row = 0; ///< its first
  rescue_party party;
  bool has_kind = false;
  std::optional<double> latitude, longitude;
};

class list_reader {
public:
  list_reader(std::string_view text, const std::vector<rescue_party>& known) : csv_(text), known_(known) {}

  tl::expected<party_list, std::string> read() {
    if (auto wrong = read_heading()) return tl::make_unexpected(std::move(*wrong));
    while (auto record = csv_.next()) {
      if (is_empty(*record)) continue;
      if (++list_.rows > party_csv_most_rows)
        return tl::make_unexpected("line " + std::to_string(record->line) + ": expected at most " +
                                   std::to_string(party_csv_most_rows) + " rows in one list");
      read_row(*record);
    }
    if (!csv_.failed().empty()) return tl::make_unexpected(csv_.failed());
    for (auto& told : parties_)
      finish(told);
    std::stable_sort(list_.problems.begin(), list_.problems.end(),
                     [](const auto& a, const auto& b) { return a.row < b.row; });
    // An unknown column, which is a problem of the heading, makes no row bad.
    std::set<std::uint64_t> rows;
    for (const auto& p : list_.problems)
      if (p.row != heading_row_) rows.insert(p.row);
    list_.bad_rows = rows.size();
    return std::move(list_);
  }

private:
  static bool is_empty(const csv_record& r) {
    return r.problem.empty() &&
           std::all_of(r.cells.begin(), r.cells.end(), [](const auto& cell) { return trim(cell).empty(); });
  }

  void note(std::uint64_t row, std::string_view who, std::string field, const std::string& message) {
    list_.problems.push_back({row, std::move(field), who.empty() ? message : std::string{who} + ": " + message});
  }

  std::optional<std::string> read_heading() {
    auto record = csv_.next();
    while (record && is_empty(*record))
      record = csv_.next();
    if (!csv_.failed().empty()) return csv_.failed();
    if (!record) return "line 1: expected a heading, found nothing";
    const auto line = "line " + std::to_string(record->line) + ": ";
    if (!record->problem.empty()) return line + record->problem;
    heading_row_ = record->line;
    std::set<column> seen;
    for (const auto& cell : record->cells) {
      names_.push_back(clean_cell(cell));
      columns_.push_back(column_of(names_.back()));
      const bool known = columns_.back() != column::unknown;
      if (!known && !names_.back().empty())
        note(record->line, {}, names_.back(), "expected the heading of a known column; this one is ignored");
      if (known && !seen.insert(columns_.back()).second) {
        note(record->line, {}, names_.back(), "expected each column once; this second one is ignored");
        columns_.back() = column::unknown;
      }
    }
    if (!seen.contains(column::name)) return line + "expected a heading with 名称 (name)";
    return std::nullopt;
  }

  std::string cell(const csv_record& record, column what) const {
    for (std::size_t i = 0; i < columns_.size() && i < record.cells.size(); ++i)
      if (columns_[i] == what) return clean_cell(record.cells[i]);
    return {};
  }

  std::string heading_of(column what) const {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i] == what) return names_[i];
    for (const auto& h : headings)
      if (h.what == what) return std::string{h.names.substr(0, h.names.find('|'))};
    return {};
  }

  void read_row(const csv_record& record) {
    if (!record.problem.empty()) return note(record.line, {}, {}, record.problem);
    const auto name = cell(record, column::name);
    if (name.empty()) return note(record.line, {}, heading_of(column::name), "expected a name, found nothing");
    auto& told = party_of(record.line, name);
    const auto wrong = [&](column what, const std::string& message) {
      note(record.line, name, heading_of(what), message);
    };
    if (const auto id = cell(record, column::id); !id.empty()) {
      if (!told.party.id.empty() && told.party.id != id)
        wrong(column::id, expected_found("the same id in all rows of a party", id));
      told.party.id = id;
    }
    read_words(record, told, wrong);
    read_phone(record, told, wrong);
  }

  told_party& party_of(std::uint64_t row, const std::string& name) {
    const auto [at, fresh] = by_name_.try_emplace(fold_name(name), parties_.size());
    if (fresh) {
      parties_.push_back({row, {}, false, {}, {}});
      parties_.back().party.name = name;
    }
    return parties_[at->second];
  }

  template <class Wrong> void read_words(const csv_record& record, told_party& told, const Wrong& wrong) {
    const auto read = [&](column what, auto parse, auto take, std::string_view expected) {
      const auto text = cell(record, what);
      if (text.empty()) return;
      if (const auto value = parse(text))
        take(*value);
      else
        wrong(what, expected_found(expected, text));
    };
    const auto degrees = [](const std::string& text) {
      const auto d = read_degrees(text);
      return d ? std::optional<double>(*d) : std::nullopt;
    };
    auto& p = told.party;
    read(
        column::kind, kind_of, [&](party_kind k) { p.kind = k, told.has_kind = true; },
        "维保单位 (firm), 救援站 (station) or 公共救援 (public_rescue)");
    read(
        column::order, order_of, [&](dial_order o) { p.order = o; }, "逐个 (one_by_one) or 同时 (all_at_once)");
    read(
        column::active, yes_of, [&](bool yes) { p.active = yes; }, "是 (yes) or 否 (no)");
    read(
        column::latitude, degrees, [&](double d) { told.latitude = d; }, "degrees");
    read(
        column::longitude, degrees, [&](double d) { told.longitude = d; }, "degrees");
    if (const auto url = cell(record, column::webhook); !url.empty()) p.webhook = url;
    for (auto& d : districts_of(cell(record, column::districts)))
      if (std::find(p.districts.begin(), p.districts.end(), d) == p.districts.end())
        p.districts.push_back(std::move(d));
  }

  template <class Wrong> void read_phone(const csv_record& record, told_party& told, const Wrong& wrong) {
    duty_phone phone{cell(record, column::phone), cell(record, column::label), {}};
    const auto hours = cell(record, column::shifts);
    auto shifts = parse_shifts(hours);
    if (!shifts) return wrong(column::shifts, shifts.error());
    phone.shifts = std::move(*shifts);
    if (!phone.number.empty()) return told.party.phones.push_back(std::move(phone));
    if (!hours.empty() || !phone.label.empty()) wrong(column::phone, "expected a number with the time or label");
  }

  void finish(told_party& told) {
    auto& p = told.party;
    if (p.id.empty()) p.id = id_of(p.name);
    const auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& k) { return k.id == p.id; });
    if (!told.has_kind && known != known_.end())
      p.kind = known->kind;
    else if (!told.has_kind)
      note(told.row, p.name, heading_of(column::kind),
           "expected 维保单位 (firm), 救援站 (station) or 公共救援 (public_rescue), found nothing");
    if (told.latitude && told.longitude)
      p.where = geo_point{*told.latitude, *told.longitude};
    else if (told.latitude || told.longitude)
      note(told.row, p.name, heading_of(told.latitude ? column::longitude : column::latitude),
           "expected both coordinates or none");
    if (!ids_.insert(p.id).second)
      note(told.row, p.name, heading_of(column::id), expected_found("an id of its own", p.id));
    for (const auto& wrong : check_party(p))
      note(told.row, p.name, wrong.field, wrong.message);
    const bool is_wrong = std::any_of(list_.problems.begin(), list_.problems.end(),
                                      [&](const auto& each) { return each.message.starts_with(p.name + ": "); });
    if (!is_wrong) list_.parties.push_back(std::move(p));
  }

  std::string id_of(const std::string& name) const {
    for (const auto& k : known_)
      if (fold_name(k.name) == fold_name(name)) return k.id;
    auto base = pinyin_initials(name).substr(0, 50);
    if (base.empty()) base = "party";
    const auto taken = [&](const std::string& id) {
      return ids_.contains(id) ||
             std::any_of(known_.begin(), known_.end(), [&](const auto& k) { return k.id == id; }) ||
             std::any_of(parties_.begin(), parties_.end(), [&](const auto& t) { return t.party.id == id; });
    };
    auto id = base;
    for (int n = 2; taken(id); ++n)
      id = base + "-" + std::to_string(n);
    return id;
  }

  csv_reader csv_;
  std::uint64_t heading_row_ = 0;
  const std::vector<rescue_party>& known_;
  std::vector<column> columns_;
  std::vector<std::string> names_; ///< of the columns, as they stand in the list
  std::vector<told_party> parties_;
  std::map<std::string, std::size_t> by_name_;
  std::set<std::string> ids_;
  party_list list_;
};

std::string_view chinese(party_kind k) {
  switch (k) {
  case party_kind::firm: return "维保单位";
  case party_kind::station: return "救援站";
  case party_kind::public_rescue: return "公共救援";
  }
  return {};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& w : words)
    text += (text.empty() ? "" : " ") + w;
  return text;
}

} // namespace

tl::expected<party_list, std::string> read_party_csv(std::string_view bytes, const std::vector<rescue_party>& known) {
  if (bytes.size() > elevator_csv_most_bytes)
    return tl::make_unexpected("expected at most " + std::to_string(elevator_csv_most_bytes >> 20) + " MB");
  auto decoded = decode_text(bytes);
  if (!decoded) return tl::make_unexpected(std::move(decoded.error()));
  auto list = list_reader{decoded->text, known}.read();
  if (list) list->encoding = std::move(decoded->encoding);
  return list;
}

party_plan plan_party_import(const party_list& list, const std::vector<rescue_party>& known) {
  party_plan plan;
  for (const auto& p : list.parties) {
    const auto old = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.id == p.id; });
    if (old == known.end())
      plan.added.push_back(p);
    else if (*old == p)
      ++plan.unchanged;
    else
      plan.changed.push_back(p);
  }
  return plan;
}

std::string write_party_csv(const std::vector<rescue_party>& parties) {
  std::string list = "\xEF\xBB\xBF";
  for (const auto& h : headings)
    list.append(h.what == column::id ? "" : ",").append(h.names.substr(0, h.names.find('|')));
  list += "\r\n";
  for (const auto& p : parties) {
    const auto rows = std::max<std::size_t>(1, p.phones.size());
    for (std::size_t i = 0; i < rows; ++i) {
      const auto phone = i < p.phones.size() ? p.phones[i] : duty_phone{};
      const std::array cells{
          p.id,
          p.name,
          std::string{chinese(p.kind)},
          joined(p.districts),
          p.where ? degrees_text(p.where->latitude) : std::string{},
          p.where ? degrees_text(p.where->longitude) : std::string{},
          phone.number,
          phone.label,
          shifts_text(phone.shifts),
          std::string{p.order == dial_order::all_at_once ? "同时" : "逐个"},
          p.webhook,
          std::string{p.active ? "是" : "否"},
      };
      for (std::size_t c = 0; c < cells.size(); ++c)
        list.append(c == 0 ? "" : ",").append(csv_text_cell(cells[c]));
      list += "\r\n";
    }
  }
  return list;
}

} // namespace lifeline::domain
