#include "registry/exchange.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/resources.h"
#include "model/error_codes.h"
#include "registry/completion.h"
#include "registry/library.h"
#include "xdm/dependency_order.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;
using xdm::JsonValue;

constexpr std::string_view home = "https://ns.adobe.com/";

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string with_tenant(std::string text, const std::string& from, const std::string& to) {
  if (text == "_" + from) return "_" + to;
  replace_all(text, std::string(home) + from + "/", std::string(home) + to + "/");
  replace_all(text, "/_" + from + "/", "/_" + to + "/");
  if (text.starts_with("_" + from + ".")) text.replace(0, from.size() + 2, "_" + to + ".");
  return text;
}

std::vector<std::string> needed_by(const JsonObject& document) {
  std::vector<std::string> ids = xdm::references(document);
  if (const boost::json::array* intended = xdm::array_member(document, "meta:intendedToExtend")) {
    for (const JsonValue& one : *intended) {
      if (one.is_string()) ids.emplace_back(one.get_string());
    }
  }
  return ids;
}

template <class... Args>
std::unexpected<Error> refuse(fmt::format_string<Args...> format, Args&&... args) {
  return fail(codes::schema_import_failed, "{}", fmt::format(format, std::forward<Args>(args)...));
}

bool says_something_of_the_resource(const Error& error) {
  return error.code != &codes::conflict && (error.kind() == ErrorKind::invalid || error.kind() == ErrorKind::conflict ||
                                            error.kind() == ErrorKind::not_found);
}

std::unexpected<Error> about(const JsonObject& document, const Error& error) {
  if (!says_something_of_the_resource(error)) return std::unexpected(error);
  return refuse("Resource \"{}\" ({}): {}", xdm::text_member(document, "title"), xdm::text_member(document, "$id"),
                error.message);
}

// One call's work.
class Exchange {
 public:
  Exchange(ReadTx& ledger, const Author& author, Millis now, Random& random)
      : ledger_(ledger), author_(author), now_(now), random_(random), library_(ledger, author.scope) {}

  Result<std::vector<ExchangedResource>> run(const boost::json::array& documents);

 private:
  Result<ExchangedResource> read(const JsonValue& value, size_t number);
  Status compare_with_stored(ExchangedResource& made);

  ReadTx& ledger_;
  const Author& author_;
  const Millis now_;
  Random& random_;
  Library library_;
};

Status Exchange::compare_with_stored(ExchangedResource& made) {
  Resource& resource = made.draft.resource;
  const auto row = ledger::find_resource(ledger_, author_.scope, resource.id.text());
  if (!row) return row.error().kind() == ErrorKind::not_found ? Status() : std::unexpected(row.error());
  LG_ASSIGN(Resource stored, from_row(*row));
  if (stored.type != resource.type || own_members(stored.document) != resource.document) {
    return refuse(
        "Resource \"{}\" ({}): there is another one under this $id, version {}. Delete it, or change it with PUT.",
        resource.title, resource.id, stored.version);
  }
  made.is_there = true;
  resource = std::move(stored);
  return {};
}

Result<ExchangedResource> Exchange::read(const JsonValue& value, size_t number) {
  if (!value.is_object()) return refuse("Item {} is no resource: expected an object.", number);
  const JsonValue replaced = registry::with_tenant(value, tenant_placeholder, author_.tenant);
  const JsonObject& document = replaced.get_object();
  const auto type = parse_resource_type(xdm::text_member(document, "meta:resourceType"));
  if (!type || *type == ResourceType::behaviors) {
    return refuse("Item {}: \"meta:resourceType\" is \"{}\"; expected schemas, classes, mixins or datatypes.", number,
                  xdm::text_member(document, "meta:resourceType"));
  }
  std::string id(xdm::text_member(document, "$id"));
  if (id.empty()) id = new_id(author_, *type, random_);
  const std::string start = fmt::format("{}{}/", home, author_.tenant);
  if (!id.starts_with(start)) {
    return refuse("Item {}: \"$id\" is \"{}\"; expected one that starts with \"{}\" (or with the placeholder {}).",
                  number, id, start, tenant_placeholder);
  }
  ExchangedResource made;
  made.draft.resource = {.id = ResourceId(id),
                         .alt_id = alt_id_of(id),
                         .type = *type,
                         .container = Container::tenant,
                         .title = std::string(xdm::text_member(document, "title")),
                         .version = "1.0",
                         .document = own_members(document)};
  LG_TRY(compare_with_stored(made));
  return made;
}

Result<std::vector<ExchangedResource>> Exchange::run(const boost::json::array& documents) {
  if (documents.empty() || documents.size() > exchanged_documents_max)
    return refuse("There are {} resources; expected 1 to {}.", documents.size(), exchanged_documents_max);
  std::vector<ExchangedResource> resources;
  std::set<std::string> titles;
  std::set<std::string> ids;
  for (const JsonValue& value : documents) {
    LG_ASSIGN(ExchangedResource made, read(value, resources.size()));
    const Resource& resource = made.draft.resource;
    if (!ids.insert(resource.id.text()).second) return refuse("Two of the resources have the $id \"{}\".", resource.id);
    if (!titles.insert(resource.title).second)
      return refuse("Two of the resources have the title \"{}\".", resource.title);
    resources.push_back(std::move(made));
  }
  for (const ExchangedResource& made : resources) {
    if (made.is_there) continue;
    Resource tried = made.draft.resource;
    tried.document["$id"] = tried.id.text();
    library_.pretend(std::move(tried));
  }
  for (ExchangedResource& made : resources) {
    if (made.is_there) continue;
    const Resource& resource = made.draft.resource;
    auto draft = prepare_as(ledger_, library_, author_, resource.type, resource.document, resource.id.text(), now_);
    if (!draft) {
      JsonObject named{{"$id", resource.id.text()}, {"title", resource.title}};
      return about(named, draft.error());
    }
    made.draft = *std::move(draft);
  }
  return resources;
}

}  // namespace

JsonValue with_tenant(const JsonValue& value, std::string_view from, std::string_view to) {
  const std::string old_name(from);
  const std::string new_name(to);
  if (value.is_string()) return JsonValue(with_tenant(std::string(value.get_string()), old_name, new_name));
  if (const boost::json::array* list = value.if_array()) {
    boost::json::array made;
    for (const JsonValue& one : *list) made.push_back(with_tenant(one, from, to));
    return made;
  }
  const JsonObject* object = value.if_object();
  if (object == nullptr) return value;
  JsonObject made;
  for (const auto& [key, member] : *object)
    made[with_tenant(std::string(key), old_name, new_name)] = with_tenant(member, from, to);
  return made;
}

Result<boost::json::array> export_resources(ReadTx& ledger, const Author& reader, std::string_view id) {
  Library library(ledger, reader.scope);
  LG_ASSIGN(const Resource* first, library.find(id));
  if (first == nullptr || first->container != Container::tenant)
    return fail(codes::schema_not_found, "There is no resource \"{}\" of your own in the sandbox.", id);
  std::vector<const JsonObject*> documents;
  std::vector<std::string> waiting{first->id.text()};
  std::set<std::string> seen(waiting.begin(), waiting.end());
  for (size_t at = 0; at < waiting.size(); ++at) {
    LG_ASSIGN(const Resource* resource, library.find(waiting[at]));
    if (resource == nullptr || resource->container != Container::tenant) continue;
    documents.push_back(&resource->document);
    for (std::string& needed : needed_by(resource->document)) {
      if (seen.insert(needed).second) waiting.push_back(std::move(needed));
    }
  }
  // Classes come before the field groups that are intended for them, which is no $ref.
  const auto rank = [](const JsonObject* document) {
    const std::string_view type = xdm::text_member(*document, "meta:resourceType");
    const int place = type == "datatypes" ? 0 : type == "classes" ? 1 : type == "mixins" ? 2 : 3;
    return std::pair(place, xdm::text_member(*document, "$id"));
  };
  std::ranges::sort(documents, {}, rank);
  boost::json::array exported;
  for (const std::vector<size_t>& group : xdm::dependency_order(documents)) {
    for (const size_t at : group)
      exported.push_back(with_tenant(JsonValue(*documents[at]), reader.tenant, tenant_placeholder));
  }
  return exported;
}

Result<std::vector<ExchangedResource>> prepare_exchange(ReadTx& ledger, const Author& author,
                                                        const boost::json::array& documents, Millis now,
                                                        Random& random) {
  return Exchange(ledger, author, now, random).run(documents);
}

Status store_exchange(Tx& ledger, const Author& author, const std::vector<ExchangedResource>& resources) {
  for (const ExchangedResource& made : resources) {
    if (made.is_there) continue;
    if (const Status stored = insert(ledger, author, made.draft); !stored)
      return about(made.draft.resource.document, stored.error());
  }
  return {};
}

}  // namespace lakegate::registry
