#pragma once
// A list as an answer: {"name":[..]}.

#include "cti/api/json_rescue.hpp"
#include "cti/api/route_table.hpp"

namespace lifeline::cti {

template <class T> response list_response(const domain::result<std::vector<T>>& result, const char* name) {
  if (!result) return failure_response(result.error());
  return text_response(std::string{"{\""} + name + "\":" + list_text(*result) + "}\n");
}

} // namespace lifeline::cti
