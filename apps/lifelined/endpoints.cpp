#include "apps/lifelined/endpoints.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace lifeline::app {

namespace {

std::filesystem::path file_in(const std::string& data) { return std::filesystem::path{data} / "endpoints.json"; }

nlohmann::json to_json(const endpoint& e) { return {{"address", e.address}, {"port", e.port}}; }

} // namespace

tl::expected<void, std::string> write_endpoints(const std::string& data, const endpoint& sip, const endpoint& http,
                                                const std::optional<endpoint>& open) {
  const auto path = file_in(data);
  const auto draft = path.string() + ".new";
  {
    std::ofstream out{draft};
    nlohmann::json all{{"pid", ::getpid()}, {"sip", to_json(sip)}, {"http", to_json(http)}};
    if (open) all["public"] = to_json(*open);
    out << all.dump() << '\n';
    if (!out.flush()) return tl::unexpected("cannot write " + draft);
  }
  std::error_code failure;
  std::filesystem::rename(draft, path, failure); // whoever polls for the file sees it whole
  if (failure) return tl::unexpected("cannot write " + path.string() + ": " + failure.message());
  return {};
}

void remove_endpoints(const std::string& data) {
  std::error_code ignored;
  std::filesystem::remove(file_in(data), ignored);
}

} // namespace lifeline::app
