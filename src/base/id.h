// Typed ids: a BatchId is not a DatasetId. The text is opaque to everyone but its maker (base/random.h).
#pragma once

#include <fmt/format.h>

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace lakegate {

template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

// The same for numbers that the ledger allots.
template <class Tag>
struct Number {
  int64_t value = 0;
  auto operator<=>(const Number&) const = default;
};

}  // namespace lakegate

template <class Tag>
struct std::hash<lakegate::Id<Tag>> {
  size_t operator()(const lakegate::Id<Tag>& id) const { return std::hash<std::string>{}(id.text()); }
};

template <class Tag>
struct std::hash<lakegate::Number<Tag>> {
  size_t operator()(const lakegate::Number<Tag>& number) const { return std::hash<int64_t>{}(number.value); }
};

template <class Tag>
struct fmt::formatter<lakegate::Id<Tag>> : fmt::formatter<std::string_view> {
  auto format(const lakegate::Id<Tag>& id, format_context& context) const {
    return fmt::formatter<std::string_view>::format(id.text(), context);
  }
};

template <class Tag>
struct fmt::formatter<lakegate::Number<Tag>> : fmt::formatter<int64_t> {
  auto format(const lakegate::Number<Tag>& number, format_context& context) const {
    return fmt::formatter<int64_t>::format(number.value, context);
  }
};
