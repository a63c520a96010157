#include "bench/commands.hpp"
#include "bench/what_if_options.hpp"

#include "config/duration.hpp"
#include "config/names.hpp"
#include "config/reader.hpp"

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace lifeline::bench {

namespace {

using namespace domain;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error(path + ": cannot be read");
  return text.str();
}

/// "queue=value".
std::pair<std::string, std::string> halves(const std::string& text, const char* option) {
  const auto sign = text.find('=');
  if (sign == std::string::npos || sign == 0)
    throw std::runtime_error(std::string{option} + ": expected QUEUE=VALUE, found \"" + text + "\"");
  return {text.substr(0, sign), text.substr(sign + 1)};
}

instant time_of(const std::string& text, const char* option) {
  if (text.empty()) return never;
  const auto t = parse_rfc3339(text);
  if (!t) throw std::runtime_error(std::string{option} + ": expected a time like 2026-11-23T00:00:00Z");
  return *t;
}

/// Calls per interval: "12,30,50", or a file with one number per line.
std::vector<double> calls_of(const std::string& text) {
  auto numbers = text;
  if (text.find_first_not_of("0123456789.,") != std::string::npos) numbers = read_file(text);
  for (auto& c : numbers)
    if (c == ',' || c == '\n' || c == ';') c = ' ';
  std::istringstream in(numbers);
  std::vector<double> calls;
  for (double n = 0; in >> n;)
    calls.push_back(n);
  if (calls.empty() || !in.eof())
    throw std::runtime_error("--calls: expected numbers like 12,30,50, or a file of them");
  return calls;
}

struct day_arguments {
  std::string calls;
  std::string begins = "2026-11-23T00:00:00Z";
  double interval_minutes = 30;
  std::string law = "lognormal";
  double talk = 188;
  double sigma = 0.983;
  double patience = 0;

  void add_to(CLI::App& app) {
    app.add_option("--calls", calls, "expected calls of each interval: 12,30,50 or a file with a number per line");
    app.add_option("--begins", begins, "of the first interval")->capture_default_str();
    app.add_option("--interval", interval_minutes, "minutes")->check(CLI::Range(1.0, 1440.0))->capture_default_str();
    app.add_option("--talk-law", law)
        ->check(CLI::IsMember({"lognormal", "exponential", "constant"}))
        ->capture_default_str();
    app.add_option("--talk", talk, "mean, seconds")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--sigma", sigma, "of the logarithm of a lognormal talk")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--patience", patience, "mean, seconds; 0 = nobody gives up")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }
  [[nodiscard]] day_profile profile(const queue_id& queue) const {
    day_profile p;
    p.queue = queue;
    p.begins = time_of(begins, "--begins");
    p.interval = span{static_cast<std::int64_t>(interval_minutes * 60e6)};
    p.calls = calls_of(calls);
    p.law = law == "exponential" ? talk_law::exponential : law == "constant" ? talk_law::constant : talk_law::lognormal;
    p.talk_mean = talk;
    p.talk_sigma = sigma;
    p.patience_mean = patience;
    return p;
  }
};

struct what_if_arguments {
  what_if_options options;
  day_arguments day;
  std::string config, journal, csv, from, until, queue, answer_delay = "3s", save;
  std::vector<std::string> agents, strategies, wrap_ups, levels, max_waits;
};

queue_plan& queue_in(plan& p, const std::string& name, const char* option) {
  for (auto& q : p.queues)
    if (q.name == name) return q;
  throw std::runtime_error(std::string{option} + ": the configuration has no queue \"" + name + "\"");
}

span duration_of(const std::string& text, const char* option) {
  const auto d = config::parse_duration(text);
  if (!d) throw std::runtime_error(std::string{option} + ": expected a duration like 20s, found \"" + text + "\"");
  return *d;
}

strategy strategy_of(const std::string& text) {
  if (const auto known = domain::parse_strategy(text)) return *known;
  throw std::runtime_error("--strategy: there is no strategy \"" + text + "\"");
}

/// The questions: what is to be otherwise than in the configuration.
void change_plan(what_if_arguments& a) {
  auto& p = a.options.plan;
  for (const auto& text : a.agents) {
    const auto [queue, number] = halves(text, "--agents");
    (void)queue_in(p, queue, "--agents");
    if (number.empty() || number.size() > 6 || number.find_first_not_of("0123456789") != std::string::npos)
      throw std::runtime_error("--agents: expected a number of agents, found \"" + number + "\"");
    a.options.agents_present[queue] = std::stoul(number);
  }
  for (const auto& text : a.strategies) {
    const auto [queue, name] = halves(text, "--strategy");
    queue_in(p, queue, "--strategy").strategy = strategy_of(name);
  }
  const auto each = [&](const std::vector<std::string>& texts, const char* option, span queue_plan::*field) {
    for (const auto& text : texts) {
      const auto [queue, value] = halves(text, option);
      queue_in(p, queue, option).*field = duration_of(value, option);
    }
  };
  each(a.wrap_ups, "--wrap-up", &queue_plan::wrap_up);
  each(a.levels, "--service-level", &queue_plan::service_level);
  each(a.max_waits, "--max-wait", &queue_plan::max_wait);
}

recorded_day past_of(const what_if_arguments& a) {
  if (a.journal.empty() && a.csv.empty()) return {};
  auto read = a.csv.empty() ? read_journal_day(a.journal, time_of(a.from, "--from"), time_of(a.until, "--until"))
                            : read_csv_day(read_file(a.csv));
  if (!read) throw std::runtime_error((a.csv.empty() ? a.journal : a.csv) + ": " + read.error());
  return std::move(*read);
}

void ask_what_if(report& r, what_if_arguments& a) {
  config::read_options reading;
  reading.check_prompts = false;
  auto config = config::read_file(a.config, reading);
  if (!config) throw std::runtime_error(config::to_string(config.error()));
  a.options.plan = config->plan;
  a.options.answer_delay = duration_of(a.answer_delay, "--answer-delay");
  change_plan(a);
  const auto past = past_of(a);
  if (past.calls.empty()) {
    if (a.day.calls.empty())
      throw std::runtime_error("which day? name --journal, --csv, or --calls for one that is made up");
    const auto queue = a.queue.empty() && !a.options.plan.queues.empty() ? a.options.plan.queues.front().name : a.queue;
    (void)queue_in(a.options.plan, queue, "--queue");
    a.options.profiles = {a.day.profile(queue)};
  }
  if (!a.save.empty() && !(std::ofstream(a.save, std::ios::binary) << write_csv_day(past)).flush())
    throw std::runtime_error(a.save + ": cannot be written");
  run_what_if(r, a.options, past);
}

void add_what_if(command_line& c) {
  const auto a = std::make_shared<what_if_arguments>();
  auto* app = c.add("whatif", "A recorded or made-up day with other staffing, strategies or thresholds",
                    [a](report& r) { ask_what_if(r, *a); });
  app->add_option("--config", a->config, "the hotlines, queues and agents")->required();
  auto* journal = app->add_option("--journal", a->journal, "a journal's folder (or a restored backup's): its calls");
  app->add_option("--csv", a->csv, "calls as a list: at,queue,talk_seconds,waited_seconds,answered[,caller]")
      ->excludes(journal);
  app->add_option("--from", a->from, "of the journal's calls: arrived at or after");
  app->add_option("--until", a->until, "of the journal's calls: arrived before");
  app->add_option("--queue", a->queue, "of a made-up day (default: the first)");
  a->day.add_to(*app);
  app->add_option("--agents", a->agents, "QUEUE=N: only so many of its agents are there");
  app->add_option("--strategy", a->strategies, "QUEUE=NAME");
  app->add_option("--wrap-up", a->wrap_ups, "QUEUE=DURATION");
  app->add_option("--service-level", a->levels, "QUEUE=DURATION: the threshold");
  app->add_option("--max-wait", a->max_waits, "QUEUE=DURATION");
  app->add_option("--answer-delay", a->answer_delay, "from the offer to the answer")->capture_default_str();
  app->add_option("--courses", a->options.courses, "how often the day is played")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app->add_option("--seed", a->options.seed)->capture_default_str();
  app->add_option("--save", a->save, "writes the recorded calls as CSV into this file");
}

struct staffing_arguments {
  staffing_options options;
  day_arguments day;
  std::string csv_file;
};

void add_staffing(command_line& c) {
  const auto a = std::make_shared<staffing_arguments>();
  auto* app =
      c.add("staffing", "Agents needed per interval by Erlang C and Erlang A, checked by simulation", [a](report& r) {
        a->options.profile = a->day.profile("queue");
        const auto csv = run_staffing(r, a->options);
        if (!a->csv_file.empty() && !(std::ofstream(a->csv_file, std::ios::binary) << csv).flush())
          throw std::runtime_error(a->csv_file + ": cannot be written");
      });
  a->day.add_to(*app);
  app->get_option("--calls")->required();
  app->add_option("--wrap-up", a->options.wrap_up_seconds, "mean, seconds")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--level", a->options.target.service_level, "share answered within the threshold")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app->add_option("--threshold", a->options.target.threshold_seconds, "seconds")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--most-abandoned", a->options.target.most_abandoned, "share")->check(CLI::Range(0.0, 1.0));
  app->add_option("--most-occupied", a->options.target.most_occupied, "share")->check(CLI::Range(0.0, 1.0));
  app->add_option("--simulated-calls", a->options.simulated_calls, "per interval")
      ->check(CLI::Range(100.0, 1e8))
      ->capture_default_str();
  app->add_option("--seed", a->options.seed)->capture_default_str();
  app->add_option("--csv", a->csv_file, "writes the table into this file");
}

} // namespace

void add_question_runs(command_line& c) {
  add_what_if(c);
  add_staffing(c);
}

} // namespace lifeline::bench
