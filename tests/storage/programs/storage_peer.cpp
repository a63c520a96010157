// storage_peer load DIRECTORY: writes without end, three lazy changes to a durable one, and prints "N SEQ" for each
// durable one that was acknowledged. storage_peer hold DIRECTORY: prints "open", holds the journal until stdin ends.

#include "storage/journal.hpp"
#include "storage/tables.hpp"

#include <cstdio>
#include <cstring>
#include <semaphore>
#include <string>
#include <unistd.h>

using namespace lifeline;

namespace {

void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(3);
}

void load(storage::journal& j) {
  std::counting_semaphore<64> room(64);
  for (std::uint64_t n = 1;; ++n) {
    storage::change c;
    c.events.push_back({0, domain::from_micros(1), {}, domain::dispatcher_started{n}});
    c.state.push_back({storage::table::agents, "agent " + std::to_string(n), std::to_string(n)});
    if (n % 4 != 0) {
      j.append(std::move(c), storage::durability::lazy);
      continue;
    }
    room.acquire();
    j.append(std::move(c), storage::durability::durable, [n, &room](const storage::commit_result& r) {
      if (r.ok) say(std::to_string(n) + " " + std::to_string(r.first_seq) + "\n");
      room.release();
    });
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  storage::settings s;
  s.directory = argv[2];
  auto j = storage::open_rocksdb_journal(s);
  if (!j) {
    std::fprintf(stderr, "%s\n", j.error().message.c_str());
    return 1;
  }
  if (std::strcmp(argv[1], "load") == 0) load(**j);
  say("open\n");
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}
