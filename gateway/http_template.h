// The path of a google.api.http rule, taken apart.
//
//   Template = "/" [Segments] [Verb]      Segments = Segment {"/" Segment}
//   Segment  = "*" | "**" | LITERAL | "{" FieldPath ["=" Segments] "}"
//   Verb     = ":" LITERAL
//
// `**` may only be the last segment, and a variable holds no variable: a template
// that says otherwise stops the gateway's start instead of matching by surprise.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace assay::gateway {

struct TemplateSegment {
  enum class Kind { kLiteral, kStar, kDoubleStar };
  Kind kind = Kind::kLiteral;
  std::string literal;  // Percent-decoded.
};

struct TemplateVariable {
  std::vector<std::string> field_path;
  int first = 0;  // Segments [first, last) are its value.
  int last = 0;
  // One segment that is not `**`: its value is decoded in full. Otherwise `%2F`
  // stays, because a decoded slash could not be told from one between segments.
  bool single = true;
};

struct HttpTemplate {
  std::string text;
  std::vector<TemplateSegment> segments;
  std::vector<TemplateVariable> variables;
  std::string verb;
};

// Returns INVALID_ARGUMENT with the place and what was expected there.
absl::StatusOr<HttpTemplate> ParseHttpTemplate(std::string_view text);

}  // namespace assay::gateway
