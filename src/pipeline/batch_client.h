// BatchClient: for whom a batch is made or moved.
#pragma once

#include <string>

#include "model/ids.h"
#include "model/sight.h"

namespace lakegate::pipeline {

struct BatchClient {
  Sight scope;             // every look-up names it
  ApiKey client_id;        // createdClient
  std::string user;        // createdUser, updatedUser, and the history's
  std::string trace = {};  // W3C traceparent of the request: the batch and its events keep it; may be empty
};

}  // namespace lakegate::pipeline
