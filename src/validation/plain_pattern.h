// PlainPattern: a pattern that is a row of characters and classes between ^ and $, as those of ids, codes and numbers
// are ("^[A-Z]{3}$", "^M[0-9]+$"). A loop over the bytes decides it, in a fraction of the time of RE2, which stays in
// charge of all others.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lakegate::validation {

class PlainPattern {
 public:
  // Of ECMA-262; nothing where the pattern is of another kind, or is in any doubt.
  static std::optional<PlainPattern> parse(std::string_view ecma);

  // Text that matches is ASCII throughout.
  bool matches(std::string_view text) const;

 private:
  friend class PlainPatternParser;

  struct Item {
    uint32_t bit = 0;
    uint32_t count_min = 1;
    uint32_t count_max = 1;
  };
  bool decides_greedily() const;
  bool meet(uint32_t one, uint32_t other) const;

  std::vector<Item> items_;
  std::array<uint32_t, 256> members_{};  // by byte: bits of the items that it may stand for
};

}  // namespace lakegate::validation
