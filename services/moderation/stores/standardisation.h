// Scripts with definitive marks, what moderators gave for them, how they stand, and the seeds
// among their work (MOD-8).
// Allocation asks QualifiedAnywhere, and the policy of a component whether it matters.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/model.h"
#include "services/moderation/store.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

enum class ScriptKind { kPractice = 1, kQualification = 2, kSeed = 3 };

struct Script {
  std::string series;
  std::string component;
  std::string id;
  ScriptKind kind = ScriptKind::kPractice;
  std::string title;
  Mark definitive = 0;
  std::optional<Mark> centre_mark;  // Of a seed: what the work list shows as the centre's mark.
  std::string commentary;           // Why the definitive mark is what it is.
  std::string created_by;
  absl::Time create_time;
  std::int64_t version = 1;
};

// A script as somebody has it to mark.
struct GivenScript {
  Script script;
  std::int64_t attempt = 0;  // 0: practice.
  std::optional<Mark> mark;
};

enum class StandingState { kPractising = 1, kQualifying, kQualified, kNotQualified, kStopped };
std::string_view NameOf(StandingState state);  // "qualified"

struct ModeratorStanding {
  std::string subject;
  StandingState state = StandingState::kPractising;
  std::int64_t attempt = 0;        // The latest; 0: none yet.
  std::int64_t attempts_left = 0;  // After that.
  std::string policy;              // "standard@1", by which it was decided.
  std::int64_t marked = 0;         // Of the latest attempt that was decided.
  std::int64_t inside = 0;
  Mark difference_sum = 0;  // Own less definitive.
  std::string reason;       // Why not qualified, or stopped.
  absl::Time change_time;
};

// A seed as it stands among the work of a submission.
struct SeedItem {
  std::string candidate;
  std::string script;
  std::string subject;  // Whose work it is among.
  Stage stage = Stage::kSample;
  std::optional<Mark> mark;
  std::string marked_by;
  Mark definitive = 0;
  Mark centre_mark = 0;
};

class StandardisationStore {
 public:
  using Tx = platform::Transaction;

  // ALREADY_EXISTS (SCRIPT_EXISTS).
  absl::Status InsertScript(Tx& tx, std::string_view tenant, const Script& script);
  // NOT_FOUND (SCRIPT_NOT_FOUND).
  absl::StatusOr<Script> GetScript(Tx& tx, std::string_view tenant, std::string_view series,
                                   std::string_view component, std::string_view id);
  absl::StatusOr<std::vector<Script>> ListScripts(Tx& tx, std::string_view tenant,
                                                  std::string_view series,
                                                  std::string_view component,
                                                  std::string_view after, int limit);
  // Scripts of a kind that the subject was never given, neither to mark nor as a seed.
  absl::StatusOr<std::vector<std::string>> UnseenScripts(Tx& tx, std::string_view tenant,
                                                         std::string_view series,
                                                         std::string_view component,
                                                         std::string_view subject, ScriptKind kind);

  // What the subject has to mark, in the order of scripts: all practice scripts, and those of
  // attempts.
  absl::StatusOr<std::vector<GivenScript>> ListGiven(Tx& tx, std::string_view tenant,
                                                     std::string_view series,
                                                     std::string_view component,
                                                     std::string_view subject,
                                                     std::string_view after, int limit);
  absl::Status GiveScripts(Tx& tx, std::string_view tenant, std::string_view series,
                           std::string_view component, std::string_view subject,
                           std::int64_t attempt, std::span<const std::string> scripts);
  // False if the script has a mark.
  absl::StatusOr<bool> RecordScriptMark(Tx& tx, const Caller& caller, std::string_view series,
                                        std::string_view component, const GivenScript& given,
                                        Mark mark);

  // None if the subject has never begun.
  absl::StatusOr<std::optional<ModeratorStanding>> GetStanding(Tx& tx, std::string_view tenant,
                                                               std::string_view series,
                                                               std::string_view component,
                                                               std::string_view subject);
  absl::Status PutStanding(Tx& tx, std::string_view tenant, std::string_view series,
                           std::string_view component, const ModeratorStanding& standing);
  absl::StatusOr<std::vector<ModeratorStanding>> ListStandings(Tx& tx, std::string_view tenant,
                                                               std::string_view series,
                                                               std::string_view component,
                                                               std::string_view after, int limit);
  // The components, "series/…/components/…", that each subject is qualified for; of one subject, or
  // of everybody who is for any.
  absl::StatusOr<std::map<std::string, std::vector<std::string>>> QualifiedAnywhere(
      Tx& tx, std::string_view tenant, std::string_view subject);

  absl::Status InsertSeeds(Tx& tx, std::string_view tenant, const Submission& submission,
                           std::span<const SeedItem> seeds);
  // Of the sample in force.
  absl::Status DeleteUnmarkedSeeds(Tx& tx, std::string_view tenant, const Submission& submission);
  // Up to `stage`, in the order of candidates.
  absl::StatusOr<std::vector<SeedItem>> ListSeeds(Tx& tx, std::string_view tenant,
                                                  const Submission& submission, Stage stage,
                                                  std::string_view after, int limit);
  // The same as ListMarked gives of work.
  absl::StatusOr<std::vector<Marked>> ListSeedsAsWork(Tx& tx, std::string_view tenant,
                                                      const Submission& submission, Stage stage,
                                                      std::string_view after, int limit);
  // False if it has a mark or there is none.
  absl::StatusOr<bool> RecordSeedMark(Tx& tx, const Caller& caller, const Submission& submission,
                                      std::string_view candidate, Mark mark);
  absl::StatusOr<std::int64_t> CountSeedsOutstanding(Tx& tx, std::string_view tenant,
                                                     const Submission& submission, Stage stage);
  // The subject's own marks for seeds of the component since a time, the latest first.
  absl::StatusOr<std::vector<SeedItem>> LatestSeeds(Tx& tx, std::string_view tenant,
                                                    std::string_view series,
                                                    std::string_view component,
                                                    std::string_view subject, absl::Time since,
                                                    int limit);
};

}  // namespace assay::moderation
