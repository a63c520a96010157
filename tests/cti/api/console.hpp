#pragma once
// lifelinectl as its user runs it, against a live server with an engine of values.

#include "cti/api/server.hpp"

#include "tests/cti/api/fake_engine.hpp"
#include "tests/temp_folder.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace lifeline::testing {

struct outcome {
  int code = -1;
  std::string out, err;
};

struct console {
  console() {
    const std::string token(64, 'a');
    cti::server_settings s;
    s.port = 0;
    s.token = token;
    server = std::move(*cti::start_server(s, engine, {}));
    std::ofstream(folder.file("secrets.toml"))
        << "api_token = \"" << token << "\"\n[sip_passwords]\n\"8001\" = \"correct horse\"\n";
  }
  outcome bare(const std::string& arguments) const {
    const auto command = "cd '" + folder.file("") + "' && '" LIFELINECTL "' " + arguments + " > out 2> err < /dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(folder.file("out")),
            content_of(folder.file("err"))};
  }
  outcome operator()(const std::string& arguments) const { return local("--utc " + arguments); }
  /// With times in the engine's place.
  outcome local(const std::string& arguments) const {
    return bare("--url http://127.0.0.1:" + std::to_string(server->port()) + " --token-file secrets.toml " + arguments);
  }

  fake_engine engine;
  temp_folder folder;
  std::unique_ptr<cti::server> server;
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace lifeline::testing
