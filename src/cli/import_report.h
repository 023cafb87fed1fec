// ImportReport: what became of each document of an import, counted by type.
#pragma once

#include <boost/json/value.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/xdm_tree.h"

namespace lakegate::cli {

class ImportReport {
 public:
  // The server's words, in the order in which they are shown; `refused` is the last.
  static constexpr std::array<std::string_view, 5> outcomes = {"created", "replaced", "updated", "unchanged",
                                                               "refused"};

  // What could not be sent.
  explicit ImportReport(const std::vector<RefusedDocument>& refused);

  // Documents that cannot be sent for a reason that they share.
  void refuse(const XdmTree& tree, const std::vector<size_t>& bundle, const Error& reason);

  // The server's answer to a bundle of the tree's documents. `answer_not_understood`.
  Status add(const XdmTree& tree, const std::vector<size_t>& bundle, const boost::json::value& answer);

  size_t refused() const { return refused_.size(); }
  // A table of counts, and of those refused.
  std::string text() const;
  // {"documents", "counts": {"created" …}, "types": {"classes": {"created" …} …}, "refused": [{"file", "$id", "type",
  // "code", "reason"} …]}
  boost::json::value json() const;

 private:
  using Counts = std::array<int64_t, outcomes.size()>;

  void count(const std::string& type, std::string_view outcome);
  Counts total() const;

  std::map<std::string, Counts> counts_;  // by type; an unknown one is empty
  std::vector<RefusedDocument> refused_;
};

}  // namespace lakegate::cli
