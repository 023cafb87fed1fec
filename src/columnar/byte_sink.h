// Where a tail goes, front to back.
#pragma once

#include <cstdint>
#include <string_view>

namespace lakegate::columnar {

class ByteSink {
 public:
  virtual ~ByteSink() = default;

  // False: it is full; nothing of `bytes` counts.
  virtual bool append(std::string_view bytes) = 0;

  // How much was appended.
  virtual int64_t size_bytes() const = 0;
};

}  // namespace lakegate::columnar
