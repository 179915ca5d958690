#include "services/platform/auth/issuer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "services/platform/auth/key.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using testing::IsOk;
using testing::TempDir;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(IssuerTest, EachKindOfKeySurvivesPemAndItsJwkIsTakenBack) {
  for (const KeyKind kind : {KeyKind::kEd25519, KeyKind::kEs256, KeyKind::kRs256}) {
    const auto key = SigningKey::Generate(kind);
    ASSERT_THAT(key, IsOk());
    const auto pem = (*key)->ToPem();
    ASSERT_THAT(pem, IsOk());
    const auto again = SigningKey::FromPem(*pem);
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ((*again)->PublicJwk(), (*key)->PublicJwk());
    const auto keys = auth_internal::ParseJwks(JwksOf({key->get()}));
    ASSERT_THAT(keys, IsOk());
    EXPECT_EQ(keys->count((*key)->key_id()), 1u);
  }
}

TEST(IssuerTest, PublicJwkShowsNothingPrivate) {
  for (const KeyKind kind : {KeyKind::kEd25519, KeyKind::kEs256, KeyKind::kRs256}) {
    const auto key = SigningKey::Generate(kind);
    ASSERT_THAT(key, IsOk());
    const auto jwk = nlohmann::json::parse((*key)->PublicJwk());
    for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "k"}) {
      EXPECT_FALSE(jwk.contains(member)) << member;
    }
  }
}

// The key and thumbprint of RFC 8037, appendix A.
TEST(IssuerTest, KeyIdIsTheThumbprintOfRfc8037) {
  const auto key = SigningKey::FromPem(
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
      "-----END PRIVATE KEY-----\n");
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ((*key)->key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(IssuerTest, RefusesKeysThatNoTokenMayBeSignedWith) {
  EXPECT_EQ(SigningKey::FromPem("nonsense").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(IssuerTest, MakesTheKeyOnceAndHidesIt) {
  TempDir dir;
  const std::string keys = dir / "keys";
  const auto first = LoadOrMakeKey(keys);
  ASSERT_THAT(first, IsOk());
  const auto second = LoadOrMakeKey(keys);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ((*first)->key_id(), (*second)->key_id());
  struct stat info {};
  ASSERT_EQ(stat((keys + "/signing.pem").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(ReadAll(keys + "/jwks.json"), JwksOf({first->get()}));
}

TEST(IssuerTest, RestoresAKeySetThatWasLost) {
  TempDir dir;
  const auto key = LoadOrMakeKey(dir.path());
  ASSERT_THAT(key, IsOk());
  std::ofstream(dir / "jwks.json") << "half";
  ASSERT_THAT(LoadOrMakeKey(dir.path()), IsOk());
  EXPECT_EQ(ReadAll(dir / "jwks.json"), JwksOf({key->get()}));
}

TEST(IssuerTest, StartersAtOnceAgreeOnOneKey) {
  for (int round = 0; round < 20; ++round) {
    TempDir dir;
    std::vector<std::string> ids(6);
    std::vector<std::thread> starters;
    for (std::string& id : ids) {
      starters.emplace_back([&] {
        const auto key = LoadOrMakeKey(dir.path());
        id = key.ok() ? (*key)->key_id() : key.status().ToString();
      });
    }
    for (std::thread& starter : starters) starter.join();
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1u) << ids[0] << " " << ids[1];
    EXPECT_NE(ReadAll(dir / "jwks.json").find(ids[0]), std::string::npos);
    int files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      ++files;
    }
    EXPECT_EQ(files, 2) << "temporary files are left";
  }
}

}  // namespace
}  // namespace assay::platform
