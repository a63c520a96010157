#include "apps/lifelined/logging.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace lifeline::app {

namespace {

constexpr std::size_t log_file_bytes = 50u << 20;
constexpr std::size_t log_files = 5;

/// %J: the message as a JSON string, quotes included.
class json_text final : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const auto text = nlohmann::json(std::string{message.payload.data(), message.payload.size()})
                          .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<json_text>(); }
};

spdlog::level::level_enum level_of(config::log_level level) {
  switch (level) {
  case config::log_level::trace: return spdlog::level::trace;
  case config::log_level::debug: return spdlog::level::debug;
  case config::log_level::info: return spdlog::level::info;
  case config::log_level::warn: return spdlog::level::warn;
  case config::log_level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::sink_ptr sink_of(const config::log_settings& s) {
  if (s.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(s.file, log_file_bytes, log_files);
}

} // namespace

std::shared_ptr<spdlog::logger> make_logger(const config::log_settings& s) {
  auto logger = std::make_shared<spdlog::logger>("lifeline", sink_of(s));
  logger->set_level(level_of(s.level));
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (s.format == config::log_format::json)
    formatter->add_flag<json_text>('J').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%J})");
  else
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v");
  logger->set_formatter(std::move(formatter));
  logger->flush_on(spdlog::level::warn);
  return logger;
}

} // namespace lifeline::app
