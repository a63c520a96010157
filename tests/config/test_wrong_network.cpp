// Wrong files once more: trunks, TLS, the guard, limits, logs.

#include "wrong_files.hpp"

using namespace lifeline;
using namespace lifeline::config;
using namespace lifeline::config::testing;
using namespace std::chrono_literals;

namespace {

/// Lines 7 and 8, then `keys`.
std::string trunk(const std::string& keys) { return right + "[[trunk]]\nname = \"c\"\n" + keys; }
const std::string out = "outbound = \"127.0.0.1:5070\"\n";

} // namespace

TEST_CASE("every new setting of trunks, hotlines and the network is read") {
  const auto read = read_text(
      hotline + "emergency = true\nbackup_numbers = [\"13900000001\"]\ntrunks = [\"c\"]\n" + queue + agent +
          "[[trunk]]\nname = \"c\"\noutbound = \"[2001:db8::1]:5060;transport=tcp\"\nusername = \"u@carrier\"\n"
          "register = true\nregister_expires = \"10m\"\noptions_interval = \"20s\"\noptions_timeout = \"2s\"\n"
          "options_failures = 4\nasserts_identity = false\nmax_invites_per_second = 2.5\n"
          "[sip]\nbind = \"*\"\nkeepalive = \"0s\"\nkeepalive_failures = 5\nmax_connections = 9\n"
          "idle_connection = \"7s\"\nmax_message = \"16KiB\"\n"
          "[sip.tls]\nport = 5062\nverify_trunks = false\n"
          "[sip.guard]\nrequests_per_second = 7\nburst = 8\ninvites_per_second = 9.5\ninvite_burst = "
          "10\ntrunk_refusals_per_second = 11\n"
          "max_offences = 3\noffence_window = \"2m\"\nban_time = \"1h\"\nnever_banned = [\"10.0.0.1\"]\n"
          "max_tracked = 200\n"
          "[limits]\nemergency_share = 0.25\nmax_mailbox = 100\nmax_lag = \"150ms\"\n"
          "[log]\nmax_size = \"1MiB\"\nkeep = 0\n[watchdog]\nhang_limit = \"3s\"\n[testing]\nfault_injection = true\n",
      "f");
  if (!read) FAIL(to_string(read.error()));
  const auto& h = read->plan.hotlines[0];
  CHECK(h.emergency);
  CHECK(h.backup_numbers == std::vector<std::string>{"13900000001"});
  CHECK(h.trunks == std::vector<std::string>{"c"});
  CHECK(read->sip.emergency_numbers == domain::spellings("12315"));
  const auto& t = read->plan.trunks[0];
  CHECK(t.username == "u@carrier");
  CHECK(t.registers);
  CHECK(t.register_expires == 10min);
  CHECK(t.options_interval == 20s);
  CHECK(t.options_timeout == 2s);
  CHECK(t.options_failures == 4);
  CHECK_FALSE(t.asserts_identity);
  CHECK(t.max_invites_per_second == 2.5);
  CHECK(read->sip.trunks == read->plan.trunks);
  const auto& s = read->sip;
  CHECK(s.bind_address == "*");
  CHECK(s.keepalive == 0s);
  CHECK(s.keepalive_failures == 5);
  CHECK(s.max_connections == 9);
  CHECK(s.idle_connection == 7s);
  CHECK(s.max_message == 16384);
  CHECK_FALSE(s.tls.enabled);
  CHECK(s.tls.port == 5062);
  CHECK_FALSE(s.tls.verify_trunks);
  CHECK(s.guard.requests_per_second == 7);
  CHECK(s.guard.burst == 8);
  CHECK(s.guard.invites_per_second == 9.5);
  CHECK(s.guard.invite_burst == 10);
  CHECK(s.guard.trunk_refusals_per_second == 11);
  CHECK(s.guard.max_offences == 3);
  CHECK(s.guard.offence_window == 2min);
  CHECK(s.guard.ban_time == 1h);
  CHECK(s.guard.never_banned == std::vector<std::string>{"10.0.0.1/32"});
  CHECK(s.guard.max_tracked == 200);
  CHECK(read->plan.limits.emergency_share == 0.25);
  CHECK(read->plan.limits.max_mailbox == 100);
  CHECK(read->plan.limits.max_lag == 150ms);
  CHECK(read->log.max_size == 1U << 20U);
  CHECK(read->log.keep == 0);
  CHECK(read->watchdog.hang_limit == 3s);
  CHECK(read->testing.fault_injection);
}

TEST_CASE("TLS, fault injection and emergencies are off unless the file says so") {
  const auto read = read_text(right, "f");
  REQUIRE(read);
  CHECK_FALSE(read->sip.tls.enabled);
  CHECK_FALSE(read->testing.fault_injection);
  CHECK(read->sip.emergency_numbers.empty());
  CHECK(read->watchdog.hang_limit == 10s);
}

TEST_CASE("wrong trunks are refused") {
  check({
      {trunk(out + "username = \"a b\"\n"),
       {"10:12: username: expected 1 to 64 printable characters without quotes, backslashes or blanks, found the text "
        "\"a b\""}},
      {trunk("cidrs = [\"::1\"]\nusername = \"u\"\n"), {"10:12: username: nobody asks for it without outbound"}},
      {trunk("cidrs = [\"::1\"]\nregister = true\n"),
       {"10:12: register: expected outbound with it, the address of the registrar",
        "10:12: register: expected username with it"}},
      {trunk(out + "register = true\n"), {"10:12: register: expected username with it"}},
      {trunk(out + "register_expires = \"5m\"\n"),
       {"10:20: register_expires: nothing is registered without register = true"}},
      {trunk(out + "options_interval = \"5s\"\noptions_timeout = \"6s\"\n"),
       {"11:19: options_timeout: expected at most options_interval, found more"}},
      {trunk(out + "options_interval = \"2s\"\n"),
       {"10:20: options_timeout: expected at most options_interval, found more"}},
      {trunk(out + "options_failures = 0\nmax_invites_per_second = -1\n"),
       {"10:20: options_failures: expected a whole number from 1 to 100, found the number 0",
        "11:26: max_invites_per_second: expected a number from 0 to 1e+06, found the number -1"}},
      {trunk("outbound = \"127.0.0.1:5061;transport=tls\"\n"),
       {"9:12: outbound: trunk \"c\" is reached over TLS: expected enabled = true in [sip.tls]"}},
      {trunk("outbound = \"127.0.0.1:5061;transport=ws\"\n"),
       {"9:12: outbound: expected \"host:port\", perhaps with \";transport=tcp\" or \";transport=tls\", found the text "
        "\"127.0.0.1:5061;transport=ws\""}},
  });
}

TEST_CASE("a hotline's trunks and backup numbers must lead somewhere") {
  const std::string in_only = "[[trunk]]\nname = \"inward\"\ncidrs = [\"127.0.0.1\"]\n";
  check({
      {hotline + "trunks = [\"carier\", \"inward\", \"c\", \"c\"]\n" + queue + agent +
           "[[trunk]]\nname = \"carrier\"\n" + out + in_only +
           "[[trunk]]\nname = \"c\"\noutbound = \"127.0.0.1:5071\"\n",
       {"3:11: hotline \"12315\" names trunk \"carier\", which does not exist: did you mean \"carrier\"?",
        "3:21: hotline \"12315\" cannot dial out through trunk \"inward\": it has no outbound",
        "3:36: trunk \"c\" is given twice, first in line 3"}},
      {hotline + "backup_numbers = [\"1390000000x\", \"13900000001\", \"13900000001\", \"12315\"]\n" + queue + agent,
       {"3:18: backup_numbers need a [[trunk]] with outbound to be dialled through",
        "3:19: backup_numbers: expected digits, perhaps after a '+', found the text \"1390000000x\"",
        "3:49: number \"13900000001\" is given twice, first in line 3",
        "3:64: backup number \"12315\" belongs to hotline \"12315\": the call would come back"}},
      {hotline + "emergency = \"yes\"\n" + queue + agent,
       {"3:13: emergency: expected true or false, found the text \"yes\""}},
  });
}

TEST_CASE("wrong settings of TLS are refused") {
  const scratch_folder folder;
  write_file(folder / "sip.pem", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n");
  write_file(folder / "sip.key", "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n");
  const auto with = [&](const std::string& keys) {
    return problems_of(right + "[sip.tls]\nenabled = true\n" + keys, folder.path());
  };
  using lines = std::vector<std::string>;
  const std::string both = "certificate = \"sip.pem\"\nkey = \"sip.key\"\n";
  CHECK(with(both).empty());
  CHECK(with("") ==
        lines{"7:1: certificate: missing in [sip.tls], expected the path of a PEM file because enabled is true",
              "7:1: key: missing in [sip.tls], expected the path of a PEM file because enabled is true"});
  // Exchanged, missing, a folder.
  CHECK(with("certificate = \"sip.key\"\nkey = \"sip.pem\"\n") ==
        lines{"9:15: certificate: \"sip.key\" cannot be used: expected a PEM file with \"-----BEGIN ... "
              "CERTIFICATE-----\" (looked for " +
                  (folder / "sip.key") + ")",
              "10:7: key: \"sip.pem\" cannot be used: expected a PEM file with \"-----BEGIN ... PRIVATE KEY-----\" "
              "(looked for " +
                  (folder / "sip.pem") + ")"});
  CHECK(with("certificate = \"none.pem\"\nkey = \"/\"\n") ==
        lines{"9:15: certificate: \"none.pem\" cannot be used: there is no such file (looked for " +
                  (folder / "none.pem") + ")",
              "10:7: key: \"/\" cannot be used: it is not a file (looked for /)"});
  CHECK(with(both + "require_client = true\n") == lines{"7:1: authorities: missing in [sip.tls], expected the path of "
                                                        "a PEM file because require_client is true"});
  CHECK(with(both + "port = 5060\n") == lines{"11:8: port: 5060 is taken by [sip] over TCP"});
  CHECK(with(both + "port = 8080\n") == lines{"11:8: port: 8080 is taken by [http] over TCP"});
  // While it is off, nothing is looked for.
  CHECK(problems_of(right + "[sip.tls]\ncertificate = \"none.pem\"\n", folder.path()).empty());
}

TEST_CASE("wrong settings of the network, limits and logs are refused") {
  check({
      {right + "[sip]\nbind = \"all\"\n",
       {"8:8: bind: expected an IP address of this machine, \"0.0.0.0\", \"::\" or \"*\", found the text \"all\""}},
      {right + "[sip]\nbind = \"127.0.0.1\\u0000.example\"\n[http]\nbind = \"::1%lo\"\n",
       {"8:8: bind: expected an IP address of this machine, \"0.0.0.0\", \"::\" or \"*\", found the text "
        "\"127.0.0.1?.example\"",
        "10:8: bind: expected an IP address of this machine, \"0.0.0.0\" or \"::\", found the text \"::1%lo\""}},
      {right + "[sip]\nmax_message = 65536\nkeepalive_failures = 0\n",
       {"8:15: max_message: expected a size like \"64KiB\" or \"50MiB\", found the number 65536",
        "9:22: keepalive_failures: expected a whole number from 1 to 100, found the number 0"}},
      {right + "[sip]\nmax_message = \"1KiB\"\n",
       {"8:15: max_message: expected a size from \"4KiB\" to \"1MiB\", found the text \"1KiB\""}},
      {right + "[sip.guard]\nnever_banned = [\"office\"]\nburst = 0\nbans = 1\n",
       {"8:17: never_banned: expected a network like \"203.0.113.0/24\" or an address, found \"office\"",
        "9:9: burst: expected a number from 1 to 1e+06, found the number 0",
        "10:1: unknown key \"bans\" in [sip.guard]: expected \"requests_per_second\", \"burst\", "
        "\"invites_per_second\", \"invite_burst\", \"trunk_refusals_per_second\", \"max_offences\", "
        "\"offence_window\", \"ban_time\", "
        "\"never_banned\" or \"max_tracked\""}},
      {right +
           "[sip.guard]\nnever_banned = [\"10.0.0.0/8\", \"10.0.0.1\\u0000/8\", \"fe80::1%eth0\", \"10.1.2.3/8\"]\n",
       {"8:31: never_banned: expected a network like \"203.0.113.0/24\" or an address, found \"10.0.0.1?/8\"",
        "8:51: never_banned: expected a network like \"203.0.113.0/24\" or an address, found \"fe80::1%eth0\"",
        "8:67: never_banned: the address has bits beyond its prefix length: expected \"10.0.0.0/8\", found "
        "\"10.1.2.3/8\""}},
      {right + "[numbers]\narea_code = \"517\"\n",
       {"8:13: area_code: expected an area code with its 0 like \"0517\", or \"\", found \"517\""}},
      {right + "[sip]\ntls = true\n", {"8:7: tls: expected one section [sip.tls], found the value true"}},
      {right + "[limits]\nemergency_share = 1\nmax_lag = \"1ms\"\n",
       {"8:19: emergency_share: expected a number from 0 to 0.9, found the number 1",
        "9:11: max_lag: expected a duration from \"10ms\" to \"10s\", found the text \"1ms\""}},
      {right + "[log]\nmax_size = \"50MB\"\nkeep = -1\n",
       {"8:12: max_size: expected a size like \"64KiB\" or \"50MiB\", found the text \"50MB\"",
        "9:8: keep: expected a whole number from 0 to 1000, found the number -1"}},
      {right + "[log]\nmax_size = \"100B\"\n",
       {"8:12: max_size: expected \"0\" (never a new file) or at least \"4KiB\", found less"}},
      {right + "[watchdog]\nhang_limit = \"1h\"\n[testing]\nfault = true\n",
       {"8:14: hang_limit: expected a duration from \"1s\" to \"10m\", found the text \"1h\"",
        "10:1: unknown key \"fault\" in [testing]: expected \"fault_injection\""}},
  });
}
