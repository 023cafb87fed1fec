// What the build put into the program, as an answer: the same for everybody until the next release.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

// Copyable; thread-safe. `bytes` live as long as the program.
class UnchangingAnswer {
 public:
  enum class Stored { plain, gzip };

  UnchangingAnswer(std::string content_type, std::string_view bytes, Stored stored = Stored::plain);

  // 200, or 304 where If-None-Match names the ETag. What is stored compressed goes out so to clients that accept it and
  // is inflated for the others.
  http::Response to(const http::Request& request) const;

 private:
  std::string content_type_;
  std::string_view bytes_;
  Stored stored_;
  std::string entity_tag_;  // of the content, whatever its coding: weak
};

// Whether Accept-Encoding takes gzip: it is named, or "*" is, and not with a weight of 0.
bool accepts_gzip(const http::Request& request);

// Nothing where `compressed` is no gzip, or ends early.
std::string inflate_gzip(std::string_view compressed);

}  // namespace lakegate::api
