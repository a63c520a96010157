// lifeline-demo: the engine with its shipped configuration, real telephones (baresip), and four calls that are checked.

#include "tests/peers/demo_story.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <ctime>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  lifeline::demo::options o;
  o.config = lifeline::peers::source_file("config/lifeline.toml");
  CLI::App app{
      "Plays a demonstration: agents register, callers call 12315 and 96333, are queued, answered and recorded. "
      "Exits with 0 only if every call went as told."};
  app.add_option("--config", o.config, "configuration of the engine")->check(CLI::ExistingFile)->capture_default_str();
  app.add_option("--data", o.data, "folder for the engine's files [a new one in data/demo]");
  app.add_option("--prompts", o.prompts, "folder of the greetings and the music [data/prompts]");
  app.add_option("--sip-port", o.sip_port, "instead of the configured one");
  app.add_option("--http-port", o.http_port, "instead of the configured one");
  CLI11_PARSE(app, argc, argv);
  try {
    if (o.data.empty()) {
      const auto now = std::time(nullptr);
      std::tm utc{};
      gmtime_r(&now, &utc);
      std::array<char, 32> name{};
      std::strftime(name.data(), name.size(), "%Y%m%dT%H%M%SZ", &utc);
      o.data = lifeline::peers::source_file("data/demo") / name.data();
    }
    o.data = std::filesystem::absolute(o.data);
    std::filesystem::create_directories(o.data);
    if (lifeline::demo::play(o)) {
      std::cout << "\nEvery call went as told.\n";
      return 0;
    }
    std::cout << "\nNot every call went as told: see WRONG above.\n";
  } catch (const std::exception& e) {
    std::cerr << "\nThe demonstration failed: " << e.what() << '\n';
  }
  return 1;
}
