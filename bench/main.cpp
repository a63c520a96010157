// lifeline-bench: what the engine claims is measured, by one command each.

#include "bench/commands.hpp"
#include "build_info.hpp"

#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using namespace lifeline;

bool write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  if ((std::ofstream(path, std::ios::binary) << text).flush()) return true;
  std::cerr << "lifeline-bench: " << path << ": cannot be written\n";
  return false;
}

} // namespace

namespace lifeline::bench {

CLI::App* command_line::add(const char* called, const char* help, std::function<void(report&)> does) {
  auto* sub = app->add_subcommand(called, help);
  sub->fallthrough();
  sub->callback([this, called, does = std::move(does)] {
    name = called;
    run = does;
  });
  return sub;
}

} // namespace lifeline::bench

int main(int argc, char** argv) {
  CLI::App app{"Measures Lifeline on this machine. A slow machine gives large figures, never a failure.",
               "lifeline-bench"};
  app.set_version_flag("--version", std::string{build_version} + " (" + std::string{build_revision} + ")");
  app.require_subcommand(1);
  std::string json_file, html_file, against;
  app.add_option("--json", json_file, "writes the report into this file");
  app.add_option("--html", html_file, "writes the report with plots into this file");
  app.add_option("--against", against, "an earlier report (JSON) to be compared with, as ratios");
  bench::command_line line;
  line.app = &app;
  for (int i = 0; i < argc; ++i)
    line.command += (i == 0 ? "" : " ") + std::string{argv[i]};
  bench::add_pure_runs(line);
  bench::add_engine_runs(line);
  bench::add_question_runs(line);
  bench::add_simulation_run(line);
  CLI11_PARSE(app, argc, argv);
  try {
    auto r = bench::make_report(line.name, line.command);
    line.run(r);
    std::cout << bench::as_table(r);
    if (!against.empty()) {
      std::ifstream in(against, std::ios::binary);
      std::ostringstream text;
      text << in.rdbuf();
      const auto compared = bench::compare(r, text.str());
      if (!compared) throw std::runtime_error(against + ": " + compared.error());
      std::cout << '\n' << *compared;
    }
    const bool written = write_file(json_file, bench::as_json(r)) && write_file(html_file, bench::as_html(r));
    return line.failed ? 1 : written ? 0 : 2;
  } catch (const std::exception& e) {
    std::cerr << "lifeline-bench: " << e.what() << '\n';
    return 2;
  }
}
