#include "gateway/path_matcher.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "gateway/percent.h"
#include "gateway/text.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway {
namespace {

using Kind = TemplateSegment::Kind;

struct Leaf {
  std::string method;
  std::string verb;
  int id;
};

absl::Status PathInvalid(std::string_view why) {
  return platform::Error(absl::StatusCode::kInvalidArgument, "PATH_INVALID", why);
}

absl::Status CheckPath(std::string_view path) {
  if (path.empty() || path[0] != '/') return PathInvalid("the path must begin with '/'");
  for (const char c : path) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      return PathInvalid("the path has a character that must be percent-encoded");
    }
  }
  const bool escaped = path.find('%') != std::string_view::npos;
  std::string decoded;
  if (escaped && !PercentDecode(path, PercentMode::kAll, &decoded)) {
    return PathInvalid("the path has a '%' that two hex digits do not follow");
  }
  std::string_view plain = escaped ? std::string_view(decoded) : path;
  if (plain.find('\0') != std::string_view::npos)
    return PathInvalid("the path has an encoded zero byte");
  // Encoded slashes count too: what decodes to "a/../b" is not a name anybody gave.
  while (!plain.empty()) {
    plain.remove_prefix(1);
    const std::string_view part = plain.substr(0, plain.find('/'));
    if (part == "." || part == "..") return PathInvalid("the path has a dot segment");
    plain.remove_prefix(part.size());
  }
  return absl::OkStatus();
}

}  // namespace

struct PathMatcher::Node {
  absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> star;
  std::vector<Leaf> leaves;  // Templates that end here.
  std::vector<Leaf> tails;   // Templates that end here with `**`.
};

struct PathMatcher::Search {
  std::string_view method;
  std::string_view verb;
  absl::InlinedVector<std::string_view, 16> raw;
  absl::InlinedVector<std::string, 4> decoded;  // What `plain` points into, if escaped.
  absl::InlinedVector<std::string_view, 16> plain;
  bool any_method = false;  // Collect all, stop at none.
  int id = -1;
  std::vector<std::string> allowed;

  bool Take(const std::vector<Leaf>& leaves) {
    for (const Leaf& leaf : leaves) {
      if (leaf.verb != verb) continue;
      if (leaf.method == method && !any_method) {
        id = leaf.id;
        return true;
      }
      if (std::find(allowed.begin(), allowed.end(), leaf.method) == allowed.end()) {
        allowed.push_back(leaf.method);
      }
    }
    return false;
  }
  // `**` takes what follows its slash: any number of segments, none of them empty,
  // except that a last slash may be there for nothing.
  bool TailFits(std::size_t i) const {
    if (i >= raw.size()) return false;
    for (; i + 1 < raw.size(); ++i) {
      if (raw[i].empty()) return false;
    }
    return true;
  }
};

PathMatcher::PathMatcher() : root_(std::make_unique<Node>()) {}
PathMatcher::~PathMatcher() = default;
PathMatcher::PathMatcher(PathMatcher&&) noexcept = default;
PathMatcher& PathMatcher::operator=(PathMatcher&&) noexcept = default;

absl::Status PathMatcher::Add(std::string_view method, HttpTemplate path, int id) {
  Node* node = root_.get();
  bool tail = false;
  for (const auto& segment : path.segments) {
    if (segment.kind == Kind::kDoubleStar) {
      tail = true;
      break;
    }
    auto& next =
        segment.kind == Kind::kStar ? node->star : node->literals[std::string(segment.literal)];
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  auto& leaves = tail ? node->tails : node->leaves;
  for (const Leaf& leaf : leaves) {
    if (leaf.method == method && leaf.verb == path.verb) {
      return absl::AlreadyExistsError(Cat(method, " '", path.text, "' matches the same paths as '",
                                          templates_.at(leaf.id).text, "'"));
    }
  }
  leaves.push_back({std::string(method), path.verb, id});
  if (!path.verb.empty()) verbs_.insert(path.verb);
  templates_.emplace(id, std::move(path));
  return absl::OkStatus();
}

bool PathMatcher::Find(const Node& node, std::size_t i, Search& search) const {
  if (i == search.raw.size()) return search.Take(node.leaves);
  const std::string_view segment = search.plain[i];
  if (!segment.empty()) {
    const auto literal = node.literals.find(platform::View(segment));
    if (literal != node.literals.end() && Find(*literal->second, i + 1, search)) return true;
    if (node.star != nullptr && Find(*node.star, i + 1, search)) return true;
  }
  return !node.tails.empty() && search.TailFits(i) && search.Take(node.tails);
}

namespace {

// The verb begins at the last ':' after the last '/', if anybody registered it.
std::string_view TakeVerb(std::string_view* path, const absl::flat_hash_set<std::string>& verbs) {
  const std::size_t colon = path->rfind(':');
  if (colon == std::string_view::npos || path->find('/', colon) != std::string_view::npos) {
    return "";
  }
  const std::string_view verb = path->substr(colon + 1);
  if (!verbs.contains(platform::View(verb))) return "";
  path->remove_suffix(path->size() - colon);
  return verb;
}

std::string ValueOf(const TemplateVariable& variable, bool tail,
                    const absl::InlinedVector<std::string_view, 16>& raw) {
  std::size_t last = tail ? raw.size() : variable.last;
  if (tail && last > 0 && raw[last - 1].empty()) --last;  // The slash that is there for nothing.
  const PercentMode mode = variable.single ? PercentMode::kAll : PercentMode::kAllButSlash;
  std::string value;
  for (std::size_t i = variable.first; i < last; ++i) {
    if (i > static_cast<std::size_t>(variable.first)) value.push_back('/');
    PercentDecode(raw[i], mode, &value);  // CheckPath has seen that it can be.
  }
  return value;
}

}  // namespace

absl::StatusOr<PathMatch> PathMatcher::Match(std::string_view method, std::string_view path) const {
  if (absl::Status status = CheckPath(path); !status.ok()) return status;
  Search search;
  search.method = method;
  search.any_method = method.empty();
  const bool root = path == "/";
  search.verb = TakeVerb(&path, verbs_);
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at + 1), path.size());
    search.raw.push_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  const auto escaped = [](std::string_view s) { return s.find('%') != std::string_view::npos; };
  search.decoded.reserve(std::count_if(search.raw.begin(), search.raw.end(), escaped));
  for (const std::string_view raw : search.raw) {
    if (!escaped(raw)) {
      search.plain.push_back(raw);
      continue;
    }
    search.decoded.emplace_back();
    PercentDecode(raw, PercentMode::kAll, &search.decoded.back());
    search.plain.push_back(search.decoded.back());
  }
  if (!(root && search.Take(root_->leaves))) Find(*root_, 0, search);

  PathMatch match;
  match.id = search.id;
  if (search.id < 0) {
    std::sort(search.allowed.begin(), search.allowed.end());
    match.allowed = std::move(search.allowed);
    return match;
  }
  const HttpTemplate& found = templates_.at(search.id);
  for (const auto& variable : found.variables) {
    const bool tail = found.segments[variable.last - 1].kind == Kind::kDoubleStar;
    match.values.push_back(ValueOf(variable, tail, search.raw));
  }
  return match;
}

std::vector<std::string> PathMatcher::MethodsOf(std::string_view path) const {
  auto match = Match("", path);
  return match.ok() ? std::move(match->allowed) : std::vector<std::string>();
}

}  // namespace assay::gateway
