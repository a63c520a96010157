// A request to the API: "METHOD /target" on the first line, then the body. Every answer is one that the API documents.

#include "cti/api/routes.hpp"
#include "cti/http/target.hpp"
#include "tests/cti/api/fake_engine.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <set>

using namespace lifeline;

namespace {

void check_answer(const cti::response& r) {
  static const std::set<int> documented{200, 201, 202, 204, 206, 400, 401, 403, 404, 405, 409, 416, 503};
  fuzz::demand(documented.count(r.status) == 1, "an answer that the API does not document");
  for (const auto& [name, value] : r.headers)
    fuzz::demand(value.find_first_of("\r\n") == std::string::npos, "a line end goes out in a header");
  if (r.content_type == "application/json" && r.status != 204)
    fuzz::demand(nlohmann::json::accept(r.body), "a body that is not the JSON it claims to be");
}

void run(std::string_view input) {
  static const std::string token(64, 'a');
  testing::fake_engine engine;
  const cti::routes_context context{engine, token, [] { return std::string{"# metrics\n"}; }};
  auto line = fuzz::take(input, '\n');
  cti::request request;
  request.method = std::string{fuzz::take(line, ' ')};
  request.target = std::string{line};
  request.authorization = "Bearer " + token;
  request.body = std::string{input};
  check_answer(cti::handle(request, context));
  (void)cti::is_immediate(request);
  (void)cti::is_probe(request);
  request.authorization = std::string{input};
  check_answer(cti::handle(request, context));
}

} // namespace

LIFELINE_FUZZ_TARGET(http, run, fuzz::no_seeds)
