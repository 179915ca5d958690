// One way to make an error that a client can act on.
//
// Example:
//   return Error(absl::StatusCode::kFailedPrecondition, "SUBMISSION_LOCKED",
//                "the submission is locked; reopen it before recording marks")
//       .With("submission", name);
//   return Error(absl::StatusCode::kInvalidArgument, "MARK_ABOVE_MAXIMUM", "mark 61 is above 60")
//       .Field("marks[3].mark", "is above the maximum 60");
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::platform {

// Builds a status that carries google.rpc.ErrorInfo and, if Field() was called,
// google.rpc.BadRequest as payloads.
//
// `reason` is UPPER_SNAKE_CASE, at most 63 characters, and stable: clients
// compare it. `message` is for people: what was wrong, and what to do. Whatever
// varies in the message is also added with With() (AIP-193).
class Error {
 public:
  Error(absl::StatusCode code, std::string_view reason, std::string_view message)
      : code_(code), reason_(reason), message_(message) {}

  Error& With(std::string_view key, std::string_view value) &;
  Error&& With(std::string_view key, std::string_view value) && {
    return std::move(With(key, value));
  }
  // Names the place of bad input: "candidates[2].mark", "row 17, column mark".
  Error& Field(std::string_view field, std::string_view description) &;
  Error&& Field(std::string_view field, std::string_view description) && {
    return std::move(Field(field, description));
  }
  operator absl::Status() const;  // NOLINT(google-explicit-constructor)
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT(google-explicit-constructor)
    return static_cast<absl::Status>(*this);
  }

 private:
  absl::StatusCode code_;
  std::string reason_;
  std::string message_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The reason of an error made by Error, or "" for any other status.
std::string ReasonOf(const absl::Status& status);
// One metadata value of an error made by Error, or "".
std::string MetadataOf(const absl::Status& status, std::string_view key);
// The field violations, as "field: description".
std::vector<std::string> FieldsOf(const absl::Status& status);

}  // namespace assay::platform
