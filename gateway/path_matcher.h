// Finds the route of a request path: a trie of templates, tried literal first, then
// `*`, then `**`, going back where a more special beginning has no end.
//
// It knows templates and numbers only; routes.h gives the numbers a meaning.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/http_template.h"

namespace assay::gateway {

struct PathMatch {
  int id = -1;                       // -1: nothing matched.
  std::vector<std::string> values;   // One per variable of the template, in its order.
  std::vector<std::string> allowed;  // If nothing matched: the methods that would have.
};

class PathMatcher {
 public:
  PathMatcher();
  ~PathMatcher();
  PathMatcher(PathMatcher&&) noexcept;
  PathMatcher& operator=(PathMatcher&&) noexcept;

  // Returns ALREADY_EXISTS if another template matches exactly the same paths for
  // this method, naming it: which of the two would win is not for chance to decide.
  absl::Status Add(std::string_view method, HttpTemplate path, int id);

  // `path` is the raw request path without its query. A path that no client means
  // (bad escape, `%00`, dot segment, bytes outside ASCII) is INVALID_ARGUMENT
  // (PATH_INVALID). What has no route comes back with id -1.
  absl::StatusOr<PathMatch> Match(std::string_view method, std::string_view path) const;

  // Every method that has a route for the path.
  std::vector<std::string> MethodsOf(std::string_view path) const;

 private:
  struct Node;
  struct Search;
  bool Find(const Node& node, std::size_t i, Search& search) const;

  std::unique_ptr<Node> root_;
  absl::flat_hash_set<std::string> verbs_;
  absl::flat_hash_map<int, HttpTemplate> templates_;
};

}  // namespace assay::gateway
