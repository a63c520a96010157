#include "apps/lifelined/logging.hpp"

#include "apps/lifelined/log_file.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace lifeline::app {

namespace {

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

std::unique_ptr<spdlog::formatter> formatter_of(config::log_format format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (format == config::log_format::json)
    formatter->add_flag<json_text>('J').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%J})");
  else
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v");
  return formatter;
}

std::shared_ptr<log_file> file_of(const config::log_settings& s) {
  return s.file.empty() ? nullptr : std::make_shared<log_file>(s.file, s.max_size, s.keep);
}

spdlog::sink_ptr sink_of(const std::shared_ptr<log_file>& file) {
  if (file) return file;
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

} // namespace

log_output::log_output(const config::log_settings& s)
    : settings_(s), file_(file_of(s)), outlet_(std::make_shared<spdlog::sinks::dist_sink_mt>()),
      logger_(std::make_shared<spdlog::logger>("lifeline", outlet_)) {
  outlet_->add_sink(sink_of(file_));
  logger_->set_level(level_of(s.level));
  logger_->set_formatter(formatter_of(s.format));
  logger_->flush_on(spdlog::level::warn);
}

bool log_output::apply(const config::log_settings& s) {
  const std::lock_guard lock{mutex_};
  auto file = file_;
  const bool other_file = s.file != settings_.file || s.max_size != settings_.max_size || s.keep != settings_.keep;
  if (other_file) {
    try {
      file = file_of(s);
    } catch (const spdlog::spdlog_ex&) {
      return false;
    }
    logger_->flush();
    auto sink = sink_of(file);
    sink->set_formatter(formatter_of(s.format));
    outlet_->set_sinks({sink});
    file_ = file;
  }
  outlet_->set_formatter(formatter_of(s.format));
  logger_->set_level(level_of(s.level));
  settings_ = s;
  return true;
}

bool log_output::reopen() {
  const std::lock_guard lock{mutex_};
  return !file_ || file_->reopen();
}

} // namespace lifeline::app
