#include "model/batch.h"

#include <algorithm>
#include <cctype>

namespace lakegate {

std::string_view to_string(InputFormat format) {
  switch (format) {
    case InputFormat::parquet: return "parquet";
    case InputFormat::json: return "json";
    case InputFormat::csv: return "csv";
  }
  return "";
}

std::optional<InputFormat> parse_input_format(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const InputFormat format : {InputFormat::parquet, InputFormat::json, InputFormat::csv}) {
    if (to_string(format) == lower) return format;
  }
  return std::nullopt;
}

}  // namespace lakegate
