#include "config/reader.hpp"

#include "config/check_plan.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace lifeline::config {

namespace {

/// A configuration is a few kilobytes; somebody who names a recording by mistake shall not wait for it.
constexpr std::uintmax_t largest_file = 4U << 20U;

std::filesystem::path absolute(const std::string& folder) {
  std::error_code error;
  auto path = std::filesystem::absolute(folder.empty() ? "." : folder, error);
  return error ? std::filesystem::path{folder} : path.lexically_normal();
}

std::string counted(std::size_t n, const char* what) { return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s"); }

tl::unexpected<std::vector<problem>> refuse_file(const std::string& path, const std::string& why) {
  return tl::make_unexpected(std::vector<problem>{{path, 0, 0, why}});
}

} // namespace

read_result read_text(std::string_view text, const std::string& source_name, const read_options& options) {
  const auto document = parse_document(text, source_name);
  if (!document) return tl::make_unexpected(std::vector<problem>{document.error()});
  problem_list problems(source_name);
  const auto folder = absolute(options.folder);
  section root(*document, "the file", problems);

  engine_config c;
  std::string data = "data";
  if (root.text("data", data) && data.empty()) root.problem_at("data", "data: expected a folder, found an empty text");
  c.data = options.data.empty() ? resolve(folder, data) : absolute(options.data).string();
  root.choice<sign_in>("sign_in", c.sign_in, {{"register", sign_in::on_register}, {"command", sign_in::by_command}});
  read_engine(root, folder, c, problems);
  if (!options.prompts.empty()) c.media.prompts = absolute(options.prompts).string();
  auto source = read_plan(root, c, problems);
  read_rescue(root, folder, c, source, problems);
  root.finish();

  check_plan(c.plan, source, problems);
  check_codes(c.plan, source, problems);
  check_rescue(c, source, problems);
  check_tls_use(c, source, problems);
  check_media_use(c.plan, source, problems);
  if (options.check_prompts) check_prompts(c.plan, source, c.media.prompts, problems);
  if (!problems.empty()) return tl::make_unexpected(problems.sorted());
  problem_list warnings(source_name);
  warn_of_dangers(c, source, *document, warnings);
  c.warnings = warnings.sorted();
  return c;
}

read_result read_file(const std::string& path, const read_options& options) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return refuse_file(path, "cannot be read: there is no such file");
  if (std::filesystem::is_directory(status)) return refuse_file(path, "cannot be read: it is a folder");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return refuse_file(path, std::string{"cannot be read: "} + std::strerror(errno));
  std::string text;
  char block[8192];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_file) return refuse_file(path, "is larger than 4 MiB: not a configuration");
  }
  auto own = options;
  if (own.folder.empty()) own.folder = std::filesystem::path(path).parent_path().string();
  return read_text(text, path, own);
}

int check_file(const std::string& path, const read_options& options, std::ostream& out, std::ostream& err) {
  const auto read = read_file(path, options);
  if (!read) {
    err << to_string(read.error());
    return 1;
  }
  for (const auto& w : read->warnings)
    err << "warning: " << to_string(w) << '\n';
  const auto& p = read->plan;
  out << path << ": ok: " << counted(p.hotlines.size(), "hotline") << ", " << counted(p.queues.size(), "queue") << ", "
      << counted(p.agents.size(), "agent") << ", " << counted(p.trunks.size(), "trunk") << '\n';
  return 0;
}

} // namespace lifeline::config
