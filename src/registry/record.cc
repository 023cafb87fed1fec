#include "registry/record.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>

#include <ctime>
#include <string>
#include <utility>

#include "ledger/audit.h"
#include "ledger/orgs.h"
#include "registry/completion.h"

namespace lakegate::registry {
namespace {

namespace json = boost::json;

std::string_view name_of(ResourceAct act) {
  switch (act) {
    case ResourceAct::create: return "resource.create";
    case ResourceAct::update: return "resource.update";
    case ResourceAct::remove: return "resource.delete";
  }
  return "";
}

std::string escape(std::string_view name) {  // RFC 6901
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

void add_difference(json::array& found, std::string_view action, const std::string& path, const json::value& value) {
  if (found.size() < differences_max) found.push_back({{"action", action}, {"path", path}, {"value", value}});
}

void compare(const json::object& former, const json::object& now, const std::string& path, json::array& found) {
  for (const auto& [key, value] : former) {
    if (!now.contains(key)) add_difference(found, "remove", path + "/" + escape(key), value);
  }
  for (const auto& [key, value] : now) {
    const std::string below = path + "/" + escape(key);
    const json::value* before = former.if_contains(key);
    if (path.empty() && (key == "version" || key == "meta:registryMetadata")) continue;
    if (before == nullptr) {
      add_difference(found, "add", below, value);
    } else if (*before == value) {
      continue;
    } else if (before->is_object() && value.is_object()) {
      compare(before->get_object(), value.get_object(), below, found);
    } else {
      add_difference(found, "replace", below, value);
    }
  }
}

std::string wire_time(Millis at) {
  return fmt::format("{:%m-%d-%Y %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(at / 1000)));
}

json::object wire_entry(const ledger::AuditEntry& entry, json::object detail, const Author& reader) {
  json::array updates;
  if (json::value* stored = detail.if_contains("updates"); stored != nullptr && stored->is_array()) {
    for (json::value& one : stored->get_array()) {
      json::object update{{"id", entry.subject}, {"xdmType", xdm::text_member(detail, "type")}};
      if (json::object* members = one.if_object()) {
        for (auto& [key, value] : *members) update[key] = std::move(value);
      }
      updates.emplace_back(std::move(update));
    }
  }
  return {{"id", entry.subject},
          {"action", entry.action.substr(entry.action.find('.') + 1)},
          {"updatedUser", entry.actor},
          {"imsOrg", reader.ims_org},
          {"updatedTime", wire_time(entry.at)},
          {"requestId", xdm::text_member(detail, "requestId")},
          {"clientId", xdm::text_member(detail, "clientId")},
          {"sandBoxId", xdm::text_member(detail, "sandboxId")},
          {"version", xdm::text_member(detail, "version")},
          {"updates", std::move(updates)}};
}

}  // namespace

json::array differences(const json::object& former, const json::object& now) {
  json::array found;
  compare(former, now, "", found);
  return found;
}

Status record_resource_act(Tx& tx, const Author& author, const Resource& resource, ResourceAct act,
                           const json::object& former, Millis at) {
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::get_sandbox(tx, author.scope));
  const json::object none;
  const json::object detail{
      {"type", to_string(resource.type)},
      {"title", resource.title},
      {"version", resource.version},
      {"requestId", author.request_id},
      {"clientId", author.client_id},
      {"sandboxId", sandbox.id},
      {"updates", differences(act == ResourceAct::remove ? own_members(resource.document) : former,
                              act == ResourceAct::remove ? none : resource.document)}};
  return ledger::record_audit(tx, {.org = author.scope.org,
                                   .at = at,
                                   .actor = author.user_id,
                                   .action = std::string(name_of(act)),
                                   .subject = resource.id.text(),
                                   .detail = json::serialize(detail),
                                   .request_id = author.request_id});
}

Status record_import(Tx& tx, const Author& author, const Resource& resource, std::string_view outcome, Millis at) {
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::get_sandbox(tx, author.scope));
  const json::object detail{{"type", to_string(resource.type)}, {"title", resource.title},
                            {"version", resource.version},      {"outcome", outcome},
                            {"requestId", author.request_id},   {"clientId", author.client_id},
                            {"sandboxId", sandbox.id},          {"updates", json::array()}};
  return ledger::record_audit(tx, {.org = author.scope.org,
                                   .at = at,
                                   .actor = author.user_id,
                                   .action = "resource.import",
                                   .subject = resource.id.text(),
                                   .detail = json::serialize(detail),
                                   .request_id = author.request_id});
}

Result<json::array> audit_trail(ReadTx& tx, const Author& reader, std::string_view id) {
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::get_sandbox(tx, reader.scope));
  LG_ASSIGN(const auto entries, ledger::list_audit(tx, reader.scope.org, id, audit_entries_max));
  json::array trail;
  for (const ledger::AuditEntry& entry : entries) {
    json::parse_options options;
    options.max_depth = 2 * xdm::document_depth_max;
    boost::system::error_code unreadable;
    json::value detail = json::parse(entry.detail, unreadable, {}, options);
    if (unreadable || !detail.is_object() || !entry.action.starts_with("resource.")) continue;
    // Equal $ids live in several sandboxes of an org once one was exported and imported again.
    if (xdm::text_member(detail.get_object(), "sandboxId") != sandbox.id) continue;
    trail.emplace_back(wire_entry(entry, std::move(detail.get_object()), reader));
  }
  return trail;
}

}  // namespace lakegate::registry
