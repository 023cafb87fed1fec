// What requests to the Batch Ingestion API have in common: the word for an action, and whether an answer has a body.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "http/request.h"

namespace lakegate::api {

// The place in `possible` of the query's `action` (or `actions`, as older documents print it), in any case.
// `unknown_action` names what is possible.
Result<size_t> read_action(const http::Request& request, std::span<const std::string_view> possible);

// Answers are empty unless Accept names application/json; "*/*" does not name it.
bool wants_json(const http::Request& request);

}  // namespace lakegate::api
