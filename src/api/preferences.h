// What a client would like but does not insist on: the header Prefer, RFC 7240. What is not understood is left out.
#pragma once

#include <chrono>
#include <optional>

#include "http/request.h"

namespace lakegate::api {

// `wait=N`, section 4.3: how long the client would wait for the outcome. The first one counts; nothing where N is no
// whole number over 0.
std::optional<std::chrono::seconds> preferred_wait(const http::Request& request);

}  // namespace lakegate::api
