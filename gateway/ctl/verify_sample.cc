#include "gateway/ctl/verify_sample.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "gateway/ctl/request_id.h"
#include "gateway/ctl/text_table.h"
#include "services/platform/core/view.h"

namespace assay::gateway::ctl {
namespace {

constexpr std::string_view kHere = "here";
constexpr std::string_view kService = "the service";

std::string HmacSha256Hex(std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const auto* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  if (made == nullptr) return "";
  return Hex({reinterpret_cast<const char*>(digest), size});
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const std::size_t at = std::string_view("\\\t\n\r").find(c);
    if (at == std::string_view::npos) {
      escaped += c;
    } else {
      escaped.append("\\").append(1, "\\tnr"[at]);
    }
  }
  return escaped;
}

// One line a candidate in the order of the numbers' bytes.
std::string CandidateList(std::vector<Json> candidates) {
  std::sort(candidates.begin(), candidates.end(), [](const Json& a, const Json& b) {
    return Text(a, "candidate") < Text(b, "candidate");
  });
  std::string list;
  for (const Json& c : candidates) {
    const auto mark = MaybeNumber(c, "mark");
    std::string flags;
    if (Flag(c, "absent")) flags += 'a';
    if (Flag(c, "withdrawn")) flags += 'w';
    if (Flag(c, "parentalInterest")) flags += 'p';
    if (Flag(c, "carriedForward")) flags += 'c';
    absl::StrAppend(&list, Escaped(Text(c, "candidate")), "\t",
                    mark.has_value() ? Short(*mark) : "-", "\t", Escaped(Text(c, "assessor")), "\t",
                    Escaped(Text(c, "group")), "\t", Escaped(Text(c, "site")), "\t", flags);
    const std::string grade = Text(c, "grade");
    absl::StrAppend(&list, grade.empty() ? "" : "\t", Escaped(grade), "\n");
  }
  return list;
}

SampleCheck Compare(std::string what, const std::string& computed, const std::string& published) {
  const bool held = !computed.empty() && computed == published;
  return {std::move(what), std::string(kHere), held,
          held ? computed.substr(0, 16) + "…"
               : absl::StrCat("computed ", computed.empty() ? "nothing" : computed, ", published ",
                              published.empty() ? "nothing" : published)};
}

SampleCheck Told(std::string what, bool held) {
  return {std::move(what), std::string(kService), held, ""};
}

}  // namespace

std::vector<SampleCheck> CheckSample(const SampleFacts& facts) {
  const Json& sample = facts.sample;
  const std::string secret = Unhex(Text(sample, "secret"));
  const std::string list_digest = Text(sample, "candidateListSha256");
  std::vector<SampleCheck> checks;
  checks.push_back(Compare("the secret's SHA-256 was committed before the marks closed",
                           secret.empty() ? "" : Sha256Hex(secret),
                           Text(facts.submission, "seedCommitment")));
  const std::string entries = Text(sample, "entries");
  if (!entries.empty()) {
    checks.push_back(Compare("the names are of the entries that they were drawn from",
                             Sha256Hex(entries), list_digest));
  } else if (facts.candidates_known) {
    checks.push_back(Compare("the candidates and marks are those that were drawn from",
                             Sha256Hex(CandidateList(facts.candidates)), list_digest));
  }
  const std::string facts_digest = Text(sample, "factsSha256");
  if (!facts_digest.empty()) {
    checks.push_back(Compare("what the draw knew besides is what was drawn with",
                             Sha256Hex(Text(sample, "facts")), facts_digest));
  }
  checks.push_back(Compare(
      "the seed follows from the secret and the candidate list",
      secret.empty()
          ? ""
          : HmacSha256Hex(secret, absl::StrCat("assay-seed@1\n", Text(facts.submission, "name"),
                                               "\n", Text(sample, "policyVersion"), "\n",
                                               Text(sample, "algorithm"), "\n", list_digest, "\n",
                                               facts_digest, facts_digest.empty() ? "" : "\n")),
      Text(sample, "seed")));
  checks.push_back(Told("the secret fits the commitment", Flag(facts.verdict, "commitmentFits")));
  checks.push_back(Told("the candidate list has the hash of the draw",
                        Flag(facts.verdict, "candidateListFits")));
  checks.push_back(Told("the seed follows from secret and list", Flag(facts.verdict, "seedFits")));
  checks.push_back(
      Told("drawn again, the same candidates come out", Flag(facts.verdict, "candidatesFit")));
  return checks;
}

bool AllHeld(const std::vector<SampleCheck>& checks) {
  return std::all_of(checks.begin(), checks.end(), [](const SampleCheck& c) { return c.held; });
}

std::string SubmissionOfSample(std::string_view sample) {
  const std::size_t at = sample.find("/samples/");
  if (!sample.starts_with("series/") || at == std::string_view::npos) return "";
  return std::string(sample.substr(0, at));
}

}  // namespace assay::gateway::ctl
