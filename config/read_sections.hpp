#pragma once
// The parts of reader.cpp: each reads its sections and says only what is wrong with single values. Relations between
// them are checked afterwards (config/check_plan.hpp).

#include "config/engine_config.hpp"
#include "config/section.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace lifeline::config {

/// The tables that the plan's entries came from, index by index, to tell where something stands.
struct plan_source {
  std::vector<const node*> hotlines;
  std::vector<const node*> queues;
  std::vector<const node*> agents;
  std::vector<const node*> trunks;
  std::vector<const node*> clients;  ///< [[api_client]]
  std::vector<const node*> vendors;  ///< [[rescue.vendor]]
  const node* codes = nullptr;       ///< [feature_codes], or nothing
  const node* rescue = nullptr;      ///< [rescue], or nothing
  const node* public_part = nullptr; ///< [public], or nothing
  bool names_hotlines = false;       ///< the file has the key, be its value right or wrong
  bool names_queues = false;
};

/// [sip], [media], [storage], [http], [log], [limits], [feature_codes], [watchdog], [testing]. Relative paths count
/// from `folder`; `c.data` is set already.
void read_engine(section& root, const std::filesystem::path& folder, engine_config& c, problem_list& problems);
void read_sip(section& s, const std::filesystem::path& folder, lifeline::sip::settings& out, problem_list& problems);
void read_feature_codes(section& s, problem_list& problems, domain::feature_codes& out);
domain::queue_plan read_queue(section& s, problem_list& problems);
domain::trunk_plan read_trunk(section& s, problem_list& problems);
/// [[hotline]], [[queue]], [[agent]], [[trunk]].
plan_source read_plan(section& root, engine_config& c, problem_list& problems);
/// [rescue], [public], [webhook], [[api_client]].
void read_rescue(section& root, const std::filesystem::path& folder, engine_config& c, plan_source& source,
                 problem_list& problems);
/// `path` itself when absolute, else under `folder`.
std::string resolve(const std::filesystem::path& folder, const std::string& path);

} // namespace lifeline::config
