// The nouns of evidence, free of transport and storage.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace assay::evidence {

inline constexpr int kSubjectsPerUploadMax = 100;
inline constexpr int kSubjectsPerEvidenceMax = 1000;
inline constexpr std::size_t kFilenameBytesMax = 255;
inline constexpr std::size_t kSubjectBytesMax = 512;

// What a file is for (EVD-4).
enum class Purpose { kUnspecified = 0, kRequired = 1, kAdditional = 2 };

// The record of one uploaded file; its bytes lie in a BlobStore under `sha256`.
struct Evidence {
  std::string centre;  // "centres/urn-100000"
  std::string id;      // Sorts by creation.
  std::string filename;
  std::string content_type;
  std::int64_t size = 0;
  std::string sha256;
  Purpose purpose = Purpose::kUnspecified;
  std::vector<std::string> subjects;  // Sorted.
  std::string uploader;
  absl::Time create_time;
  std::int64_t version = 1;
};

// One reading of a file (EVD-6).
struct AccessRecord {
  std::string id;  // Sorts by time.
  std::string evidence_id;
  std::string reader;
  absl::Time time;
  std::string trace;
};

// What a caller reaches, beyond the tenant (EVD-6). Part of every query.
struct Reach {
  std::string tenant;
  std::string centre;  // Only this centre's; empty: any.
  std::string reader;  // Only what is linked to a submission allocated to them; empty: any.
};

std::string NameOf(const Evidence& evidence);  // "centres/c/evidence/e"

struct EvidenceName {
  std::string centre;  // "centres/c"
  std::string id;
};
// False if `name` is not of the form.
bool ParseEvidenceName(std::string_view name, EvidenceName& out);

// True for "centres/{centre}".
bool IsCentreName(std::string_view name);

// True for what a centre's evidence can prove: a submission or something below it, or
// something of the centre itself.
bool IsSubject(std::string_view subject, std::string_view centre);

// "series/s/components/c/submissions/x" of a subject that is it or lies below it, else "".
std::string SubmissionOf(std::string_view subject);

}  // namespace assay::evidence
