#include "api/request_templates.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr std::string_view opening = "<<";
constexpr std::string_view closing = ">>";

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) { return c == '<' || c == '>' || c == ' '; });
}

}  // namespace

Result<std::string> fill_templates(std::string_view text, const TemplateValue& value_of) {
  std::string filled;
  while (true) {
    const size_t begin = text.find(opening);
    const size_t end = begin == std::string_view::npos ? begin : text.find(closing, begin);
    if (end == std::string_view::npos) return filled.append(text);
    const std::string_view name = text.substr(begin + opening.size(), end - begin - opening.size());
    filled += text.substr(0, begin);
    if (is_name(name)) {
      const size_t dot = name.find('.');
      const std::string_view field = dot == std::string_view::npos ? "id" : name.substr(dot + 1);
      LG_ASSIGN(const std::string value, value_of(name.substr(0, dot), field));
      filled += value;
    } else {
      filled += text.substr(begin, end + closing.size() - begin);
    }
    text.remove_prefix(end + closing.size());
  }
}

Result<json::value> fill_all_templates(const json::value& value, const TemplateValue& value_of) {
  if (value.is_string()) {
    LG_ASSIGN(std::string filled, fill_templates(std::string_view(value.get_string()), value_of));
    return json::value(filled);
  }
  if (value.is_array()) {
    json::array list;
    for (const json::value& one : value.get_array()) {
      LG_ASSIGN(json::value filled, fill_all_templates(one, value_of));
      list.push_back(std::move(filled));
    }
    return list;
  }
  if (!value.is_object()) return value;
  json::object object;
  for (const auto& [name, one] : value.get_object()) {
    LG_ASSIGN(const std::string key, fill_templates(std::string_view(name), value_of));
    LG_ASSIGN(object[key], fill_all_templates(one, value_of));
  }
  return object;
}

}  // namespace lakegate::api
