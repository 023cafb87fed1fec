#include "model/json_patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_codes.h"

namespace lakegate {
namespace {

namespace json = boost::json;

// One operation and where it stands, for messages.
struct Operation {
  const json::object& members;
  size_t number;  // from 0, as in the array

  template <class... Args>
  std::unexpected<Error> refuse(const ErrorCode& code, fmt::format_string<Args...> format, Args&&... args) const {
    return fail(code, "Operation {} of the JSON Patch: {}", number, fmt::format(format, std::forward<Args>(args)...));
  }
};

using Pointer = std::vector<std::string>;

Result<Pointer> parse_pointer(const Operation& operation, std::string_view text) {
  Pointer tokens;
  if (text.empty()) return tokens;
  if (!text.starts_with('/')) {
    return operation.refuse(codes::invalid_argument, "\"{}\" is no JSON Pointer; expected one like /tags/key.", text);
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1');
    if (text[i] == '/') {
      tokens.emplace_back();
    } else if (escape) {
      tokens.back() += text[++i] == '0' ? '~' : '/';
    } else if (text[i] == '~') {
      return operation.refuse(codes::invalid_argument,
                              "\"{}\" is no JSON Pointer: in a name, ~ is written ~0 and / is written ~1.", text);
    } else {
      tokens.back() += text[i];
    }
  }
  return tokens;
}

Result<Pointer> read_pointer(const Operation& operation, std::string_view name) {
  const json::value* value = operation.members.if_contains(name);
  if (value == nullptr || !value->is_string()) {
    return operation.refuse(codes::invalid_argument, "member {} is missing; expected a JSON Pointer like /tags/key.",
                            name);
  }
  return parse_pointer(operation, value->get_string());
}

// A position of a list: digits without a leading zero.
std::optional<size_t> parse_index(std::string_view text) {
  size_t index = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return index;
}

json::value* step(json::value& from, const std::string& token) {
  if (json::object* object = from.if_object()) return object->if_contains(token);
  json::array* array = from.if_array();
  const auto index = parse_index(token);
  return array != nullptr && index && *index < array->size() ? &(*array)[*index] : nullptr;
}

json::value* find(json::value& document, std::span<const std::string> pointer) {
  json::value* at = &document;
  for (const std::string& token : pointer) {
    if (at != nullptr) at = step(*at, token);
  }
  return at;
}

std::string to_text(std::span<const std::string> pointer) {
  std::string text;
  for (const std::string& token : pointer) text += "/" + token;
  return text;
}

Result<json::value*> existing(const Operation& operation, json::value& document, std::span<const std::string> pointer) {
  json::value* value = find(document, pointer);
  if (value != nullptr) return value;
  return operation.refuse(codes::invalid_argument, "there is nothing at {}.", to_text(pointer));
}

Status add(const Operation& operation, json::value& document, const Pointer& pointer, json::value value) {
  if (pointer.empty()) {
    document = std::move(value);
    return {};
  }
  const std::string& last = pointer.back();
  LG_ASSIGN(json::value * parent, existing(operation, document, std::span(pointer).first(pointer.size() - 1)));
  if (json::object* object = parent->if_object()) {
    (*object)[last] = std::move(value);
    return {};
  }
  json::array* array = parent->if_array();
  const auto index = array != nullptr && last == "-" ? array->size() : parse_index(last);
  if (array == nullptr || !index || *index > array->size()) {
    return operation.refuse(codes::invalid_argument, "nothing can be added at {}.", to_text(pointer));
  }
  array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return {};
}

Result<json::value> remove(const Operation& operation, json::value& document, const Pointer& pointer) {
  LG_ASSIGN(json::value * found, existing(operation, document, pointer));
  json::value value = std::move(*found);
  if (pointer.empty()) {
    document = nullptr;
    return value;
  }
  json::value* parent = find(document, std::span(pointer).first(pointer.size() - 1));
  if (json::object* object = parent->if_object()) {
    object->stable_erase(pointer.back());
  } else {
    json::array& array = parent->get_array();
    array.erase(array.begin() + static_cast<std::ptrdiff_t>(*parse_index(pointer.back())));
  }
  return value;
}

size_t weight(const json::value& value) {
  size_t sum = 1;
  if (const json::string* text = value.if_string()) sum += text->size();
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) sum += weight(item);
  }
  if (const json::object* object = value.if_object()) {
    for (const auto& [key, member] : *object) sum += key.size() + weight(member);
  }
  return sum;
}

Status copy(const Operation& operation, json::value& document, const Pointer& from, const Pointer& to) {
  LG_ASSIGN(json::value * found, existing(operation, document, from));
  if (weight(document) + weight(*found) > patched_weight_max)
    return operation.refuse(codes::too_large, "the document grows beyond {} bytes.", patched_weight_max);
  json::value value = *found;
  return add(operation, document, to, std::move(value));
}

Status move(const Operation& operation, json::value& document, const Pointer& from, const Pointer& to) {
  const bool into_itself = to.size() > from.size() && std::equal(from.begin(), from.end(), to.begin());
  if (into_itself) {
    return operation.refuse(codes::invalid_argument, "{} cannot be moved into itself, {}.", to_text(from), to_text(to));
  }
  LG_ASSIGN(json::value value, remove(operation, document, from));
  return add(operation, document, to, std::move(value));
}

Result<const json::value*> operand(const Operation& operation) {
  const json::value* value = operation.members.if_contains("value");
  if (value != nullptr) return value;
  return operation.refuse(codes::invalid_argument, "member value is missing.");
}

Status apply(const Operation& operation, json::value& document) {
  const json::value* name = operation.members.if_contains("op");
  const std::string_view op = name != nullptr && name->is_string() ? std::string_view(name->get_string()) : "";
  LG_ASSIGN(const Pointer path, read_pointer(operation, "path"));
  if (op == "remove") {
    LG_TRY(remove(operation, document, path));
    return {};
  }
  if (op == "copy" || op == "move") {
    LG_ASSIGN(const Pointer from, read_pointer(operation, "from"));
    return op == "copy" ? copy(operation, document, from, path) : move(operation, document, from, path);
  }
  if (op != "add" && op != "replace" && op != "test") {
    return operation.refuse(codes::invalid_argument, "op is \"{}\"; expected add, remove, replace, move, copy or test.",
                            op);
  }
  LG_ASSIGN(const json::value* value, operand(operation));
  if (op == "add") return add(operation, document, path, *value);
  LG_ASSIGN(json::value * target, existing(operation, document, path));
  if (op == "replace") {
    *target = *value;
  } else if (*target != *value) {
    return operation.refuse(codes::conflict, "the test of {} does not hold.", to_text(path));
  }
  return {};
}

}  // namespace

Result<json::value> apply_json_patch(json::value document, const json::array& patch) {
  if (patch.size() > patch_operations_max) {
    return fail(codes::invalid_argument, "The JSON Patch has {} operations; expected at most {}.", patch.size(),
                patch_operations_max);
  }
  for (size_t i = 0; i < patch.size(); ++i) {
    if (!patch[i].is_object())
      return fail(codes::invalid_argument, "Operation {} of the JSON Patch is no object with op and path.", i);
    LG_TRY(apply({patch[i].get_object(), i}, document));
  }
  return document;
}

void merge_members(json::object& document, const json::object& change) {
  for (const auto& [key, value] : change) {
    if (value.is_null()) {
      document.stable_erase(key);
    } else {
      document[key] = value;
    }
  }
}

void merge_deeply(json::object& document, const json::object& change) {
  for (const auto& [key, value] : change) {
    if (value.is_null()) {
      document.stable_erase(key);
    } else if (value.is_object()) {
      json::value& member = document[key];
      if (!member.is_object()) member = json::object();
      merge_deeply(member.get_object(), value.get_object());
    } else {
      document[key] = value;
    }
  }
}

}  // namespace lakegate
