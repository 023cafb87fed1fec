#include <boost/json/serialize.hpp>

#include <cstdio>

#include "base/random.h"
#include "cli/commands.h"
#include "cli/count_progress.h"
#include "cli/error_codes.h"
#include "cli/import_report.h"
#include "cli/progress.h"
#include "cli/xdm_tree.h"
#include "xdm/dependency_order.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

Result<json::value> send_bundle(ApiClient& api, const XdmTree& tree, const std::vector<size_t>& bundle) {
  json::array resources;
  for (const size_t at : bundle) {
    const TreeDocument& document = tree.documents[at];
    resources.push_back(json::object{{"type", document.type}, {"document", document.document}});
  }
  SystemRandom random;
  LG_ASSIGN(const HttpAnswer answer,
            api.send({.method = "POST",
                      .path = "/admin/xdm/resources",
                      .headers = {"Accept: application/json", "Content-Type: application/json",
                                  "Idempotency-Key: " + random.uuid()},
                      .body = json::serialize(json::object{{"resources", std::move(resources)}})}));
  boost::system::error_code failed;
  json::value body = json::parse(answer.body, failed);
  if (failed) return fail(codes::answer_not_understood, "The import answered {}", answer.body.substr(0, 500));
  return body;
}

Error circle_too_large(const XdmTree& tree, const std::vector<size_t>& circle) {
  return {
      .code = &codes::local_file,
      .message = fmt::format("{} documents refer to each other in a circle, {} and {} among them; at most {} can come "
                             "in together.",
                             circle.size(), tree.documents[circle[0]].file, tree.documents[circle[1]].file,
                             xdm::circle_documents_max)};
}

Status send_all(ApiClient& api, const XdmTree& tree, ImportReport& report) {
  CountProgress progress("imported", "resources", tree.documents.size(), stderr, Progress::is_terminal(stderr));
  size_t sent = 0;
  for (const std::vector<size_t>& bundle : plan_bundles(tree)) {
    if (bundle.size() > xdm::circle_documents_max) {
      report.refuse(tree, bundle, circle_too_large(tree, bundle));
      progress.add(bundle.size());
      continue;
    }
    const auto answer = send_bundle(api, tree, bundle);
    if (!answer) {
      Error error = answer.error();
      error.message += fmt::format("\n{} of {} resources were imported; the same command takes up the others.", sent,
                                   tree.documents.size());
      return std::unexpected(std::move(error));
    }
    LG_TRY(report.add(tree, bundle, *answer));
    sent += bundle.size();
    progress.add(bundle.size());
  }
  return {};
}

}  // namespace

Result<ExitStatus> import_xdm(const CommonOptions& common, const std::string& folder) {
  LG_ASSIGN(const XdmTree tree, read_xdm_tree(folder));
  LG_ASSIGN(ApiClient api, connect(common));
  ImportReport report(tree.refused);
  LG_TRY(send_all(api, tree, report));
  if (common.json) {
    print_json(report.json());
  } else {
    std::fputs(report.text().c_str(), stdout);
  }
  return report.refused() == 0 ? done : refused;
}

}  // namespace lakegate::cli
