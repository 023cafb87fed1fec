// Right: what a key may do. Rights are held per sandbox and dataset (grant.h), named by each route (api/gateway.h) and
// carried to every look-up (sight.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lakegate {

enum class Right : uint8_t {
  read,    // lists, previews, bytes, tables, events
  ingest,  // batches and their files
  manage,  // datasets, schemas, subscriptions, keys
};

inline constexpr std::array all_rights = {Right::read, Right::ingest, Right::manage};

constexpr std::string_view to_string(Right right) {
  switch (right) {
    case Right::read: return "read";
    case Right::ingest: return "ingest";
    case Right::manage: return "manage";
  }
  return "read";
}

constexpr std::optional<Right> parse_right(std::string_view text) {
  for (const Right right : all_rights) {
    if (to_string(right) == text) return right;
  }
  return std::nullopt;
}

// A set of them.
class Rights {
 public:
  constexpr Rights() = default;
  constexpr Rights(Right right) : bits_(bit(right)) {}  // NOLINT(google-explicit-constructor): a set of one
  static constexpr Rights all() { return Rights(Right::read) | Right::ingest | Right::manage; }

  constexpr bool has(Right right) const { return (bits_ & bit(right)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr Rights operator|(Rights other) const {
    Rights made;
    made.bits_ = static_cast<uint8_t>(bits_ | other.bits_);
    return made;
  }
  constexpr bool operator==(const Rights&) const = default;

 private:
  static constexpr uint8_t bit(Right right) { return static_cast<uint8_t>(1U << static_cast<unsigned>(right)); }

  uint8_t bits_ = 0;
};

}  // namespace lakegate
