#include "services/approval/rpcs/requests.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/approval/convert.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using platform::View;

constexpr std::size_t kProseCharactersMax = 2000;
constexpr std::size_t kNameBytesMax = 300;

std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

absl::StatusOr<ChildName> ChildNameFrom(std::string_view field, const std::string& name,
                                        std::string_view collection,
                                        std::string_view part_collection) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  const std::size_t count = part_collection.empty() ? 4 : 6;
  bool fits = parts.size() == count && parts[0] == "centres" && parts[2] == collection;
  if (fits && count == 6) fits = parts[4] == part_collection;
  for (const std::string& part : parts) fits = fits && !part.empty() && part != "-";
  if (!fits || name.size() > kNameBytesMax) {
    const std::string tail =
        part_collection.empty() ? "" : absl::StrCat("/", View(part_collection), "/*");
    return FieldInvalid(field, absl::StrCat("is not centres/*/", View(collection), "/*", tail));
  }
  return ChildName{parts[1], parts[3], count == 6 ? parts[5] : ""};
}

absl::StatusOr<std::vector<std::string>> PartsOf(std::string_view field, const std::string& name,
                                                 std::string_view form) {
  const std::vector<std::string> have = absl::StrSplit(name, '/');
  const std::vector<std::string> want =
      absl::StrSplit(absl::string_view(form.data(), form.size()), '/');
  std::vector<std::string> parts;
  bool fits = have.size() == want.size();
  for (std::size_t i = 0; fits && i < have.size(); ++i) {
    if (want[i] == "*") {
      fits = !have[i].empty();
      parts.push_back(have[i]);
    } else {
      fits = have[i] == want[i];
    }
  }
  if (fits) return parts;
  return FieldInvalid(field, "is not " + std::string(form));
}

absl::StatusOr<std::string> OptionalLineFrom(std::string_view field, const std::string& text,
                                             std::size_t most) {
  std::string line = Trimmed(text);
  if (CharactersOf(line) > most) {
    return FieldInvalid(field, absl::StrCat("is longer than ", most, " characters"));
  }
  const bool control = std::any_of(line.begin(), line.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (control) return FieldInvalid(field, "has more than one line or a control character");
  return line;
}

absl::StatusOr<std::string> LineFrom(std::string_view field, const std::string& text,
                                     std::size_t most) {
  ASSIGN_OR_RETURN(std::string line, OptionalLineFrom(field, text, most));
  if (line.empty()) return FieldInvalid(field, "is missing");
  return line;
}

absl::StatusOr<std::string> ProseFrom(std::string_view field, const std::string& text) {
  std::string prose = Trimmed(text);
  if (prose.empty()) return FieldInvalid(field, "is missing");
  if (CharactersOf(prose) > kProseCharactersMax) {
    return FieldInvalid(field, absl::StrCat("is longer than ", kProseCharactersMax, " characters"));
  }
  return prose;
}

absl::StatusOr<absl::CivilDay> RequiredDayFrom(std::string_view field, bool is_set,
                                               const google::type::Date& date) {
  ASSIGN_OR_RETURN(const auto day, DayFrom(field, is_set, date));
  if (!day.has_value()) return FieldInvalid(field, "is missing");
  return *day;
}

absl::StatusOr<std::vector<std::string>> EvidenceFrom(
    const std::string& centre, const google::protobuf::RepeatedPtrField<std::string>& names,
    int most) {
  if (names.size() > most) return FieldInvalid("evidence", absl::StrCat("has more than ", most));
  const std::string prefix = absl::StrCat("centres/", centre, "/evidence/");
  std::vector<std::string> evidence;
  for (int i = 0; i < names.size(); ++i) {
    const std::string place = absl::StrCat("evidence[", i, "]");
    ASSIGN_OR_RETURN(std::string name, LineFrom(place, names[i], kNameBytesMax));
    if (name.rfind(prefix, 0) != 0 || name.size() == prefix.size() ||
        name.find('/', prefix.size()) != name.npos) {
      return FieldInvalid(place, "is no evidence of this centre");
    }
    evidence.push_back(std::move(name));
  }
  return evidence;
}

absl::StatusOr<std::string> ApprovalOfCentreFrom(std::string_view field, const std::string& centre,
                                                 const std::string& name) {
  if (name.empty()) return "";
  ASSIGN_OR_RETURN(const ApprovalName parts, ApprovalNameFrom(field, name));
  if (parts.centre != centre) return FieldInvalid(field, "is of another centre than the parent");
  return parts.id;
}

}  // namespace assay::approval
