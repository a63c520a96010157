#pragma once
// What the readers of several sections have in common.

#include "config/section.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace lifeline::config {

/// The table `key` of `parent`, or an empty one in its absence. `path` is its whole name, for messages.
template <class Read>
void with_section(section& parent, const std::string& key, const std::string& path, problem_list& problems, Read read) {
  const auto* table = parent.subtable(key, path);
  const node none;
  section s(table == nullptr ? none : *table, "[" + path + "]", problems);
  read(s);
  s.finish();
}

/// The name by which everything else refers to the entry; stays empty when it is missing or wrong.
void read_name(section& s, const char* key, const std::string& title, std::string& out);
/// A telephone number; stays empty when it is wrong.
void read_number(section& s, const char* key, std::string& out);
/// Telephone numbers; those that cannot be dialled are reported and left empty. False: not there or no list.
bool read_numbers(section& s, const char* key, std::vector<std::string>& out, problem_list& problems);
/// Networks in canonical form; wrong ones are reported and left empty.
void read_networks(section& s, const char* key, std::vector<std::string>& out, problem_list& problems);
/// An address or host name that others are told.
void read_advertised(section& s, std::string& out);
/// The address to listen at.
void read_bind(section& s, std::string& out);
/// Where a PEM file lies that holds `what` ("CERTIFICATE"). When it is `used`, it must be there; `needed`, if not
/// empty, says why it must be named at all. `title` is the section's.
void read_pem(section& s, const std::string& key, const std::string& what, const std::string& title,
              const std::filesystem::path& folder, bool used, const std::string& needed, std::string& out);

} // namespace lifeline::config
