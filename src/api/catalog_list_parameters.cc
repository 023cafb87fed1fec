#include "api/catalog_list_parameters.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "model/batch_status.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;
using ledger::Comparison;
using ledger::FilterValue;

// What clients of the contract may ask for although no batch of ours is ever in it.
constexpr std::array<std::string_view, 6> foreign_statuses = {"retrying", "stalled",    "archived",
                                                              "retained", "processing", "queued"};

template <class... Args>
std::unexpected<Error> wrong(std::string_view parameter, std::string_view found, fmt::format_string<Args...> expected,
                             Args&&... args) {
  return fail(codes::list_parameter_invalid, "Parameter {} is \"{}\"; expected {}.", parameter, found.substr(0, 200),
              fmt::format(expected, std::forward<Args>(args)...));
}

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t comma = text.find(',');
    parts.push_back(ascii::trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

template <class Named>
const Named* find_named(std::span<const Named> all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  return found == all.end() ? nullptr : &*found;
}

template <class Field>
std::string names_of(const ListVocabulary<Field>& vocabulary) {
  std::vector<std::string_view> names;
  for (const auto& entry : vocabulary.names) names.push_back(entry.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// Nothing where the word is a state that batches of ours never have.
Result<std::optional<FilterValue>> read_status(std::string_view parameter, std::string_view text) {
  if (const auto status = parse_batch_status(text)) return FilterValue(std::string(to_string(*status)));
  if (std::ranges::find(foreign_statuses, ascii::lower(text)) != foreign_statuses.end()) return std::nullopt;
  std::vector<std::string_view> words;
  for (const BatchStatus status : all_batch_statuses) words.push_back(to_string(status));
  return wrong(parameter, text, "one of {}, success, failure", fmt::join(words, ", "));
}

Result<std::optional<FilterValue>> read_value(std::string_view parameter, std::string_view text, ListValue kind) {
  switch (kind) {
    case ListValue::text:
    case ListValue::pattern: return FilterValue(std::string(text));
    case ListValue::status: return read_status(parameter, text);
    case ListValue::yes_no: {
      std::string word = ascii::lower(text);
      if (word != "true" && word != "false") return wrong(parameter, text, "true or false");
      return FilterValue(std::move(word));
    }
    case ListValue::version: {
      const auto number = parse_number(text.starts_with("1.0.") ? text.substr(4) : text);
      if (!number) return wrong(parameter, text, "a version like 1.0.3");
      return FilterValue(*number);
    }
    case ListValue::number: {
      const auto number = parse_number(text);
      if (!number) return wrong(parameter, text, "a whole number; times are milliseconds since 1970");
      return FilterValue(*number);
    }
  }
  return std::nullopt;
}

Comparison comparison_of(bool wanted, bool has_star) {
  if (has_star) return wanted ? Comparison::matches : Comparison::matches_none;
  return wanted ? Comparison::any_of : Comparison::none_of;
}

// One filter over comma-separated values. `parameter` is for messages.
template <class Field>
Status add_equality(ledger::ListQuery<Field>& query, std::string_view parameter, const ListName<Field>& name,
                    std::string_view text, bool wanted) {
  const bool has_star = name.value == ListValue::pattern && text.find('*') != std::string_view::npos;
  ledger::Filter<Field> filter{name.field, comparison_of(wanted, has_star), {}};
  const std::vector<std::string_view> parts = split(text);
  if (parts.size() > ledger::filter_values_max)
    return wrong(parameter, text, "at most {} values; found {}", ledger::filter_values_max, parts.size());
  for (const std::string_view part : parts) {
    LG_ASSIGN(std::optional<FilterValue> value, read_value(parameter, part, name.value));
    if (value) filter.values.push_back(*std::move(value));
  }
  const bool holds_always = filter.values.empty() && !wanted;
  if (!holds_always) query.filters.push_back(std::move(filter));
  return {};
}

// `name=v1,v2` and `name=!v1,v2`.
template <class Field>
Status add_filter(ledger::ListQuery<Field>& query, const ListName<Field>& name, std::string_view text) {
  const bool negated = text.starts_with('!');
  if (negated) text.remove_prefix(1);
  return add_equality(query, name.name, name, text, !negated);
}

// What of `property=…` follows the name.
struct Operator {
  std::string_view sign;
  Comparison comparison;
};
constexpr std::array operators = {
    Operator{"==", Comparison::any_of},        Operator{"!=", Comparison::none_of},
    Operator{"<=", Comparison::less_or_equal}, Operator{">=", Comparison::greater_or_equal},
    Operator{"<", Comparison::less},           Operator{">", Comparison::greater},
    Operator{"~", Comparison::searches},
};

// States as the ledger has them: an expression that looks for "success" looks for the word of the wire.
template <class Field>
Status add_search(ledger::ListQuery<Field>& query, const ListName<Field>& name, std::string_view expression,
                  std::string_view pattern) {
  const bool is_text = name.value == ListValue::text || name.value == ListValue::pattern ||
                       name.value == ListValue::status || name.value == ListValue::yes_no;
  if (!is_text) return wrong("property", expression, "a comparison with a number; regular expressions are for texts");
  if (pattern.empty()) return wrong("property", expression, "a regular expression behind ~");
  query.filters.push_back({name.field, Comparison::searches, {std::string(pattern)}});
  return {};
}

template <class Field>
Status add_comparison(ledger::ListQuery<Field>& query, const ListName<Field>& name, std::string_view expression,
                      std::string_view rest) {
  const auto used = std::ranges::find_if(operators, [&](const Operator& one) { return rest.starts_with(one.sign); });
  if (used == operators.end()) {
    return wrong("property", expression, "name, !name, name==value, or one of != < <= > >= ~ between name and value");
  }
  rest = ascii::trim(rest.substr(used->sign.size()));
  if (used->comparison == Comparison::searches) return add_search(query, name, expression, rest);
  const bool equality = used->comparison == Comparison::any_of || used->comparison == Comparison::none_of;
  if (equality) return add_equality(query, "property", name, rest, used->comparison == Comparison::any_of);
  if (name.value == ListValue::status || name.value == ListValue::yes_no)
    return wrong("property", expression, "== or !=, since its values have no order");
  LG_ASSIGN(std::optional<FilterValue> value, read_value("property", rest, name.value));
  if (value) query.filters.push_back({name.field, used->comparison, {*std::move(value)}});
  return {};
}

template <class Field>
Status add_property(ledger::ListQuery<Field>& query, const ListVocabulary<Field>& vocabulary,
                    std::string_view expression) {
  std::string_view rest = ascii::trim(expression);
  const bool negated = rest.starts_with('!');
  if (negated) rest.remove_prefix(1);
  const size_t end = std::min(rest.find_first_of("=!<>~"), rest.size());
  const ListName<Field>* name = find_named(vocabulary.names, ascii::trim(rest.substr(0, end)));
  if (name == nullptr) return wrong("property", expression, "a filter by one of {}", names_of(vocabulary));
  rest.remove_prefix(end);
  if (!rest.empty() && !negated) return add_comparison(query, *name, expression, rest);
  if (!rest.empty()) return wrong("property", expression, "!name alone, or name!=value");
  query.filters.push_back({name->field, negated ? Comparison::absent : Comparison::exists, {}});
  return {};
}

// key:value,key:val*,key:*
Status add_tags(std::vector<ledger::TagFilter>& filters, std::string_view text) {
  for (const std::string_view part : split(text)) {
    const size_t colon = part.find(':');
    const std::string_view key = part.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? "*" : part.substr(colon + 1);
    if (key.empty()) return wrong("tags", text, "key:value, key:val* or key:*, separated by commas");
    filters.push_back({std::string(key), value == "*" ? std::string() : std::string(value)});
  }
  return {};
}

template <class Field>
Status add_parameter(ledger::ListQuery<Field>& query, const ListVocabulary<Field>& vocabulary,
                     const http::Parameter& parameter) {
  if (parameter.name == "property") return add_property(query, vocabulary, parameter.value);
  if (parameter.name == "tags") return add_tags(query.tags, parameter.value);
  if (const auto* bound = find_named(vocabulary.bounds, parameter.name)) {
    LG_ASSIGN(std::optional<FilterValue> value, read_value(bound->name, parameter.value, ListValue::number));
    if (value) query.filters.push_back({bound->field, bound->comparison, {*std::move(value)}});
    return {};
  }
  if (const auto* name = find_named(vocabulary.names, parameter.name)) return add_filter(query, *name, parameter.value);
  return {};
}

// What HTTP itself means by a header of that name, or what clients send with every request.
bool is_header_of_http(std::string_view name) {
  return name == "connection" || name == "version" || name == "from" || name == "id";
}

template <class Field>
Status add_header(ledger::ListQuery<Field>& query, const ListVocabulary<Field>& vocabulary,
                  const http::Request& request, std::string_view name) {
  const bool in_query = request.query_value(name).has_value();
  const auto header = in_query || is_header_of_http(name) ? std::nullopt : request.header(name);
  if (!header) return {};
  return add_parameter(query, vocabulary, {std::string(name), std::string(ascii::trim(*header))});
}

template <class Field>
Status add_headers(ledger::ListQuery<Field>& query, const ListVocabulary<Field>& vocabulary,
                   const http::Request& request) {
  for (const std::string_view name : {"property", "tags"}) LG_TRY(add_header(query, vocabulary, request, name));
  for (const auto& name : vocabulary.names) LG_TRY(add_header(query, vocabulary, request, name.name));
  for (const auto& bound : vocabulary.bounds) LG_TRY(add_header(query, vocabulary, request, bound.name));
  return {};
}

// "created", "asc:created" or "desc:created".
template <class Field>
Result<ledger::OrderBy<Field>> read_order_key(const ListVocabulary<Field>& vocabulary, std::string_view text) {
  std::string_view name = text;
  bool descending = false;
  if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string direction = ascii::lower(ascii::trim(text.substr(0, colon)));
    name = ascii::trim(text.substr(colon + 1));
    descending = direction == "desc";
    if (!descending && direction != "asc") return wrong("orderBy", text, "asc: or desc: before the field");
  }
  if (const auto* known = find_named(vocabulary.names, name)) return ledger::OrderBy<Field>{known->field, descending};
  return wrong("orderBy", text, "one of {}, perhaps with asc: or desc: before it", names_of(vocabulary));
}

template <class Field>
Status read_order(const http::Request& request, const ListVocabulary<Field>& vocabulary,
                  ledger::ListQuery<Field>& query) {
  auto text = list_parameter(request, "orderBy");
  if (!text) text = list_parameter(request, "sort");
  if (!text || text->empty()) return {};
  for (const std::string_view part : split(*text)) {
    LG_ASSIGN(ledger::OrderBy<Field> key, read_order_key(vocabulary, part));
    query.order.push_back(key);
  }
  if (query.order.size() <= ledger::order_keys_max) return {};
  return wrong("orderBy", *text, "at most {} fields", ledger::order_keys_max);
}

}  // namespace

std::optional<std::string_view> list_parameter(const http::Request& request, std::string_view name) {
  if (const auto value = request.query_value(name)) return value;
  if (const auto header = request.header(name)) return ascii::trim(*header);
  return std::nullopt;
}

Result<ListPage> parse_list_page(const http::Request& request) {
  ListPage page;
  if (const auto text = list_parameter(request, "limit")) {
    const auto limit = parse_number(*text);
    if (!limit || *limit < 1 || *limit > list_limit_max)
      return wrong("limit", *text, "a whole number from 1 to {}", list_limit_max);
    page.limit = *limit;
  }
  auto text = list_parameter(request, "start");
  if (!text) text = list_parameter(request, "offset");
  if (!text) return page;
  const auto start = parse_number(*text);
  if (!start || *start < 0) return wrong("start", *text, "a whole number from 0 on");
  page.start = *start;
  return page;
}

template <class Field>
Result<ledger::ListQuery<Field>> parse_list_query(const http::Request& request,
                                                  const ListVocabulary<Field>& vocabulary) {
  ledger::ListQuery<Field> query;
  LG_ASSIGN(const ListPage page, parse_list_page(request));
  query.start = page.start;
  query.limit = page.limit;
  LG_TRY(read_order(request, vocabulary, query));
  for (const http::Parameter& parameter : request.query) LG_TRY(add_parameter(query, vocabulary, parameter));
  LG_TRY(add_headers(query, vocabulary, request));
  const size_t filters = query.filters.size() + query.tags.size();
  if (filters <= ledger::filters_max) return query;
  return fail(codes::list_parameter_invalid, "The list has {} filters; expected at most {}.", filters,
              ledger::filters_max);
}

template Result<ledger::ListQuery<ledger::BatchField>> parse_list_query(const http::Request&,
                                                                        const ListVocabulary<ledger::BatchField>&);
template Result<ledger::ListQuery<ledger::DatasetField>> parse_list_query(const http::Request&,
                                                                          const ListVocabulary<ledger::DatasetField>&);

ShownMembers::ShownMembers(const http::Request& request) {
  const auto text = list_parameter(request, "properties");
  if (!text || ascii::trim(*text).empty()) return;
  names_.emplace();
  for (const std::string_view name : split(*text)) names_->emplace_back(name);
}

bool ShownMembers::shows(std::string_view name) const {
  return !names_ || std::ranges::find(*names_, name) != names_->end();
}

json::object ShownMembers::select(json::object object) const {
  if (!names_) return object;
  json::object selected;
  for (auto& member : object) {
    if (shows(member.key())) selected.emplace(member.key(), std::move(member.value()));
  }
  return selected;
}

}  // namespace lakegate::api
