// POST / of the Catalog: several operations in one ledger transaction, in their order. If one fails, nothing of any was
// done; the answer says which, and why.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_operations.h"
#include "api/problem.h"
#include "api/request_templates.h"
#include "base/ascii.h"
#include "base/error_codes.h"
#include "catalog/dataset_deletion.h"
#include "http/target.h"
#include "ledger/batches.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

// They hold the ledger's writer while they run.
constexpr size_t requests_max = 20;
constexpr int not_done = 424;  // RFC 4918: Failed Dependency

struct Step {
  std::string id;
  std::string method;
  std::string resource;  // below catalog_root, with its query
  http::Headers headers;
  json::value body;
};

struct Reply {
  std::string id;
  int code = 0;
  json::value body;
  bool changes = false;  // its step is no GET
};

Result<std::string> text_member(const json::object& step, std::string_view name, size_t index) {
  const json::value* value = step.if_contains(name);
  if (value != nullptr && value->is_string() && !value->get_string().empty()) return std::string(value->get_string());
  return fail(codes::invalid_argument, "Request {}: member {} is missing or no text; expected {}.", index, name,
              name == "method" ? "GET, POST, PUT, PATCH or DELETE" : "a path below the Catalog's, like /dataSets");
}

Result<Step> read_step(const json::value& value, size_t index) {
  if (!value.is_object())
    return fail(codes::invalid_argument, "Request {} is no object; expected id, resource, method and body.", index);
  const json::object& object = value.get_object();
  Step step;
  LG_ASSIGN(step.resource, text_member(object, "resource", index));
  LG_ASSIGN(step.method, text_member(object, "method", index));
  std::ranges::transform(step.method, step.method.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  const json::value* id = object.if_contains("id");
  step.id = id != nullptr && id->is_string() ? std::string(id->get_string()) : std::to_string(index);
  if (const json::value* headers = object.if_contains("headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [name, text] : headers->get_object()) {
      if (text.is_string()) step.headers.add(std::string(name), std::string(text.get_string()));
    }
  }
  if (const json::value* body = object.if_contains("body")) step.body = *body;
  return step;
}

Result<std::vector<Step>> read_steps(const http::Request& request) {
  LG_ASSIGN(const json::value body, parse_catalog_body(request));
  if (!body.is_array() || body.get_array().empty()) {
    return fail(codes::invalid_argument,
                "The body is no list of requests; expected [{{\"id\", \"resource\", \"method\", \"body\"}}, …].");
  }
  if (body.get_array().size() > requests_max) {
    return fail(codes::invalid_argument, "The body has {} requests; expected at most {}.", body.get_array().size(),
                requests_max);
  }
  std::vector<Step> steps;
  for (const json::value& one : body.get_array()) {
    LG_ASSIGN(Step step, read_step(one, steps.size()));
    const bool is_taken = std::ranges::any_of(steps, [&](const Step& other) { return other.id == step.id; });
    if (is_taken) return fail(codes::invalid_argument, "Two requests have the id \"{}\".", step.id);
    steps.push_back(std::move(step));
  }
  return steps;
}

// Which operation a path means. Filled once.
class Operations {
 public:
  Operations() {
    for (const auto reads :
         {dataset_reads(), batch_reads(), dataset_file_reads(), dataset_view_reads(), value_reads()}) {
      for (const CatalogRead& read : reads) {
        add("GET", read.path);
        reads_.emplace(read.path, &read);
      }
    }
    for (const auto writes : {dataset_writes(), batch_writes(), dataset_view_writes()}) {
      for (const CatalogWrite& write : writes) {
        add(write.method, write.path);
        writes_.emplace(std::pair(write.method, write.path), &write);
      }
    }
  }

  Result<http::Response> run(Tx& tx, const CatalogRoutes& parts, http::Request& request,
                             const auth::Identity& identity) const {
    std::string allowed;
    LG_TRY(router_.match(request, allowed));
    if (request.method == "GET") return reads_.at(request.route)->run(tx, parts, request, identity);
    const CatalogWrite& write = *writes_.at({request.method, request.route});
    LG_ASSIGN(const auth::Identity author, parts.gateway.narrowed(identity, write.need));
    return write.run(tx, parts, request, author);
  }

 private:
  void add(std::string_view method, std::string_view path) {
    router_.add(std::string(method), std::string(path),
                [](const http::Request&) { return http::Response::empty(500); });
  }

  http::Router router_;
  std::map<std::string_view, const CatalogRead*, std::less<>> reads_;
  std::map<std::pair<std::string_view, std::string_view>, const CatalogWrite*> writes_;
};

const Operations& operations() {
  static const Operations all;
  return all;
}

class Run {
 public:
  Run(const CatalogRoutes& parts, const http::Request& outer, const auth::Identity& identity)
      : parts_(parts), outer_(outer), identity_(identity) {}

  // False: it failed, and so have all.
  bool add(Tx& tx, const Step& step) {
    Reply reply{step.id, 0, {}, step.method != "GET"};
    http::Request request = outer_;
    auto response = make(tx, step, request) ? operations().run(tx, parts_, request, identity_) : http_error(request);
    if (!response) response = problem(response.error(), request);
    reply.code = response->status;
    if (const auto* text = std::get_if<std::string>(&response->body); text != nullptr && !text->empty()) {
      boost::system::error_code unreadable;
      reply.body = json::parse(*text, unreadable);
    }
    replies_.push_back(std::move(reply));
    return replies_.back().code < 400;
  }

  // What was undone, or never done, says so.
  void mark_undone(const std::vector<Step>& steps) {
    const std::string failed = replies_.back().id;
    for (Reply& reply : replies_) {
      if (!reply.changes || reply.id == failed) continue;
      undo(reply, fmt::format("It was undone, because request \"{}\" failed.", failed));
    }
    for (size_t i = replies_.size(); i < steps.size(); ++i) {
      Reply reply{steps[i].id, 0, {}, true};
      undo(reply, fmt::format("It was not done, because request \"{}\" failed.", failed));
      replies_.push_back(std::move(reply));
    }
  }

  std::string text() const {
    json::array list;
    for (const Reply& reply : replies_)
      list.push_back(json::object{{"id", reply.id}, {"code", reply.code}, {"body", reply.body}});
    return json::serialize(list);
  }

 private:
  static void undo(Reply& reply, std::string why) {
    reply.code = not_done;
    reply.body = json::object{{"title", "Nothing was changed"}, {"status", not_done}, {"detail", std::move(why)}};
  }

  // The step as a request of its own; its error waits in error_.
  bool make(Tx& tx, const Step& step, http::Request& request) {
    const auto made = try_make(tx, step, request);
    if (!made) error_ = made.error();
    return made.has_value();
  }
  Result<http::Response> http_error(const http::Request&) const { return std::unexpected(error_); }

  Status try_make(Tx& tx, const Step& step, http::Request& request) {
    const TemplateValue value_of = [&](std::string_view id, std::string_view field) { return value(tx, id, field); };
    LG_ASSIGN(std::string resource, fill_templates(step.resource, value_of));
    if (resource.starts_with(catalog_root)) resource.erase(0, catalog_root.size());
    if (!resource.starts_with('/')) resource.insert(0, 1, '/');
    request.method = step.method;
    request.headers = http::Headers();
    for (const http::Header& header : step.headers) {
      LG_ASSIGN(std::string text, fill_templates(header.value, value_of));
      request.headers.add(header.name, std::move(text));
    }
    const size_t question = resource.find('?');
    request.target = resource;
    request.path = resource.substr(0, question);
    request.query.clear();
    if (question != std::string::npos) {
      LG_ASSIGN(request.query, http::parse_query(std::string_view(resource).substr(question + 1)));
    }
    LG_ASSIGN(const json::value body, fill_all_templates(step.body, value_of));
    request.body = body.is_null() ? std::string() : json::serialize(body);
    return {};
  }

  // Of the object that a reply shows or refers to.
  Result<std::string> value(Tx& tx, std::string_view id, std::string_view field) {
    const auto found = std::ranges::find(replies_, id, &Reply::id);
    if (found == replies_.end())
      return fail(codes::invalid_argument, "Template <<{}.{}>>: no earlier request has the id \"{}\".", id, field, id);
    LG_ASSIGN(const json::object object, object_of(tx, found->body));
    const json::value* member = object.if_contains(field);
    if (member != nullptr && member->is_string()) return std::string(member->get_string());
    if (member != nullptr) return json::serialize(*member);
    return fail(codes::invalid_argument, "Template <<{}.{}>>: the answer to request \"{}\" has no \"{}\".", id, field,
                id, field);
  }

  Result<json::object> object_of(Tx& tx, const json::value& body) {
    if (body.is_object() && body.get_object().size() == 1 && body.get_object().begin()->value().is_object()) {
      json::object object = body.get_object().begin()->value().get_object();
      object["id"] = body.get_object().begin()->key();
      return object;
    }
    if (body.is_object()) return body.get_object();
    const bool refers = body.is_array() && body.get_array().size() == 1 && body.get_array().front().is_string();
    if (!refers) return json::object();
    const std::string_view reference = body.get_array().front().get_string();
    http::Request request = outer_;
    request.method = "GET";
    request.headers = http::Headers();
    request.query.clear();
    request.path = reference.substr(reference.starts_with('@') ? 1 : 0);
    const auto response = operations().run(tx, parts_, request, identity_);
    const std::string id(reference.substr(reference.rfind('/') + 1));
    if (!response) return json::object{{"id", id}};
    json::object object;
    const json::value shown = json::parse(std::get<std::string>(response->body));
    if (const json::value* one = shown.get_object().if_contains(id)) object = one->get_object();
    object["id"] = id;
    return object;
  }

  const CatalogRoutes& parts_;
  const http::Request& outer_;
  const auth::Identity& identity_;
  std::vector<Reply> replies_;
  Error error_{};
};

bool deletes_dataset(const Step& step) {
  return step.method == "DELETE" && step.resource.find("/dataSets/") != std::string::npos;
}

Result<http::Response> run_all(const CatalogRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "several requests"));
  LG_ASSIGN(const std::vector<Step> steps, read_steps(request));
  std::string undone;  // the answer where one failed
  const auto work = [&](Tx& tx) -> Result<ledger::StoredAnswer> {
    Run run(parts, request, identity);
    for (const Step& step : steps) {
      if (run.add(tx, step)) continue;
      run.mark_undone(steps);
      undone = run.text();
      return fail(codes::conflict, "A request of several failed.");
    }
    return ledger::StoredAnswer{.status = 200, .location = {}, .body = run.text()};
  };
  auto answer = answer_once(parts.ledger, identity.scope, key, parts.clock.now_ms(), work);
  if (!answer && !undone.empty() && answer.error().code == &codes::conflict)
    return http::Response::text(200, "application/json", undone);
  if (!answer) return std::unexpected(answer.error());
  if (std::ranges::any_of(steps, deletes_dataset)) {
    LG_TRY(
        catalog::finish_deletions({.ledger = parts.ledger, .clock = parts.clock, .reader_grace = parts.reader_grace}));
  }
  return to_response(*std::move(answer));
}

}  // namespace

void add_catalog_multi_request_route(http::Router& router, const CatalogRoutes& parts) {
  const auto handle = [parts](const http::Request& request, const auth::Identity& identity) {
    return run_all(parts, request, identity);
  };
  router.add("POST", std::string(catalog_root), parts.gateway.creating(Right::read, handle));
}

}  // namespace lakegate::api
