#pragma once
// One try: look up, connect, shake hands, post, read the answer. All on the network's thread.

#include "webhook/resolver.hpp"
#include "webhook/target.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace lifeline::webhook {

struct try_order {
  target to;
  std::string body;
  std::string id;
  std::string signature;             ///< of this try; empty: no header
  std::chrono::milliseconds timeout; ///< of the whole try
  std::uint32_t number = 1;          ///< a host with several addresses is tried at another one each time
};
struct try_result {
  int status = 0;          ///< 0: no answer
  std::string body;        ///< of a 2xx only
  std::string retry_after; ///< the header
  std::string error;       ///< a sentence; may stand beside a 2xx whose body was too large to be read
};

class http_try {
public:
  virtual ~http_try() = default;
  /// Ends it without a word to anybody.
  virtual void cancel() = 0;
};

/// `done` is called once, later, unless the try is cancelled. Everything referred to outlives the network's run.
std::shared_ptr<http_try> start_try(boost::asio::io_context& network, boost::asio::ssl::context& tls, resolver& names,
                                    try_order order, std::function<void(try_result)> done);

} // namespace lifeline::webhook
