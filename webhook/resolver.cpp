#include "webhook/resolver.hpp"

#include <boost/asio/post.hpp>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>

namespace lifeline::webhook {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// So many names may hang at once before others have to wait.
constexpr std::size_t most_threads = 16;

struct answer {
  resolver::endpoints found;
  std::string error;
};

answer look_up_now(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int fault = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
  answer result;
  if (fault != 0) {
    result.error = std::string{"the host's name cannot be resolved: "} + ::gai_strerror(fault);
    return result;
  }
  for (const auto* item = list; item != nullptr; item = item->ai_next) {
    tcp::endpoint e;
    if (item->ai_addrlen > e.capacity()) continue;
    std::memcpy(e.data(), item->ai_addr, item->ai_addrlen);
    e.resize(item->ai_addrlen);
    result.found.push_back(e);
  }
  ::freeaddrinfo(list);
  if (result.found.empty()) result.error = "the host has no address";
  return result;
}

} // namespace

struct resolver::state {
  using name = std::pair<std::string, std::string>;

  std::mutex mutex;
  std::condition_variable work;
  asio::io_context* network = nullptr;     ///< null: stopped
  std::map<name, std::vector<done>> asked; ///< waiting and under way: each name is looked up once for all who ask
  std::deque<name> waiting;
  std::size_t threads = 0;
  std::size_t idle = 0;
};

namespace {

template <class State> void work_on(const std::shared_ptr<State>& s) {
  std::unique_lock lock{s->mutex};
  for (;;) {
    ++s->idle;
    s->work.wait(lock, [&] { return s->network == nullptr || !s->waiting.empty(); });
    --s->idle;
    if (s->network == nullptr) return;
    const auto name = std::move(s->waiting.front());
    s->waiting.pop_front();
    lock.unlock();
    auto result = look_up_now(name.first, name.second);
    lock.lock();
    if (s->network == nullptr) return;
    auto askers = s->asked.extract(name);
    asio::post(*s->network, [result = std::move(result), tell = std::move(askers.mapped())] {
      for (const auto& one : tell)
        one(result.found, result.error);
    });
  }
}

} // namespace

// Detached: a look-up may hang for half a minute, and nobody shall wait for that when the engine stops.
resolver::resolver(asio::io_context& network) : state_(std::make_shared<state>()) {
  state_->network = &network;
  state_->threads = 1;
  std::thread([s = state_] { work_on(s); }).detach();
}

resolver::~resolver() {
  const std::lock_guard lock{state_->mutex};
  state_->network = nullptr;
  state_->waiting.clear();
  state_->asked.clear();
  state_->work.notify_all();
}

void resolver::look_up(const std::string& host, const std::string& port, done tell) {
  const std::lock_guard lock{state_->mutex};
  auto& askers = state_->asked[{host, port}];
  askers.push_back(std::move(tell));
  if (askers.size() > 1) return;
  state_->waiting.emplace_back(host, port);
  state_->work.notify_one();
  if (state_->waiting.size() <= state_->idle || state_->threads == most_threads) return;
  try {
    std::thread([s = state_] { work_on(s); }).detach();
    ++state_->threads;
  } catch (const std::system_error&) { // the machine has no more of them: those that there are do the work
  }
}

} // namespace lifeline::webhook
