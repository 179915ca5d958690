#include "services/platform/auth/authenticator.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/platform/auth/base64url.h"
#include "services/platform/auth/issuer.h"
#include "services/platform/auth/jwt.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using auth_internal::EncodeBase64Url;
using nlohmann::json;
using testing::FakeClock;
using testing::IsError;
using testing::IsOk;
using testing::TempDir;

constexpr char kIssuer[] = "https://id.example";
constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

std::unique_ptr<SigningKey> MakeKey(KeyKind kind = KeyKind::kEd25519) {
  return *SigningKey::Generate(kind);
}

// Answers every GET with what `answer` says: (path) → (code, body). One connection at a time.
class TinyHttpServer {
 public:
  using Answer = std::function<std::pair<int, std::string>(const std::string& path)>;

  explicit TinyHttpServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    socklen_t size = sizeof(address);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~TinyHttpServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string Url(const std::string& path) const {
    return absl::StrCat("http://127.0.0.1:", port_, path);
  }
  int requests() const { return requests_; }

 private:
  void Run() {
    while (true) {
      const int fd = accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      std::string request;
      char buffer[1024];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
        if (got <= 0) break;
        request.append(buffer, static_cast<std::size_t>(got));
      }
      const std::size_t from = request.find(' ') + 1;
      const auto [code, body] = answer_(request.substr(from, request.find(' ', from) - from));
      ++requests_;
      const std::string reply =
          absl::StrCat("HTTP/1.1 ", code, " X\r\nContent-Length: ", body.size(),
                       "\r\nConnection: close\r\n\r\n", body);
      static_cast<void>(!send(fd, reply.data(), reply.size(), MSG_NOSIGNAL));
      close(fd);
    }
  }

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

// Waits for what another thread does; the condition variable is never notified, it
// only paces the polling.
bool Eventually(const std::function<bool()>& holds) {
  std::mutex mutex;
  std::condition_variable pace;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::unique_lock lock(mutex);
    pace.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

class AuthenticatorTest : public ::testing::Test {
 protected:
  void WriteKeys(const std::vector<const SigningKey*>& keys) {
    const std::string path = dir_ / "jwks.json";
    std::ofstream(path + ".new") << JwksOf(keys);
    std::filesystem::rename(path + ".new", path);
  }
  AuthOptions Options() {
    AuthOptions options;
    options.issuer = kIssuer;
    options.jwks = "file:" + (dir_ / "jwks.json");
    return options;
  }
  void Start(AuthOptions options) {
    auto made = MakeAuthenticator(std::move(options), clock_);
    ASSERT_THAT(made, IsOk());
    authenticator_ = *std::move(made);
  }
  void StartWith(const SigningKey& key) {
    WriteKeys({&key});
    Start(Options());
  }
  json Claims() {
    const std::int64_t now = absl::ToUnixSeconds(clock_.Now());
    return {
        {"iss", kIssuer},       {"aud", "assay"},   {"sub", "users/ann"}, {"tenant", "tenant-a"},
        {"roles", {"quality"}}, {"exp", now + 600}, {"nbf", now}};
  }
  std::string Token(const SigningKey& key, const json& claims, const char* header = "") {
    return *key.SignJwt(header, claims.dump());
  }
  absl::StatusOr<std::shared_ptr<const Principal>> Ask(const std::string& token) {
    return authenticator_->Authenticate(token);
  }

  FakeClock clock_;
  TempDir dir_;
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(AuthenticatorTest, TakesAMintedTokenOfEveryKindOfKey) {
  for (const KeyKind kind : {KeyKind::kEd25519, KeyKind::kEs256, KeyKind::kRs256}) {
    const auto key = MakeKey(kind);
    StartWith(*key);
    const auto token = MintToken(*key,
                                 {.issuer = kIssuer,
                                  .principal = {.tenant = "tenant-a",
                                                .subject = "users/ann",
                                                .roles = {"centre_exams", "centre_head"},
                                                .centre = "centres/c1",
                                                .expires = {}}},
                                 clock_.Now());
    ASSERT_THAT(token, IsOk());
    const auto principal = Ask(*token);
    ASSERT_THAT(principal, IsOk());
    EXPECT_EQ((*principal)->tenant, "tenant-a");
    EXPECT_EQ((*principal)->subject, "users/ann");
    EXPECT_EQ((*principal)->centre, "centres/c1");
    EXPECT_TRUE((*principal)->Has("centre_exams"));
    EXPECT_FALSE((*principal)->Has("quality"));
    EXPECT_EQ((*principal)->expires, clock_.Now() + absl::Hours(1));
  }
}

struct ClaimCase {
  const char* what;
  std::function<void(json&, std::int64_t now)> change;
  const char* reason;  // "" if the token is good.
};

TEST_F(AuthenticatorTest, ChecksEveryClaim) {
  const std::vector<ClaimCase> cases = {
      {"unchanged", [](json&, std::int64_t) {}, ""},
      {"audience in a list",
       [](json& c, auto) {
         c["aud"] = {"other", "assay"};
       },
       ""},
      {"no nbf", [](json& c, auto) { c.erase("nbf"); }, ""},
      {"expired within the skew", [](json& c, auto now) { c["exp"] = now - 29; }, ""},
      {"begins within the skew", [](json& c, auto now) { c["nbf"] = now + 30; }, ""},
      {"roles out of order",
       [](json& c, auto) {
         c["roles"] = {"quality", "admin"};
       },
       ""},
      {"expired", [](json& c, auto now) { c["exp"] = now - 30; }, "TOKEN_EXPIRED"},
      {"not begun", [](json& c, auto now) { c["nbf"] = now + 31; }, "TOKEN_NOT_YET_VALID"},
      {"no exp", [](json& c, auto) { c.erase("exp"); }, "TOKEN_CLAIMS_INVALID"},
      {"exp as text", [](json& c, auto now) { c["exp"] = std::to_string(now + 60); },
       "TOKEN_CLAIMS_INVALID"},
      {"exp beyond time", [](json& c, auto) { c["exp"] = 1e18; }, "TOKEN_CLAIMS_INVALID"},
      {"nbf null", [](json& c, auto) { c["nbf"] = nullptr; }, "TOKEN_CLAIMS_INVALID"},
      {"other issuer", [](json& c, auto) { c["iss"] = "https://id.example/"; },
       "TOKEN_ISSUER_INVALID"},
      {"no issuer", [](json& c, auto) { c.erase("iss"); }, "TOKEN_ISSUER_INVALID"},
      {"other audience", [](json& c, auto) { c["aud"] = "assay2"; }, "TOKEN_AUDIENCE_INVALID"},
      {"audience list of others",
       [](json& c, auto) {
         c["aud"] = {"a", "b"};
       },
       "TOKEN_AUDIENCE_INVALID"},
      {"no audience", [](json& c, auto) { c.erase("aud"); }, "TOKEN_AUDIENCE_INVALID"},
      {"no tenant", [](json& c, auto) { c.erase("tenant"); }, "TOKEN_CLAIMS_INVALID"},
      {"tenant with a colon", [](json& c, auto) { c["tenant"] = "a:b"; }, "TOKEN_CLAIMS_INVALID"},
      {"tenant list", [](json& c, auto) { c["tenant"] = {"a"}; }, "TOKEN_CLAIMS_INVALID"},
      {"no subject", [](json& c, auto) { c.erase("sub"); }, "TOKEN_CLAIMS_INVALID"},
      {"subject with a line break", [](json& c, auto) { c["sub"] = "a\nb"; },
       "TOKEN_CLAIMS_INVALID"},
      {"no roles", [](json& c, auto) { c.erase("roles"); }, "TOKEN_CLAIMS_INVALID"},
      {"empty roles", [](json& c, auto) { c["roles"] = json::array(); }, "TOKEN_CLAIMS_INVALID"},
      {"roles as text", [](json& c, auto) { c["roles"] = "quality"; }, "TOKEN_CLAIMS_INVALID"},
      {"a role that is no name",
       [](json& c, auto) {
         c["roles"] = {"quality", 7};
       },
       "TOKEN_CLAIMS_INVALID"},
      {"a centre that is no name", [](json& c, auto) { c["centre"] = "centres/../x"; },
       "TOKEN_CLAIMS_INVALID"},
      {"a centre of another shape", [](json& c, auto) { c["centre"] = 5; }, "TOKEN_CLAIMS_INVALID"},
      {"a centre role without its centre", [](json& c, auto) { c["roles"] = {"centre_exams"}; },
       "TOKEN_CLAIMS_INVALID"},
  };
  const auto key = MakeKey();
  StartWith(*key);
  for (const ClaimCase& test : cases) {
    json claims = Claims();
    test.change(claims, absl::ToUnixSeconds(clock_.Now()));
    const auto principal = Ask(Token(*key, claims));
    if (std::string_view(test.reason).empty()) {
      EXPECT_THAT(principal, IsOk()) << test.what;
    } else {
      EXPECT_THAT(principal, IsError(kUnauthenticated, test.reason)) << test.what;
    }
  }
}

TEST_F(AuthenticatorTest, TakesOnlyHeadersThatItUnderstands) {
  const auto key = MakeKey();
  StartWith(*key);
  for (const char* header : {R"({"typ":"JWT"})", R"({"typ":"at+jwt"})", R"({})",
                             R"({"jku":"https://evil.example/k","x5c":["a"],"x5u":"u"})"}) {
    EXPECT_THAT(Ask(Token(*key, Claims(), header)), IsOk()) << header;
  }
  for (const char* header : {R"({"typ":"id+jwt"})", R"({"typ":"jwt"})", R"({"typ":7})",
                             R"({"crit":["exp"]})", R"({"crit":[]})"}) {
    EXPECT_THAT(Ask(Token(*key, Claims(), header)), IsError(kUnauthenticated, "TOKEN_MALFORMED"))
        << header;
  }
}

TEST_F(AuthenticatorTest, RefusesForgedAndBrokenTokens) {
  const auto key = MakeKey(KeyKind::kRs256);
  const auto stranger = MakeKey(KeyKind::kRs256);
  StartWith(*key);
  const std::string good = Token(*key, Claims());
  ASSERT_THAT(Ask(good), IsOk());
  const std::string payload = EncodeBase64Url(Claims().dump());
  const auto with_header = [&](const std::string& header, const std::string& signature) {
    return absl::StrCat(EncodeBase64Url(header), ".", payload, ".", EncodeBase64Url(signature));
  };
  const std::string kid = key->key_id();
  const std::size_t dot = good.rfind('.');
  std::string flipped = good;
  flipped[dot + 20] = flipped[dot + 20] == 'A' ? 'B' : 'A';
  const struct {
    const char* what;
    std::string token;
    const char* reason;
  } cases[] = {
      {"empty", "", "TOKEN_MISSING"},
      {"one part", "abc", "TOKEN_MALFORMED"},
      {"four parts", good + ".x", "TOKEN_MALFORMED"},
      {"stripped signature", good.substr(0, dot + 1), "TOKEN_SIGNATURE_INVALID"},
      {"flipped signature", flipped, "TOKEN_SIGNATURE_INVALID"},
      {"padded signature", good + "==", "TOKEN_MALFORMED"},
      {"alg none", with_header(R"({"alg":"none"})", ""), "TOKEN_MALFORMED"},
      {"alg None with kid", with_header(R"({"alg":"None","kid":")" + kid + "\"}", ""),
       "TOKEN_MALFORMED"},
      {"HS256 with an RSA key", with_header(R"({"alg":"HS256","kid":")" + kid + "\"}", "mac"),
       "TOKEN_MALFORMED"},
      {"another algorithm than the key's",
       with_header(R"({"alg":"ES256","kid":")" + kid + "\"}", std::string(64, 'x')),
       "TOKEN_SIGNATURE_INVALID"},
      {"alg twice",
       with_header(R"({"alg":"RS256","alg":"none","kid":")" + kid + "\"}", std::string(256, 'x')),
       "TOKEN_MALFORMED"},
      {"kid that is a path", with_header(R"({"alg":"RS256","kid":"../../dev/null"})", "s"),
       "TOKEN_KEY_UNKNOWN"},
      {"kid that is a number", with_header(R"({"alg":"RS256","kid":1})", "s"), "TOKEN_MALFORMED"},
      {"header that is a list", with_header("[1]", "s"), "TOKEN_MALFORMED"},
      {"stranger's key", Token(*stranger, Claims()), "TOKEN_KEY_UNKNOWN"},
      {"over 8 KiB", with_header(R"({"alg":"RS256"})", std::string(8192, 'x')), "TOKEN_MALFORMED"},
      {"100 kB", std::string(100'000, 'a'), "TOKEN_MALFORMED"},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(Ask(test.token), IsError(kUnauthenticated, test.reason)) << test.what;
  }
}

TEST_F(AuthenticatorTest, RefusesClaimsThatComeTwice) {
  const auto key = MakeKey();
  StartWith(*key);
  std::string claims = Claims().dump();
  claims.insert(claims.size() - 1, R"(,"tenant":"tenant-b")");
  EXPECT_THAT(Ask(*key->SignJwt("", claims)), IsError(kUnauthenticated, "TOKEN_MALFORMED"));
}

TEST_F(AuthenticatorTest, AStrangersSignatureUnderAKnownKidIsRefused) {
  const auto key = MakeKey();
  const auto stranger = MakeKey();
  StartWith(*key);
  const std::string forged = Token(*stranger, Claims());
  json header = {{"alg", "EdDSA"}, {"kid", key->key_id()}};
  EXPECT_THAT(Ask(EncodeBase64Url(header.dump()) + forged.substr(forged.find('.'))),
              IsError(kUnauthenticated, "TOKEN_SIGNATURE_INVALID"));
}

// The signature is right, the header's algorithm is not the key's.
TEST_F(AuthenticatorTest, TheKeyFixesTheAlgorithm) {
  const auto key = MakeKey();
  StartWith(*key);
  const std::string pem = *key->ToPem();
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* raw = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const absl::Cleanup free_all = [&] {
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(raw);
    BIO_free(bio);
  };
  for (const auto& [alg, good] : {std::pair("EdDSA", true), std::pair("ES256", false)}) {
    const json header = {{"alg", alg}, {"kid", key->key_id()}};
    const std::string text =
        absl::StrCat(EncodeBase64Url(header.dump()), ".", EncodeBase64Url(Claims().dump()));
    unsigned char signature[64];
    std::size_t size = sizeof(signature);
    EVP_MD_CTX_reset(context);
    ASSERT_EQ(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, raw), 1);
    ASSERT_EQ(EVP_DigestSign(context, signature, &size,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()),
              1);
    const std::string token =
        absl::StrCat(text, ".", EncodeBase64Url({reinterpret_cast<const char*>(signature), size}));
    if (good) {
      EXPECT_THAT(Ask(token), IsOk());
    } else {
      EXPECT_THAT(Ask(token), IsError(kUnauthenticated, "TOKEN_SIGNATURE_INVALID"));
    }
  }
}

TEST_F(AuthenticatorTest, AVerifiedTokenStillExpires) {
  const auto key = MakeKey();
  StartWith(*key);
  const std::string token = Token(*key, Claims());
  EXPECT_THAT(Ask(token), IsOk());
  clock_.Advance(absl::Seconds(629));
  EXPECT_THAT(Ask(token), IsOk());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Ask(token), IsError(kUnauthenticated, "TOKEN_EXPIRED"));
  EXPECT_THAT(Ask(token), IsError(kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST_F(AuthenticatorTest, SkewIsNeverMoreThanAMinute) {
  const auto key = MakeKey();
  WriteKeys({key.get()});
  AuthOptions options = Options();
  options.skew = absl::Hours(1);
  Start(options);
  const std::string token = Token(*key, Claims());
  clock_.Advance(absl::Seconds(661));
  EXPECT_THAT(Ask(token), IsError(kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST_F(AuthenticatorTest, RemembersBoundedlyManyTokens) {
  const auto key = MakeKey();
  WriteKeys({key.get()});
  AuthOptions options = Options();
  options.verified_tokens_max = 16;
  Start(options);
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) {
    json claims = Claims();
    claims["sub"] = absl::StrCat("users/", i);
    tokens.push_back(Token(*key, claims));
    ASSERT_THAT(Ask(tokens.back()), IsOk());
  }
  for (int i = 0; i < 200; ++i) {
    const auto principal = Ask(tokens[static_cast<std::size_t>(i)]);
    ASSERT_THAT(principal, IsOk());
    EXPECT_EQ((*principal)->subject, absl::StrCat("users/", i));
  }
}

TEST_F(AuthenticatorTest, DoesNotStartWithoutAUsableKeySet) {
  EXPECT_EQ(MakeAuthenticator(Options(), clock_).status().code(), absl::StatusCode::kUnavailable);
  for (const char* text :
       {"", "{", "[]", "{\"keys\":{}}", "{\"keys\":[]}", R"({"keys":[{"kty":"oct","k":"AAAA"}]})",
        R"({"keys":[{"kty":"RSA","kid":"a","n":"sXch","e":"AQAB"}]})",
        R"({"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AAAA","y":"AAAA"}]})"}) {
    std::ofstream(dir_ / "jwks.json") << text;
    EXPECT_EQ(MakeAuthenticator(Options(), clock_).status().code(), absl::StatusCode::kUnavailable)
        << text;
  }
}

TEST_F(AuthenticatorTest, PassesOverKeysThatItMustNotUse) {
  const auto key = MakeKey(KeyKind::kEs256);
  for (const json& change : {json{{"use", "enc"}}, json{{"alg", "ES384"}}, json{{"crv", "P-384"}},
                             json{{"d", "AA"}}, json{{"y", std::string(43, 'A')}}}) {
    json jwk = json::parse(key->PublicJwk());
    jwk.update(change);
    std::ofstream(dir_ / "jwks.json") << json{{"keys", {jwk}}};
    EXPECT_EQ(MakeAuthenticator(Options(), clock_).status().code(), absl::StatusCode::kUnavailable)
        << change;
  }
}

class JwksOverHttpTest : public AuthenticatorTest {
 protected:
  JwksOverHttpTest()
      : server_([this](const std::string& path) {
          std::lock_guard lock(mutex_);
          if (path == "/.well-known/openid-configuration") return std::pair(200, configuration_);
          return std::pair(code_, body_);
        }) {}
  void Serve(int code, const std::string& body) {
    std::lock_guard lock(mutex_);
    code_ = code;
    body_ = body;
  }
  AuthOptions HttpOptions() {
    AuthOptions options = Options();
    options.jwks = server_.Url("/jwks.json");
    options.cooldown = absl::Milliseconds(20);
    return options;
  }

  std::mutex mutex_;
  int code_ = 200;
  std::string body_;
  std::string configuration_;
  TinyHttpServer server_;
};

TEST_F(JwksOverHttpTest, FollowsARotation) {
  const auto old_key = MakeKey();
  const auto new_key = MakeKey(KeyKind::kEs256);
  Serve(200, JwksOf({old_key.get()}));
  Start(HttpOptions());
  const std::string old_token = Token(*old_key, Claims());
  const std::string new_token = Token(*new_key, Claims());
  EXPECT_THAT(Ask(old_token), IsOk());
  EXPECT_THAT(Ask(new_token), IsError(kUnauthenticated, "TOKEN_KEY_UNKNOWN"));

  Serve(200, JwksOf({old_key.get(), new_key.get()}));
  EXPECT_TRUE(Eventually([&] { return Ask(new_token).ok(); }));
  EXPECT_THAT(Ask(old_token), IsOk()) << "both keys count while they overlap";

  Serve(200, JwksOf({new_key.get()}));
  const auto third = MakeKey();
  EXPECT_TRUE(Eventually([&] {
    static_cast<void>(Ask(Token(*third, Claims())));  // Makes it look.
    return !Ask(old_token).ok();
  })) << "a remembered token must not outlive its key";
  EXPECT_THAT(Ask(new_token), IsOk());
}

TEST_F(JwksOverHttpTest, MadeUpKeysCauseNoFlood) {
  const auto key = MakeKey();
  Serve(200, JwksOf({key.get()}));
  AuthOptions options = HttpOptions();
  options.cooldown = absl::Hours(1);
  Start(options);
  const auto stranger = MakeKey();
  const std::string unknown = Token(*stranger, Claims());
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_THAT(Ask(unknown), IsError(kUnauthenticated, "TOKEN_KEY_UNKNOWN"));
  }
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(JwksOverHttpTest, ABadSignatureDoesNotAskForNewKeys) {
  const auto key = MakeKey();
  Serve(200, JwksOf({key.get()}));
  AuthOptions options = HttpOptions();
  options.cooldown = absl::ZeroDuration();
  Start(options);
  std::string token = Token(*key, Claims());
  token[token.size() - 30] = token[token.size() - 30] == 'A' ? 'B' : 'A';
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(Ask(token), IsError(kUnauthenticated, "TOKEN_SIGNATURE_INVALID"));
  }
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(JwksOverHttpTest, OldKeysServeWhileTheIssuerIsDown) {
  const auto key = MakeKey();
  Serve(200, JwksOf({key.get()}));
  AuthOptions options = HttpOptions();
  options.refresh = absl::Milliseconds(1);
  Start(options);
  for (const auto& [code, body] :
       {std::pair(500, std::string("down")), std::pair(200, std::string("{\"keys\":[]}"))}) {
    Serve(code, body);
    const int before = server_.requests();
    EXPECT_TRUE(Eventually([&] { return server_.requests() > before + 2; }));
    json claims = Claims();
    claims["sub"] = absl::StrCat("users/", code);  // Not remembered: verified anew.
    EXPECT_THAT(Ask(Token(*key, claims)), IsOk());
  }
}

TEST_F(JwksOverHttpTest, OldKeysDoNotServeForEver) {
  const auto key = MakeKey();
  Serve(200, JwksOf({key.get()}));
  AuthOptions options = HttpOptions();
  options.refresh = absl::Milliseconds(1);
  options.stale_max = absl::Milliseconds(50);
  Start(options);
  const std::string token = Token(*key, Claims());
  Serve(503, "");
  EXPECT_TRUE(Eventually([&] { return !Ask(token).ok(); }));
  EXPECT_THAT(Ask(token), IsError(kUnauthenticated, "TOKEN_KEY_UNKNOWN"));
  Serve(200, JwksOf({key.get()}));
  EXPECT_TRUE(Eventually([&] { return Ask(token).ok(); }));
}

TEST_F(JwksOverHttpTest, FindsTheKeySetByDiscovery) {
  const auto key = MakeKey();
  Serve(200, JwksOf({key.get()}));
  AuthOptions options = HttpOptions();
  options.issuer = server_.Url("");
  options.jwks = "";
  configuration_ = json{{"issuer", options.issuer}, {"jwks_uri", server_.Url("/k")}}.dump();
  Start(options);
  json claims = Claims();
  claims["iss"] = options.issuer;
  EXPECT_THAT(Ask(Token(*key, claims)), IsOk());

  configuration_ = json{{"issuer", "https://evil.example"}, {"jwks_uri", server_.Url("/k")}}.dump();
  EXPECT_EQ(MakeAuthenticator(options, clock_).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace assay::platform
