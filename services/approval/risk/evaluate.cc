#include "services/approval/risk/evaluate.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::approval {
namespace {

constexpr std::string_view kOneReview = "one review";
constexpr std::string_view kTwoReviews = "two reviews";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// The same day of another month, or that month's last.
absl::CivilDay AfterMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return absl::CivilDay(month) + (std::min(day.day(), last.day()) - 1);
}

// The last of a day decides: ids grow with time.
bool Later(const ReviewFacts& a, const ReviewFacts& b) {
  return std::pair(a.day, std::string_view(a.id)) > std::pair(b.day, std::string_view(b.id));
}

// What keeps one review from counting for a route, besides numbers of learners.
std::vector<std::string> Against(const ClaimRoute& route, const ReviewFacts& review) {
  std::vector<std::string> against;
  std::vector<std::string> worse;
  bool graded = false;
  for (const CriterionGrade& grade : review.grades) {
    graded |= grade.grade > 0;
    if (grade.grade > route.grade_worst) {
      worse.push_back(absl::StrCat(grade.criterion, " ", grade.grade));
    }
  }
  const std::string of = absl::StrCat("the review of ", Text(review.day), " ");
  if (!graded) against.push_back(absl::StrCat(of, "graded no criterion"));
  if (!worse.empty()) {
    against.push_back(absl::StrCat(of, "has grades worse than ", route.grade_worst, ": ",
                                   absl::StrJoin(worse, ", ")));
  }
  const auto unreliable =
      std::count_if(review.learners.begin(), review.learners.end(),
                    [&](const SampledLearner& l) { return l.reliability > route.reliability; });
  if (unreliable > 0) {
    against.push_back(absl::StrCat(of, "has ", unreliable, " learners with a reliability below ",
                                   View(NameOf(route.reliability))));
  }
  return against;
}

struct Sampled {
  int learners = 0;
  int final = 0;
};
Sampled Count(std::initializer_list<const ReviewFacts*> reviews) {
  Sampled sampled;
  for (const ReviewFacts* review : reviews) {
    for (const SampledLearner& learner : review->learners) {
      ++sampled.learners;
      if (learner.stage == LearnerStage::kFinal) ++sampled.final;
    }
  }
  return sampled;
}

class Claims {
 public:
  Claims(const RiskPolicy& policy, const QualityFacts& facts, const std::string& qualification)
      : policy_(policy) {
    out_.qualification = qualification;
    for (const ReviewFacts& review : facts.reviews) {
      const bool own = review.qualification == qualification;
      if (own) reviews_.push_back(&review);
      if (own || review.qualification.empty()) open_actions_ += review.open_actions.size();
    }
    std::sort(reviews_.begin(), reviews_.end(),
              [](const ReviewFacts* a, const ReviewFacts* b) { return Later(*a, *b); });
  }

  ClaimOutcome Run() {
    if (reviews_.empty()) {
      out_.reason = "no review of the qualification is recorded (MOD-14)";
      out_.shortfalls = {{kOneReview, "there is no review"}, {kTwoReviews, "there is no review"}};
      return std::move(out_);
    }
    if (!ByOneReview()) ByTwoReviews();
    if (out_.granted) {
      out_.shortfalls.clear();
    } else {
      out_.reason = "neither one review nor two earn direct claim status (MOD-14)";
    }
    return std::move(out_);
  }

 private:
  void Lacks(std::string_view route, std::string message) {
    out_.shortfalls.push_back({route, std::move(message)});
  }

  // Adds what the counts and the actions lack; true if nothing.
  bool Enough(std::string_view name, const ClaimRoute& route, const Sampled& sampled) {
    bool enough = true;
    if (!route.open_actions && open_actions_ > 0) {
      Lacks(name, absl::StrCat(open_actions_, " actions are open"));
      enough = false;
    }
    if (sampled.learners < route.learners_min) {
      Lacks(name, absl::StrCat(sampled.learners, " learners were sampled; ", route.learners_min,
                               " are needed"));
      enough = false;
    }
    if (sampled.final < route.final_min) {
      Lacks(name, absl::StrCat(sampled.final, " of the sampled learners were final; ",
                               route.final_min, " are needed"));
      enough = false;
    }
    return enough;
  }

  bool ByOneReview() {
    const ReviewFacts& last = *reviews_.front();
    std::vector<std::string> against = Against(policy_.one_review, last);
    for (std::string& what : against) Lacks(kOneReview, std::move(what));
    if (!Enough(kOneReview, policy_.one_review, Count({&last})) || !against.empty()) return false;
    Grant(kOneReview, {&last});
    return true;
  }

  // The last review and the latest one that is far enough before it; what lies between them must be
  // as good, so that a bad review is not stepped over.
  void ByTwoReviews() {
    const ReviewFacts& last = *reviews_.front();
    std::vector<std::string> against = Against(policy_.two_reviews, last);
    const ReviewFacts* first = nullptr;
    for (std::size_t i = 1; i < reviews_.size() && first == nullptr; ++i) {
      const ReviewFacts& earlier = *reviews_[i];
      if (AfterMonths(earlier.day, policy_.apart_months_max) < last.day) break;
      for (std::string& what : Against(policy_.two_reviews, earlier)) {
        against.push_back(std::move(what));
      }
      if (AfterMonths(earlier.day, policy_.apart_months_min) <= last.day) first = &earlier;
    }
    for (std::string& what : against) Lacks(kTwoReviews, std::move(what));
    if (first == nullptr) {
      Lacks(kTwoReviews,
            absl::StrCat("there is no other review ", policy_.apart_months_min, " to ",
                         policy_.apart_months_max, " months before that of ", Text(last.day)));
      return;
    }
    if (!Enough(kTwoReviews, policy_.two_reviews, Count({first, &last})) || !against.empty())
      return;
    Grant(kTwoReviews, {first, &last});
  }

  void Grant(std::string_view route, std::initializer_list<const ReviewFacts*> reviews) {
    out_.granted = true;
    out_.route = route;
    std::vector<std::string> days;
    for (const ReviewFacts* review : reviews) {
      out_.reviews.push_back(review->id);
      days.push_back(Text(review->day));
    }
    const Sampled sampled = Count(reviews);
    out_.reason =
        absl::StrCat("earned by ", View(route), " (", absl::StrJoin(days, " and "), ") with ",
                     sampled.learners, " learners, ", sampled.final, " of them final (MOD-14)");
  }

  const RiskPolicy& policy_;
  std::vector<const ReviewFacts*> reviews_;
  std::size_t open_actions_ = 0;
  ClaimOutcome out_;
};

// The last review of each qualification, and of the centre as a whole.
std::map<std::string, const ReviewFacts*> LastOfEach(const QualityFacts& facts) {
  std::map<std::string, const ReviewFacts*> last;
  for (const ReviewFacts& review : facts.reviews) {
    const ReviewFacts*& known = last[review.qualification];
    if (known == nullptr || Later(review, *known)) known = &review;
  }
  return last;
}

void EvaluateRisk(const RiskPolicy& policy, const QualityFacts& facts, QualityOutcome& out) {
  std::vector<std::string> why;
  for (const auto& [qualification, review] : LastOfEach(facts)) {
    for (const CriterionGrade& grade : review->grades) {
      const RiskCriterion* criterion = policy.Find(grade.criterion);
      if (criterion == nullptr || grade.grade < criterion->fails_from) continue;
      out.failed.push_back(
          {review->id, criterion->id, criterion->title, grade.grade, criterion->level});
      out.level = std::max(out.level, criterion->level);
    }
  }
  std::stable_sort(out.failed.begin(), out.failed.end(),
                   [](const auto& a, const auto& b) { return a.level > b.level; });
  if (facts.reviews.empty()) {
    out.reason = "no review is recorded, so no criterion failed (MOD-14)";
  } else if (out.failed.empty()) {
    out.reason = "no criterion failed (MOD-14)";
  } else {
    for (const CriterionFailure& failure : out.failed) {
      if (failure.level == out.level) why.push_back(failure.criterion);
    }
    out.reason = absl::StrCat("criteria of ", View(NameOf(out.level)),
                              " risk failed: ", absl::StrJoin(why, ", "), " (MOD-14)");
  }
}

void ScheduleNext(const RiskPolicy& policy, const QualityFacts& facts, QualityOutcome& out) {
  if (facts.reviews.empty()) return;
  out.interim = out.level == RiskLevel::kHigh;
  // An interim review looks at what failed; a regular one is due for whatever waits longest.
  std::optional<absl::CivilDay> from;
  for (const auto& [qualification, review] : LastOfEach(facts)) {
    if (out.interim) {
      const bool high = std::any_of(out.failed.begin(), out.failed.end(), [&](const auto& f) {
        return f.review == review->id && f.level == RiskLevel::kHigh;
      });
      if (!high) continue;
    }
    if (!from.has_value() || review->day < *from) from = review->day;
  }
  const int months = out.interim                       ? policy.months_interim
                     : out.level == RiskLevel::kMedium ? policy.months_medium
                                                       : policy.months_low;
  out.next_review = AfterMonths(*from, months);
}

}  // namespace

QualityFacts Relevant(const RiskPolicy& policy, QualityFacts all) {
  const std::map<std::string, const ReviewFacts*> last = LastOfEach(all);
  std::map<std::string, absl::CivilDay> since;
  for (const auto& [qualification, review] : last) {
    since[qualification] = AfterMonths(review->day, -policy.apart_months_max - 1);
  }
  std::erase_if(all.reviews, [&](const ReviewFacts& review) {
    return review.day < since[review.qualification] && review.open_actions.empty();
  });
  std::sort(all.reviews.begin(), all.reviews.end(), Later);
  return all;
}

ClaimOutcome EvaluateClaims(const RiskPolicy& policy, const QualityFacts& facts,
                            const std::string& qualification) {
  return Claims(policy, facts, qualification).Run();
}

QualityOutcome EvaluateQuality(const RiskPolicy& policy, const QualityFacts& facts) {
  QualityOutcome out;
  EvaluateRisk(policy, facts, out);
  ScheduleNext(policy, facts, out);
  std::set<std::string> qualifications;
  for (const ReviewFacts& review : facts.reviews) {
    if (!review.qualification.empty()) qualifications.insert(review.qualification);
  }
  for (const std::string& qualification : qualifications) {
    out.claims.push_back(EvaluateClaims(policy, facts, qualification));
  }
  return out;
}

std::vector<PolicyFault> CheckGrades(const RiskPolicy& policy,
                                     const std::vector<CriterionGrade>& grades) {
  std::vector<PolicyFault> faults;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < grades.size(); ++i) {
    const std::string place = absl::StrCat("grades[", i, "]");
    if (policy.Find(grades[i].criterion) == nullptr) {
      faults.push_back({place + ".criterion", "is no criterion of the policy"});
    } else if (!seen.insert(grades[i].criterion).second) {
      faults.push_back({place + ".criterion", "is graded twice"});
    }
    if (grades[i].grade < 0 || grades[i].grade > policy.grade_worst) {
      faults.push_back({place + ".grade", absl::StrCat("is not 0 to ", policy.grade_worst)});
    }
  }
  for (const RiskCriterion& criterion : policy.criteria) {
    if (!seen.contains(criterion.id)) {
      faults.push_back({"grades", absl::StrCat("lack the criterion ", criterion.id)});
    }
  }
  return faults;
}

}  // namespace assay::approval
