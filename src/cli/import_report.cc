#include "cli/import_report.h"

#include <boost/json/serialize.hpp>

#include <algorithm>

#include "cli/error_codes.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view refused_outcome = ImportReport::outcomes.back();
constexpr size_t shown_bytes_max = 500;
constexpr size_t reason_width_max = 400;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

ImportReport::ImportReport(const std::vector<RefusedDocument>& refused) : refused_(refused) {
  for (const RefusedDocument& one : refused) count(one.type, refused_outcome);
}

void ImportReport::count(const std::string& type, std::string_view outcome) {
  const auto found = std::ranges::find(outcomes, outcome);
  if (found != outcomes.end()) ++counts_[type].at(static_cast<size_t>(found - outcomes.begin()));
}

void ImportReport::refuse(const XdmTree& tree, const std::vector<size_t>& bundle, const Error& reason) {
  for (const size_t at : bundle) {
    const TreeDocument& document = tree.documents[at];
    count(document.type, refused_outcome);
    refused_.push_back({.file = document.file,
                        .id = document.id,
                        .type = document.type,
                        .code = std::string(reason.code->id),
                        .reason = reason.message});
  }
}

Status ImportReport::add(const XdmTree& tree, const std::vector<size_t>& bundle, const json::value& answer) {
  const json::array& results = items(member(answer, "results"));
  if (results.size() != bundle.size()) {
    return fail(codes::answer_not_understood, "{} resources were sent; the answer tells of {}: {}", bundle.size(),
                results.size(), json::serialize(answer).substr(0, shown_bytes_max));
  }
  for (size_t i = 0; i < bundle.size(); ++i) {
    const TreeDocument& document = tree.documents[bundle[i]];
    const std::string outcome = text_member(results[i], "outcome");
    count(document.type, outcome);
    if (outcome != refused_outcome) continue;
    refused_.push_back({.file = document.file,
                        .id = document.id,
                        .type = document.type,
                        .code = text_member(results[i], "code"),
                        .reason = text_member(results[i], "reason")});
  }
  return {};
}

ImportReport::Counts ImportReport::total() const {
  Counts sum{};
  for (const auto& [type, counts] : counts_) {
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += counts[i];
  }
  return sum;
}

std::string ImportReport::text() const {
  TextTable table({"TYPE", "CREATED", "REPLACED", "UPDATED", "UNCHANGED", "REFUSED"});
  const auto add_row = [&](const std::string& name, const Counts& counts) {
    std::vector<std::string> cells = {name};
    for (const int64_t count : counts) cells.push_back(std::to_string(count));
    table.add(std::move(cells));
  };
  for (const auto& [type, counts] : counts_) add_row(or_dash(type), counts);
  add_row("all", total());
  std::string text = table.text();
  if (refused_.empty()) return text;
  TextTable reasons({"REFUSED FILE", "CODE", "REASON"});
  for (const RefusedDocument& one : refused_) reasons.add({one.file, one.code, one.reason});
  return text + "\n" + reasons.text(reason_width_max);
}

json::value ImportReport::json() const {
  const auto named = [](const Counts& counts) {
    json::object object;
    for (size_t i = 0; i < counts.size(); ++i) object[outcomes[i]] = counts[i];
    return object;
  };
  json::object types;
  int64_t documents = 0;
  for (const auto& [type, counts] : counts_) {
    if (!type.empty()) types[type] = named(counts);
    for (const int64_t count : counts) documents += count;
  }
  json::array refused;
  for (const RefusedDocument& one : refused_) {
    refused.push_back(json::object{
        {"file", one.file}, {"$id", one.id}, {"type", one.type}, {"code", one.code}, {"reason", one.reason}});
  }
  return json::object{{"documents", documents},
                      {"counts", named(total())},
                      {"types", std::move(types)},
                      {"refused", std::move(refused)}};
}

}  // namespace lakegate::cli
