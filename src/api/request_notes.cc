#include "api/request_notes.h"

#include <array>
#include <string_view>
#include <utility>

namespace lakegate::api {
namespace {

// Parameters of our routes' patterns.
constexpr std::array parameters = {std::pair<std::string_view, std::string_view>{"batchId", "batch"},
                                   std::pair<std::string_view, std::string_view>{"datasetId", "dataset"}};

}  // namespace

http::Response noted(http::Response response, const http::Request& request, const auth::Identity& identity) {
  response.notes.push_back({"org", identity.ims_org.text()});
  response.notes.push_back({"sandbox", identity.sandbox_name});
  response.notes.push_back({"api_key", identity.client_id.text()});
  for (const http::Parameter& parameter : request.path_parameters) {
    for (const auto& [name, note] : parameters) {
      if (parameter.name == name) response.notes.push_back({note, parameter.value});
    }
  }
  return response;
}

}  // namespace lakegate::api
