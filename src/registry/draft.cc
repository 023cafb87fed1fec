#include "registry/draft.h"

#include <boost/json/serialize.hpp>

#include <utility>

#include "ledger/orgs.h"
#include "ledger/resource_references.h"
#include "ledger/resources.h"
#include "model/error_codes.h"
#include "registry/completion.h"
#include "registry/library.h"
#include "registry/record.h"
#include "registry/rules.h"

namespace lakegate::registry {
namespace {

using xdm::JsonObject;

constexpr size_t hash_digits = 48;

Status check_title_is_free(ReadTx& ledger, const Scope& scope, const std::string& title) {
  LG_ASSIGN(const auto other, ledger::find_tenant_resource_by_title(ledger, scope, title));
  if (!other) return {};
  return fail(codes::schema_title_taken,
              "The title \"{}\" is taken by \"{}\" ({}). Titles are unique in a sandbox, whatever the type.", title,
              other->id, other->type);
}

}  // namespace

Result<Draft> prepare_as(ReadTx& ledger, Library& library, const Author& author, ResourceType type,
                         const JsonObject& body, const std::string& id, Millis now) {
  LG_TRY(check_no_nulls(body));
  LG_TRY(check_members(library, type, body));
  LG_TRY(check_namespace(type, body, author.tenant));

  Draft draft{.resource = {.id = ResourceId(id),
                           .alt_id = alt_id_of(id),
                           .type = type,
                           .container = Container::tenant,
                           .title = std::string(xdm::text_member(body, "title")),
                           .version = "1.0",
                           .document = own_members(body)},
              .class_id = {},
              .created = now,
              .registry_changes = 0};
  LG_ASSIGN(draft.registry_changes, ledger::registry_change_count(ledger, author.scope));
  LG_TRY(check_title_is_free(ledger, author.scope, draft.resource.title));
  if (type == ResourceType::schemas) {
    LG_ASSIGN(draft.class_id, class_of(library, body));
  }
  xdm::JsonObject named = draft.resource.document;
  named["$id"] = id;
  LG_ASSIGN(const xdm::ResolvedSchema resolved, library.resolve(named));
  LG_TRY(check_table(resolved));
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::get_sandbox(ledger, author.scope));
  const Stamp stamp{.created = now,
                    .created_user = author.user_id,
                    .created_client = author.client_id,
                    .changed = now,
                    .changed_user = author.user_id,
                    .changed_client = author.client_id};
  complete(draft.resource, author, sandbox, stamp, draft.class_id, resolved);
  return draft;
}

std::string new_id(const Author& author, ResourceType type, Random& random) {
  return fmt::format("https://ns.adobe.com/{}/{}/{}", author.tenant, to_string(type), random.hex(hash_digits));
}

Result<Draft> prepare(ReadTx& ledger, const Author& author, ResourceType type, const JsonObject& body, Millis now,
                      Random& random) {
  Library library(ledger, author.scope);
  return prepare_as(ledger, library, author, type, body, new_id(author, type, random), now);
}

Status insert(Tx& ledger, const Author& author, const Draft& draft) {
  LG_ASSIGN(const int64_t changes, ledger::registry_change_count(ledger, author.scope));
  if (changes != draft.registry_changes) {
    return fail(codes::conflict, "The registry was changed while \"{}\" was created. Send it again.",
                draft.resource.title);
  }
  LG_TRY(record_resource_act(ledger, author, draft.resource, ResourceAct::create, {}, draft.created));
  return ledger::insert_resource(ledger, {.id = draft.resource.id,
                                          .alt_id = draft.resource.alt_id,
                                          .scope = author.scope,
                                          .container = std::string(to_string(draft.resource.container)),
                                          .type = std::string(to_string(draft.resource.type)),
                                          .title = draft.resource.title,
                                          .class_id = draft.class_id.text(),
                                          .document = boost::json::serialize(draft.resource.document),
                                          .version = 0,
                                          .created = draft.created,
                                          .updated = draft.created,
                                          .created_user = author.user_id,
                                          .created_client = author.client_id,
                                          .updated_user = author.user_id,
                                          .updated_client = author.client_id});
}

}  // namespace lakegate::registry
