#include "tests/peers/harness/kamailio.hpp"

#include "tests/peers/harness/wait.hpp"

namespace lifeline::peers {

namespace {

std::filesystem::path prepare(const workspace& place, const std::string& configuration,
                              std::map<std::string, std::string> values, std::uint16_t port) {
  const auto folder = place.file("kamailio-" + std::to_string(port));
  std::filesystem::create_directories(folder);
  auto text = read_text(source_file("tests/peers/kamailio/" + configuration + ".cfg"));
  values["PORT"] = std::to_string(port);
  for (const auto& [name, value] : values) {
    const auto mark = "@" + name + "@";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  write_text(folder / "kamailio.cfg", text);
  return folder;
}

} // namespace

kamailio::kamailio(const workspace& place, const std::string& configuration, std::map<std::string, std::string> values,
                   std::uint16_t port)
    : folder_(prepare(place, configuration, std::move(values), port)), port_(port) {
  start();
}

launch kamailio::command() const {
  // In the foreground, small, with its runtime files in the test's folder.
  return {{"kamailio", "-f", (folder_ / "kamailio.cfg").string(), "-DD", "-E", "-m", "16", "-M", "4", "-Y",
           folder_.string()},
          folder_,
          folder_ / "kamailio",
          {}};
}

void kamailio::start() {
  process_ = std::make_unique<child>(command());
  wait_until("kamailio listens", std::chrono::seconds{15}, [&] {
    if (!process_->running()) throw std::runtime_error("kamailio has ended:\n" + tail(process_->err()));
    return !is_free(port_);
  });
}

} // namespace lifeline::peers
