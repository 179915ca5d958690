#include "services/moderation/policy_shelf.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/policies/loader.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

using platform::View;

constexpr std::size_t kRememberedMax = 1000;

// What was checked when it was made is read again here, possibly by a later build.
absl::StatusOr<PolicyBook> BookFrom(const PolicyBook& shipped,
                                    const std::vector<StoredPolicy>& stored) {
  std::vector<Policy> own;
  for (const StoredPolicy& one : stored) {
    std::vector<PolicyProblem> problems;
    std::optional<Policy> policy = ReadPolicy(one.document, problems);
    if (!policy.has_value() || !problems.empty()) {
      return absl::DataLossError(
          absl::StrCat("the kept policy ", one.policy, "@", one.version,
                       " cannot be read any more: ", problems.empty() ? "" : problems[0].place, " ",
                       problems.empty() ? "" : problems[0].what));
    }
    own.push_back(*std::move(policy));
  }
  absl::StatusOr<PolicyBook> book = shipped.With(std::move(own));
  if (book.ok()) return book;
  return absl::DataLossError(
      absl::StrCat("the kept policies contradict each other: ", book.status().message()));
}

}  // namespace

absl::StatusOr<BookPtr> PolicyShelf::BookOf(platform::Transaction& tx, std::string_view tenant) {
  ASSIGN_OR_RETURN(const std::string generation, store_.Generation(tx, tenant));
  if (generation.empty()) return shipped_;
  {
    absl::MutexLock lock(&mutex_);
    const auto it = books_.find(View(tenant));
    if (it != books_.end() && it->second.generation == generation) return it->second.book;
  }
  ASSIGN_OR_RETURN(const std::vector<StoredPolicy> stored, store_.Load(tx, tenant));
  ASSIGN_OR_RETURN(PolicyBook book, BookFrom(*shipped_, stored));
  auto shared = std::make_shared<const PolicyBook>(std::move(book));
  absl::MutexLock lock(&mutex_);
  if (books_.size() >= kRememberedMax) books_.clear();
  books_[std::string(tenant)] = {generation, shared};
  return BookPtr(std::move(shared));
}

}  // namespace assay::moderation
