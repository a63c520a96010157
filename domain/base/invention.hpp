#pragma once
// Dice for invented data: the same seed gives the same on every platform (the standard's distributions do not).

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace lifeline::domain {

class invention {
public:
  explicit invention(std::uint64_t seed) : random_(seed) {}

  /// 0 .. n-1. The bias of the modulus is of no matter here.
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class Container> const auto& one_of(const Container& all) { return all[below(all.size())]; }

  /// "周建国"
  std::string person() {
    static constexpr std::array<std::string_view, 20> surnames{"王", "李", "张", "刘", "陈", "杨", "赵",
                                                               "黄", "周", "吴", "徐", "孙", "胡", "朱",
                                                               "高", "林", "何", "郭", "马", "罗"};
    static constexpr std::array<std::string_view, 20> given{"建国", "志强", "海燕", "晓明", "文博", "立新", "春梅",
                                                            "国庆", "永福", "秀兰", "子涵", "宏伟", "玉珍", "少华",
                                                            "家宝", "长林", "月娥", "金山", "小龙", "卫东"};
    const std::string surname{one_of(surnames)};
    return surname + std::string{one_of(given)};
  }

private:
  std::mt19937_64 random_;
};

/// "05178000nnnn" and "1390000nnnn", as in the shipped configuration: nobody's numbers.
inline std::string invented_number(std::string_view front, std::uint64_t n) {
  const auto text = std::to_string(n % 10'000);
  return std::string{front} + std::string(4 - text.size(), '0') + text;
}
inline std::string invented_landline(std::uint64_t n) { return invented_number("05178000", n); }
inline std::string invented_mobile(std::uint64_t n) { return invented_number("1390000", n); }

} // namespace lifeline::domain
