#include "gateway/http_template.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "gateway/percent.h"
#include "gateway/text.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { result_.text = std::string(text); }

  absl::StatusOr<HttpTemplate> Parse() {
    if (!Take('/')) return Wrong("a '/'");
    // "/" alone is the root; every other template has at least one segment.
    if (!AtEnd()) RETURN_IF_ERROR(Segments(/*in_variable=*/false));
    if (Take(':')) {
      ASSIGN_OR_RETURN(result_.verb, Literal());
    }
    if (!AtEnd()) return Wrong("the end");
    for (std::size_t i = 0; i + 1 < result_.segments.size(); ++i) {
      if (result_.segments[i].kind == TemplateSegment::Kind::kDoubleStar) {
        return absl::InvalidArgumentError(
            Cat("template '", text_, "': '**' must be the last segment"));
      }
    }
    return std::move(result_);
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  absl::Status Wrong(std::string_view expected) const {
    return absl::InvalidArgumentError(
        Cat("template '", text_, "': expected ", expected, " at byte ", at_));
  }

  absl::Status Segments(bool in_variable) {
    do {
      RETURN_IF_ERROR(Segment(in_variable));
    } while (Take('/'));
    return absl::OkStatus();
  }

  absl::Status Segment(bool in_variable) {
    if (Take('*')) {
      const bool both = Take('*');
      result_.segments.push_back(
          {both ? TemplateSegment::Kind::kDoubleStar : TemplateSegment::Kind::kStar, ""});
      return absl::OkStatus();
    }
    if (Take('{')) {
      if (in_variable) return Wrong("no variable inside a variable");
      return Variable();
    }
    TemplateSegment segment;
    ASSIGN_OR_RETURN(segment.literal, Literal());
    result_.segments.push_back(std::move(segment));
    return absl::OkStatus();
  }

  absl::Status Variable() {
    TemplateVariable variable;
    do {
      ASSIGN_OR_RETURN(std::string name, Identifier());
      variable.field_path.push_back(std::move(name));
    } while (Take('.'));
    variable.first = static_cast<int>(result_.segments.size());
    if (Take('=')) {
      RETURN_IF_ERROR(Segments(/*in_variable=*/true));
    } else {
      result_.segments.push_back({TemplateSegment::Kind::kStar, ""});
    }
    if (!Take('}')) return Wrong("a '}'");
    variable.last = static_cast<int>(result_.segments.size());
    variable.single = variable.last - variable.first == 1 &&
                      result_.segments.back().kind != TemplateSegment::Kind::kDoubleStar;
    for (const auto& other : result_.variables) {
      if (other.field_path == variable.field_path) {
        return Wrong("no second variable of the same name");
      }
    }
    result_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Identifier() {
    const std::size_t begin = at_;
    while (!AtEnd() && (absl::ascii_isalnum(text_[at_]) || text_[at_] == '_')) ++at_;
    if (at_ == begin || absl::ascii_isdigit(text_[begin])) {
      at_ = begin;
      return Wrong("a field name");
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  // The characters of RFC 3986's pchar, less those that mean something here.
  absl::StatusOr<std::string> Literal() {
    const std::size_t begin = at_;
    while (!AtEnd() &&
           (absl::ascii_isalnum(text_[at_]) ||
            std::string_view("-._~!$&'()+,;=@%").find(text_[at_]) != std::string_view::npos)) {
      ++at_;
    }
    std::string literal;
    if (at_ == begin) return Wrong("a segment");
    if (!PercentDecode(text_.substr(begin, at_ - begin), PercentMode::kAll, &literal)) {
      return Wrong("no malformed percent escape before this");
    }
    return literal;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  HttpTemplate result_;
};

}  // namespace

absl::StatusOr<HttpTemplate> ParseHttpTemplate(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace assay::gateway
