#include "services/evidence/model.h"

#include <algorithm>

namespace assay::evidence {
namespace {

bool IsSegment(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 64 && is_word(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_word(c) || c == '-' || c == '_' || c == '.' || c == '~';
         });
}

// The segments between slashes; empty if one of them cannot be in a resource name.
std::vector<std::string_view> SegmentsOf(std::string_view name) {
  std::vector<std::string_view> segments;
  if (name.size() > kSubjectBytesMax) return segments;
  for (;;) {
    const std::size_t slash = name.find('/');
    segments.push_back(name.substr(0, slash));
    if (!IsSegment(segments.back())) return {};
    if (slash == std::string_view::npos) return segments;
    name.remove_prefix(slash + 1);
  }
}

bool IsInSubmission(const std::vector<std::string_view>& segments) {
  return segments.size() >= 6 && segments[0] == "series" && segments[2] == "components" &&
         segments[4] == "submissions";
}

}  // namespace

std::string NameOf(const Evidence& evidence) {
  return evidence.centre + "/evidence/" + evidence.id;
}

bool ParseEvidenceName(std::string_view name, EvidenceName& out) {
  const auto segments = SegmentsOf(name);
  if (segments.size() != 4 || segments[0] != "centres" || segments[2] != "evidence") return false;
  out.centre = "centres/" + std::string(segments[1]);
  out.id = segments[3];
  return true;
}

bool IsCentreName(std::string_view name) {
  const auto segments = SegmentsOf(name);
  return segments.size() == 2 && segments[0] == "centres";
}

bool IsSubject(std::string_view subject, std::string_view centre) {
  const auto segments = SegmentsOf(subject);
  if (segments.size() % 2 != 0 || segments.empty()) return false;
  if (IsInSubmission(segments)) return true;
  return segments.size() >= 4 && segments[0] == "centres" &&
         subject.substr(0, centre.size()) == centre && subject[centre.size()] == '/';
}

std::string SubmissionOf(std::string_view subject) {
  const auto segments = SegmentsOf(subject);
  if (!IsInSubmission(segments)) return "";
  const std::size_t end = static_cast<std::size_t>(segments[5].data() - subject.data());
  return std::string(subject.substr(0, end + segments[5].size()));
}

}  // namespace assay::evidence
