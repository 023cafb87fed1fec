// A sandbox as JSON: in our form and in the platform's.
#pragma once

#include <boost/json/object.hpp>

#include "ledger/orgs.h"

namespace lakegate::api {

boost::json::object sandbox_json(const ledger::Sandbox& sandbox);

// `state`: "active" or "deleted".
boost::json::object platform_sandbox_json(const ledger::Sandbox& sandbox, std::string_view state);

}  // namespace lakegate::api
