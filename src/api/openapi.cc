#include "api/openapi.h"

#include <string>

#include "api/unchanging_answer.h"

namespace lakegate::api {

void add_openapi_route(http::Router& router) {
  router.add("GET", "/openapi.json",
             [answer = UnchangingAnswer("application/json", openapi_texts().front())](const http::Request& request) {
               return answer.to(request);
             });
}

}  // namespace lakegate::api
