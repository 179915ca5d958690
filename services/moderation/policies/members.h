// Reads the members of one object of a policy file and remembers what is wrong with it, and what
// nobody asked for. Every reader (readers.h) goes through it.
//
// Example:
//   rule.pairs_min = members.Whole("pairs_min", rule.pairs_min);
//   members.EachObject("ladder", [&](Members& rung) { … rung.Whole("from", 0) … });
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "services/platform/core/view.h"

namespace assay::moderation {

// One contradiction of a policy: where it is ("ladder[1].from", or "" for the whole) and what.
struct PolicyProblem {
  std::string place;
  std::string what;
  std::string_view reason = "POLICY_INVALID";
};

class Members {
 public:
  using Json = nlohmann::json;

  // `object` and `problems` outlive it; `where` is the object's place in the file, "" for all of
  // it.
  Members(const Json& object, std::string_view where, std::vector<PolicyProblem>& problems)
      : object_(object), where_(where), problems_(problems) {}

  bool Has(const char* name) const { return object_.contains(name); }
  bool Is(const char* name, std::string_view text) const;  // Whether the member is this text.

  std::string Text(const char* name);  // Must be there.
  std::int64_t Whole(const char* name, std::int64_t otherwise);
  double Number(const char* name, double otherwise);
  bool Flag(const char* name, bool otherwise);
  // A number with at most two decimals, in hundredths: a mark, or a percentage in basis points.
  std::int64_t Hundredths(const char* name, std::int64_t otherwise);
  absl::CivilDay Day(const char* name);                // Must be there.
  std::vector<std::string> Texts(const char* name);    // A list; none if it is not there.
  std::vector<std::int64_t> Wholes(const char* name);  // The same.
  template <typename T>
  T OneOf(const char* name, std::initializer_list<std::pair<std::string_view, T>> choices,
          T otherwise) {
    if (!Has(name)) return Find(name, false), otherwise;
    const std::string text = Text(name);
    for (const auto& [word, value] : choices) {
      if (word == text) return value;
    }
    return Wrong(name, absl::StrCat("is \"", text, "\", which it cannot be")), otherwise;
  }
  // Calls `read` for each object of a list that must be there, and refuses what it did not ask for.
  void EachObject(const char* name, const std::function<void(Members&)>& read);
  // Calls `read` for an object, if it is there.
  void Object(const char* name, const std::function<void(Members&)>& read);

  // To be called last: a misspelt member would otherwise be a rule that is silently not applied.
  void RefuseOthers();
  void Wrong(std::string_view name, std::string_view what);

 private:
  static constexpr std::size_t kListMax = 1000;

  const Json* Find(const char* name, bool needed);
  const Json* Array(const char* name, bool needed);
  std::string PlaceOf(std::string_view name) const;

  const Json& object_;
  std::string where_;
  std::vector<PolicyProblem>& problems_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace assay::moderation
