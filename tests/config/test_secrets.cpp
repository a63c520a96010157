#include "config/secrets.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <sys/stat.h>

using namespace lifeline::config;
using namespace lifeline::config::testing;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

} // namespace

TEST_CASE("the first start makes a private file with a password for every account and a token") {
  const scratch_folder folder;
  const auto path = folder / "data/secrets.toml";
  const auto made = load_secrets(path, {.accounts = {"8001", "8002"}});
  REQUIRE(made);
  CHECK(made->created);
  CHECK(made->added == std::vector<std::string>{"8001", "8002"});
  CHECK(mode_of(path) == 0600);
  CHECK(made->secrets.api_token.size() == 64);
  REQUIRE(made->secrets.sip_passwords.size() == 2);
  for (const auto& [account, password] : made->secrets.sip_passwords) {
    CHECK(password.size() >= 20);
    CHECK(password.find_first_of("0O1lIo") == std::string::npos);
  }
  // Nothing but the file itself stays in the folder.
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "data"), {}) == 1);
}

TEST_CASE("later starts find the same secrets and do not touch the file") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const auto first = load_secrets(path, {.accounts = {"8001"}});
  REQUIRE(first);
  const auto bytes = read_bytes(path);
  const auto second = load_secrets(path, {.accounts = {"8001"}});
  REQUIRE(second);
  CHECK_FALSE(second->created);
  CHECK(second->added.empty());
  CHECK(second->secrets.sip_passwords == first->secrets.sip_passwords);
  CHECK(second->secrets.api_token == first->secrets.api_token);
  CHECK(read_bytes(path) == bytes);
}

TEST_CASE("an agent added later gets a password and changes nobody else's - one that returns has its old one") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const auto first = load_secrets(path, {.accounts = {"8001", "8002"}});
  const auto second = load_secrets(path, {.accounts = {"8002", "8003"}});
  REQUIRE(second);
  CHECK(second->added == std::vector<std::string>{"8003"});
  CHECK(second->secrets.sip_passwords.count("8001") == 0);
  CHECK(second->secrets.sip_passwords.at("8002") == first->secrets.sip_passwords.at("8002"));
  CHECK(mode_of(path) == 0600);
  const auto third = load_secrets(path, {.accounts = {"8001"}});
  REQUIRE(third);
  CHECK(third->secrets.sip_passwords.at("8001") == first->secrets.sip_passwords.at("8001"));
}

TEST_CASE("secrets that others could read are refused and left as they are") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  REQUIRE(load_secrets(path, {.accounts = {"8001"}}));
  const auto bytes = read_bytes(path);
  for (const auto mode : {0640U, 0604U, 0620U, 0666U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    const auto read = load_secrets(path, {.accounts = {"8001", "8002"}});
    REQUIRE_FALSE(read);
    CHECK(read.error() == path + ": others on this machine can read or change the secrets; run: chmod 600 " + path);
    CHECK(read_bytes(path) == bytes);
  }
}

TEST_CASE("a wrong file of secrets is refused by place, without showing any of it") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const std::string secret = "Tr0ub4dor";
  struct wrong {
    std::string text;
    std::string place;
  };
  const std::vector<wrong> table{
      {"api_token = \"" + secret + "\"\n", ":1:13: "},                       // too short
      {"[sip_passwords]\n\"8001\" = \"" + secret + "\"\n", ":2:10: "},       // too short
      {"[sip_passwords]\n\"8001\" = 12345678\n", ":2:10: "},                 // a number
      {"[sip_passwords]\n\"8001\" = \"" + secret + "  x  y\"\n", ":2:10: "}, // spaces
      {secret + " = \"x\"\n", ":1:1: "},                                     // pasted to the wrong place
      {"[sip_passwords]\n8001 = " + secret + "\n", ":2:8: "},                // no quotes
      {"[sip_passwords]\n8001 = \"" + secret, ":2:"},                        // torn
  };
  for (const auto& w : table) {
    write_file(path, w.text);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const auto read = load_secrets(path, {.accounts = {"8001"}});
    INFO(w.text);
    REQUIRE_FALSE(read);
    INFO(read.error());
    CHECK(read.error().find(path + w.place) == 0);
    for (std::size_t n = 0; n + 4 <= secret.size(); ++n) {
      CHECK(read.error().find(secret.substr(n, 4)) == std::string::npos);
    }
    CHECK(read_bytes(path) == w.text);
  }
}

TEST_CASE("a value set by hand is kept, a line taken out is made anew") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  write_file(path, "[sip_passwords]\n\"8001\" = \"set-by-hand-42\"\n");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const auto read = load_secrets(path, {.accounts = {"8001"}});
  REQUIRE(read);
  CHECK(read->secrets.sip_passwords.at("8001") == "set-by-hand-42");
  CHECK(read->secrets.api_token.size() == 64);
  const auto again = load_secrets(path, {.accounts = {"8001"}});
  REQUIRE(again);
  CHECK(again->secrets.api_token == read->secrets.api_token);
}

TEST_CASE("a folder that cannot hold the secrets is named") {
  const scratch_folder folder;
  write_file(folder / "file", "x");
  const auto read = load_secrets(folder / "file/secrets.toml", {.accounts = {"8001"}});
  REQUIRE_FALSE(read);
  CHECK(read.error().find(folder / "file") == 0);
}

TEST_CASE("passwords and tokens do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    CHECK(seen.insert(make_password()).second);
    CHECK(seen.insert(make_token()).second);
  }
}

TEST_CASE("a trunk's password is the carrier's: without it the file is prepared and the place is told") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const auto without = load_secrets(path, {.accounts = {"8001"}, .trunks = {"carrier"}});
  REQUIRE_FALSE(without);
  CHECK(without.error() == path + ": trunks with a username but no password: \"carrier\"; put a line <trunk> = "
                                  "\"...\" for each into the section [trunk_passwords] of this file");
  const auto prepared = read_bytes(path);
  CHECK(prepared.find("[trunk_passwords]\n") != std::string::npos);
  CHECK(mode_of(path) == 0600);

  write_file(path, prepared + "carrier = \"pa ss\\\"wo\\\\rd\"\ngone = \"x\"\n");
  const auto with = load_secrets(path, {.accounts = {"8001"}, .trunks = {"carrier"}});
  if (!with) FAIL(with.error());
  CHECK(with->secrets.trunk_passwords == std::map<std::string, std::string>{{"carrier", "pa ss\"wo\\rd"}});
  // Written again for a new agent, the passwords stay what they are, also those that nobody asks for now.
  REQUIRE(load_secrets(path, {.accounts = {"8001", "8002"}, .trunks = {"carrier"}}));
  const auto again = load_secrets(path, {.accounts = {"8001", "8002"}, .trunks = {"carrier", "gone"}});
  REQUIRE(again);
  CHECK(again->secrets.trunk_passwords.at("carrier") == "pa ss\"wo\\rd");
  CHECK(again->secrets.trunk_passwords.at("gone") == "x");
}

TEST_CASE("a file of secrets from before trunks had passwords gets the section when it is needed") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const auto old = "api_token = \"" + std::string(64, 'a') + "\"\n[sip_passwords]\n\"8001\" = \"set-by-hand-42\"\n";
  write_file(path, old);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  REQUIRE(load_secrets(path, {.accounts = {"8001"}}));
  CHECK(read_bytes(path) == old);
  REQUIRE_FALSE(load_secrets(path, {.accounts = {"8001"}, .trunks = {"carrier"}}));
  CHECK(read_bytes(path).find("[trunk_passwords]\n") != std::string::npos);
  CHECK(load_secrets(path, {.accounts = {"8001"}})->secrets.sip_passwords.at("8001") == "set-by-hand-42");
}

TEST_CASE("wrong passwords of trunks are refused by place") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  for (const auto* value : {"\"\"", "12345", "\"a\\u0007b\""}) {
    write_file(path, std::string{"[trunk_passwords]\ncarrier = "} + value + "\n");
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const auto read = load_secrets(path, {.trunks = {"carrier"}});
    REQUIRE_FALSE(read);
    CHECK(read.error() == path + ":2:11: expected a password of 1 to 128 printable characters in quotes");
  }
}

TEST_CASE("looking up secrets writes nothing until they are saved") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  REQUIRE(load_secrets(path, {.accounts = {"8001"}}));
  const auto bytes = read_bytes(path);
  const auto found = look_up_secrets(path, {.accounts = {"8001", "8002"}});
  REQUIRE(found);
  CHECK(found->added == std::vector<std::string>{"8002"});
  CHECK(read_bytes(path) == bytes);
  REQUIRE(save_secrets(path, *found));
  const auto later = load_secrets(path, {.accounts = {"8001", "8002"}});
  REQUIRE(later);
  CHECK(later->added.empty());
  CHECK(later->secrets == found->secrets);
  // Nothing new: nothing to save.
  CHECK(look_up_secrets(path, {.accounts = {"8001"}})->unsaved.empty());
}

namespace {

const wanted_secrets everybody{
    .accounts = {"8001"}, .agents = {"8001"}, .clients = {"city"}, .vendors = {"lift-cloud"}, .link_key = true};

} // namespace

TEST_CASE("tokens, shared secrets and the link key are made once, each different") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const auto made = load_secrets(path, everybody);
  if (!made) FAIL(made.error());
  const auto& s = made->secrets;
  const std::set<std::string> all{s.api_token,
                                  s.link_key,
                                  s.agent_tokens.at("8001"),
                                  s.client_tokens.at("city"),
                                  s.vendor_secrets.at("lift-cloud"),
                                  webhook_secret_of(s, "firm-7"),
                                  webhook_secret_of(s, "firm-8")};
  CHECK(all.size() == 7);
  for (const auto& each : all)
    CHECK((each.size() == 64 && each.find_first_not_of("0123456789abcdef") == std::string::npos));
  CHECK(mode_of(path) == 0600);
  const auto bytes = read_bytes(path);
  const auto again = load_secrets(path, everybody);
  REQUIRE(again);
  CHECK(again->secrets == s);
  CHECK(webhook_secret_of(again->secrets, "firm-7") == webhook_secret_of(s, "firm-7"));
  CHECK(read_bytes(path) == bytes);
}

TEST_CASE("a party's secret is the one set by hand, else one of its own that follows from the link key") {
  secrets s;
  CHECK(webhook_secret_of(s, "firm-1").empty());
  s.link_key = "key";
  // printf 'webhook\0firm-1' | openssl dgst -sha256 -hmac key
  CHECK(webhook_secret_of(s, "firm-1") == "15966291f52185ee50999ca7393408771ee7807735c14eb374d3846b887f1be1");
  s.webhook_secrets["firm-1"] = "set-by-hand-1234";
  CHECK(webhook_secret_of(s, "firm-1") == "set-by-hand-1234");
  CHECK(webhook_secret_of(s, "firm-2") != webhook_secret_of(s, "firm-3"));
}

TEST_CASE("a file of secrets from before there were rescues keeps its values and gets the new ones") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  write_file(path, "api_token = \"" + std::string(64, 'a') +
                       "\"\n[sip_passwords]\n\"8001\" = \"set-by-hand-42\"\n[trunk_passwords]\ncarrier = \"x\"\n");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const auto read = load_secrets(path, everybody);
  if (!read) FAIL(read.error());
  CHECK_FALSE(read->created);
  CHECK(read->added.empty());
  CHECK(read->secrets.api_token == std::string(64, 'a'));
  CHECK(read->secrets.sip_passwords.at("8001") == "set-by-hand-42");
  CHECK(read->secrets.agent_tokens.at("8001").size() == 64);
  const auto trunks = load_secrets(path, {.trunks = {"carrier"}});
  REQUIRE(trunks);
  CHECK(trunks->secrets.trunk_passwords.at("carrier") == "x");
}

TEST_CASE("shared secrets set by hand are kept, and those of parties and vendors who are gone stay in the file") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  write_file(path, "[vendor_secrets]\nlift-cloud = \"given\\\"by\\\\them-12\"\n"
                   "[webhook_secrets]\n\"firm-1\" = \"a-secret-by-hand\"\n");
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const auto read = load_secrets(path, {.agents = {"8001"}});
  if (!read) FAIL(read.error());
  // Nobody asked for the vendor's; the parties' are always given.
  CHECK(read->secrets.vendor_secrets.empty());
  CHECK(read->secrets.webhook_secrets == std::map<std::string, std::string>{{"firm-1", "a-secret-by-hand"}});
  const auto token = read->secrets.agent_tokens.at("8001");
  const auto later = load_secrets(path, everybody);
  REQUIRE(later);
  CHECK(later->secrets.vendor_secrets.at("lift-cloud") == "given\"by\\them-12");
  CHECK(later->secrets.agent_tokens.at("8001") == token);
  CHECK(later->secrets.webhook_secrets.at("firm-1") == "a-secret-by-hand");
}

TEST_CASE("wrong tokens and shared secrets are refused by place") {
  const scratch_folder folder;
  const auto path = folder / "secrets.toml";
  const std::string token(32, 't');
  const std::string quoted = "\"" + token + "\"\n";
  const std::string plain = ":2:5: expected at least 32 printable characters without quotes";
  const std::string shared = ":2:5: expected a secret of 16 to 256 printable characters in quotes, without blanks";
  const std::vector<std::pair<std::string, std::string>> table{
      {"link_key = \"short\"\n", ":1:12: link_key: expected at least 32 printable characters without quotes"},
      {"link_key = 7\n", ":1:1: expected api_token = \"...\", link_key = \"...\" or the section [sip_passwords], "
                         "[trunk_passwords], [agent_tokens], [client_tokens], [vendor_secrets] or [webhook_secrets]"},
      {"[agent_tokens]\na = \"short\"\n", plain},
      {"[client_tokens]\na = 7\n", plain},
      {"[vendor_secrets]\na = \"fifteen-letters\"\n", shared},
      {"[vendor_secrets]\na = \"a secret with blanks\"\n", shared},
      {"[webhook_secrets]\na = \"\"\n", shared},
      {"api_token = " + quoted + "link_key = " + quoted, ":2:12: link_key: this is also the value of another line"},
      {"[agent_tokens]\na = " + quoted + "[client_tokens]\nb = " + quoted, ":4:5: this token is also that of line 2"},
      {"api_token = " + quoted + "[client_tokens]\nb = " + quoted, ":3:5: this token is also that of line 1"},
      {"[agent_tokens]\n\"a\\nb\" = " + quoted, ":2:1: expected a name without control characters"},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    write_file(path, text);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const auto read = load_secrets(path, everybody);
    REQUIRE_FALSE(read);
    CHECK(read.error() == path + expected);
    CHECK(read_bytes(path) == text);
  }
}
