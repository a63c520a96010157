#include "tests/peers/harness/certificate.hpp"

#include "tests/peers/harness/process.hpp"

#include <stdexcept>

namespace lifeline::peers {

namespace {

std::string openssl(const std::filesystem::path& folder, const std::string& script) {
  const auto done = run({{"sh", "-ec", script}, folder, folder / "openssl", {}}, std::chrono::seconds{20});
  if (done.code != 0) throw std::runtime_error("openssl: " + done.err);
  return done.out;
}

} // namespace

authority::authority(const workspace& place)
    : folder_(place.file("certificates")), chain_(folder_ / "authority.pem"), key_(folder_ / "authority.key") {
  std::filesystem::create_directories(folder_);
  openssl(folder_, "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=Test authority' "
                   "-keyout authority.key -out authority.pem");
}

certificate authority::sign(const std::string& name) const {
  openssl(folder_, "openssl req -new -newkey rsa:2048 -nodes -subj '/CN=" + name + "' -keyout " + name + ".key -out " +
                       name + ".csr; printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\n' > " + name +
                       ".ext; openssl x509 -req -days 30 -in " + name + ".csr -CA authority.pem -CAkey authority.key " +
                       "-CAcreateserial -extfile " + name + ".ext -out " + name + ".pem");
  return {folder_ / (name + ".pem"), folder_ / (name + ".key")};
}

std::string subject_shown(std::uint16_t port) {
  const auto where = "127.0.0.1:" + std::to_string(port);
  const auto done = run(
      {{"sh", "-c",
        "openssl s_client -connect " + where + " </dev/null 2>/dev/null | openssl x509 -noout -subject 2>/dev/null"},
       std::filesystem::temp_directory_path(),
       {},
       {}},
      std::chrono::seconds{15});
  return done.out;
}

} // namespace lifeline::peers
