// The Catalog's list parameters, contract/catalog.md "List parameters", read into the ledger's queries.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/list_query.h"

namespace lakegate::api {

inline constexpr int64_t list_limit_max = 100;
inline constexpr int64_t list_limit_default = 20;

enum class ListValue {
  text,
  pattern,  // a text; '*' in it is any run of characters, "**" a star
  yes_no,   // true or false, in any case
  number,   // milliseconds and counts
  status,   // any case, success and failure too
  version,  // "1.0.n", or n
};

template <class Field>
struct ListName {
  std::string_view name;
  Field field;
  ListValue value = ListValue::text;
};

// A parameter that compares by itself, with a number: createdAfter.
template <class Field>
struct ListBound {
  std::string_view name;
  Field field;
  ledger::Comparison comparison;
};

template <class Field>
struct ListVocabulary {
  std::span<const ListName<Field>> names;  // filters `name=…`, `property=…`, and order keys
  std::span<const ListBound<Field>> bounds;
};

const ListVocabulary<ledger::BatchField>& batch_list_vocabulary();
const ListVocabulary<ledger::DatasetField>& dataset_list_vocabulary();

const ListVocabulary<ledger::DatasetField>& last_batch_vocabulary();
const ListVocabulary<ledger::DatasetField>& dataset_view_vocabulary();

// limit, start (`offset` in older texts), orderBy (`sort`), tags, filters. Other parameters are nobody's and ignored.
// Each may come as a header too; the query's beat headers of the same name. `list_parameter_invalid` names the
// parameter, what it is and what it takes.
template <class Field>
Result<ledger::ListQuery<Field>> parse_list_query(const http::Request& request,
                                                  const ListVocabulary<Field>& vocabulary);

// The parameter, or the header of its name where the query has none. Some names are headers of HTTP itself and come in
// the query alone.
std::optional<std::string_view> list_parameter(const http::Request& request, std::string_view name);

struct ListPage {
  int64_t start = 0;
  int64_t limit = list_limit_default;
};
Result<ListPage> parse_list_page(const http::Request& request);

// `properties=a,b`: which top-level members of each object are shown.
class ShownMembers {
 public:
  explicit ShownMembers(const http::Request& request);

  bool shows(std::string_view name) const;
  boost::json::object select(boost::json::object object) const;

 private:
  std::optional<std::vector<std::string>> names_;  // none: all
};

}  // namespace lakegate::api
