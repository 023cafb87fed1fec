#include "xdm/dependency_order.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "xdm/resolver.h"

namespace lakegate::xdm {
namespace {

constexpr size_t unseen = std::numeric_limits<size_t>::max();

std::vector<std::vector<size_t>> edges_of(std::span<const JsonObject* const> documents) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t at = 0; at < documents.size(); ++at) places.emplace(text_member(*documents[at], "$id"), at);
  std::vector<std::vector<size_t>> edges(documents.size());
  for (size_t at = 0; at < documents.size(); ++at) {
    for (const std::string& id : references(*documents[at])) {
      if (const auto found = places.find(id); found != places.end() && found->second != at)
        edges[at].push_back(found->second);
    }
  }
  return edges;
}

// Tarjan's strongly connected components, which come out in the wanted order. With a stack of its own: a chain of
// references may be as long as there are documents.
class Components {
 public:
  explicit Components(const std::vector<std::vector<size_t>>& edges)
      : edges_(edges), number_(edges.size(), unseen), lowest_(edges.size(), 0), open_(edges.size(), false) {
    for (size_t node = 0; node < edges_.size(); ++node) {
      if (number_[node] == unseen) visit(node);
    }
  }

  std::vector<std::vector<size_t>> take() { return std::move(groups_); }

 private:
  struct Step {
    size_t node;
    size_t next_edge = 0;
  };

  void enter(size_t node) {
    number_[node] = lowest_[node] = count_++;
    open_[node] = true;
    open_nodes_.push_back(node);
    path_.push_back({node});
  }

  void visit(size_t start) {
    enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next_edge < edges_[step.node].size()) {
        const size_t target = edges_[step.node][step.next_edge++];
        if (number_[target] == unseen) {
          enter(target);
        } else if (open_[target]) {
          lowest_[step.node] = std::min(lowest_[step.node], number_[target]);
        }
        continue;
      }
      leave(step.node);
    }
  }

  void leave(size_t node) {
    path_.pop_back();
    if (!path_.empty()) lowest_[path_.back().node] = std::min(lowest_[path_.back().node], lowest_[node]);
    if (lowest_[node] != number_[node]) return;
    const auto begin = std::ranges::find(open_nodes_, node);
    std::vector<size_t> group(begin, open_nodes_.end());
    open_nodes_.erase(begin, open_nodes_.end());
    for (const size_t member : group) open_[member] = false;
    std::ranges::sort(group);
    groups_.push_back(std::move(group));
  }

  const std::vector<std::vector<size_t>>& edges_;
  std::vector<size_t> number_;  // in the order of entering
  std::vector<size_t> lowest_;  // number that can be reached among the open ones
  std::vector<bool> open_;      // entered, but its group is not known yet
  std::vector<size_t> open_nodes_;
  std::vector<Step> path_;
  size_t count_ = 0;
  std::vector<std::vector<size_t>> groups_;
};

}  // namespace

std::vector<std::vector<size_t>> dependency_order(std::span<const JsonObject* const> documents) {
  const std::vector<std::vector<size_t>> edges = edges_of(documents);
  return Components(edges).take();
}

}  // namespace lakegate::xdm
