// What all connections of a server share.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "http/server.h"

namespace lakegate::http {

struct SharedState {
  const Settings settings;
  const ServerParts parts;
  std::unique_ptr<boost::asio::ssl::context> tls;  // absent on plain ports; constant
  std::string own_host;                            // for clients that send no Host; constant

  std::atomic<bool> stopping = false;
  std::atomic<size_t> connections = 0;
  std::atomic<int64_t> body_bytes_held = 0;  // of all requests' bodies in memory
};

// One request's share of the memory for bodies; given back when it goes.
class BodyShare {
 public:
  explicit BodyShare(SharedState& shared) : shared_(shared) {}
  ~BodyShare() { shared_.body_bytes_held -= held_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  // Whether `bytes` in total may be held.
  bool grow_to(int64_t bytes) {
    const int64_t more = bytes - held_;
    if (more <= 0) return true;
    held_ = bytes;
    return (shared_.body_bytes_held += more) <= shared_.settings.bodies_bytes_max;
  }

 private:
  SharedState& shared_;
  int64_t held_ = 0;
};

}  // namespace lakegate::http
