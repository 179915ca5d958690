// What people and programs send by mistake, through the gateway: each gets a reason and a
// place, and what was accepted before stays.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/world.h"

namespace assay::e2e {
namespace {

using nlohmann::json;

constexpr char kUuid1[] = "5d3a7f1e-6f0b-4b52-9d5e-0d9a3c1f2a11";
constexpr char kUuid2[] = "5d3a7f1e-6f0b-4b52-9d5e-0d9a3c1f2a12";

class BadInputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = System::Start().release();
    if (system_ == nullptr) return;
    MakeWorld(*system_);
    const HttpReply opened =
        system_->Post(absl::StrCat("/v1/", kComponent, "/submissions"),
                      {{"centre", "centres/urn-100101"}}, Exams(*system_, "centres/urn-100101"));
    ASSERT_EQ(opened.status, 200) << opened.body;
  }
  static void TearDownTestSuite() { delete system_; }
  void SetUp() override {
    ASSERT_NE(system_, nullptr);
    officer_ = Quality(*system_);
    exams_ = Exams(*system_, "centres/urn-100101");
    submission_ = "/v1/" + SubmissionOf("centres/urn-100101");
  }

  HttpReply Csv(const std::string& path, const std::string& body, const std::string& token) {
    return system_->Call(
        {.method = "POST", .path = path, .body = body, .token = token, .content_type = "text/csv"});
  }
  // The candidates that the submission has now, "C1=5 C2= …".
  std::string Candidates() {
    std::string all;
    const auto list = system_->Get(submission_ + "/candidates?pageSize=1000", exams_).Json();
    if (!list.contains("candidates")) return all;
    for (const auto& c : list["candidates"]) {
      absl::StrAppend(&all, c.value("candidate", ""), "=",
                      c.contains("mark") ? c["mark"].dump() : "", " ");
    }
    return all;
  }

  static void ExpectStatusBody(const HttpReply& reply, int status, const std::string& reason) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_EQ(reply.Reason(), reason) << reply.body;
    const json body = reply.Json();
    ASSERT_TRUE(body.is_object()) << reply.body;
    EXPECT_TRUE(body.contains("code")) << reply.body;
    EXPECT_FALSE(body.value("message", "").empty()) << reply.body;
  }

  static System* system_;
  std::string officer_;
  std::string exams_;
  std::string submission_;
};
System* BadInputTest::system_ = nullptr;

struct BodyCase {
  const char* what;
  const char* body;
  const char* reason;
  const char* place;  // Must stand in the answer.
};

TEST_F(BadInputTest, JsonIsReadStrictlyAndThePlaceIsTold) {
  const BodyCase cases[] = {
      {"cut short", R"({"reason": "late)", "JSON_MALFORMED", "line"},
      {"trailing comma", R"({"reason": "late",})", "JSON_MALFORMED", "line"},
      {"two values", R"({"reason": "late"} {})", "JSON_MALFORMED", "line"},
      {"an array", R"(["late"])", "", ""},
      {"an unknown field", R"({"reason": "late", "wrong": 1})", "FIELD_UNKNOWN", "wrong"},
      {"a number for a text", R"({"reason": 7})", "FIELD_TYPE_WRONG", "reason"},
      {"the same field twice", R"({"reason": "a", "reason": "b"})", "FIELD_DUPLICATE", "reason"},
      {"a field that the path has", R"({"name": "centres/urn-100102", "reason": "a"})",
       "FIELD_DUPLICATE", "name"},
      {"not UTF-8", "{\"reason\": \"\xff\"}", "JSON_MALFORMED", ""},
  };
  for (const BodyCase& c : cases) {
    const HttpReply reply = system_->Call({.method = "POST",
                                           .path = "/v1/centres/urn-100101:suspend",
                                           .body = c.body,
                                           .token = officer_});
    EXPECT_EQ(reply.status, 400) << c.what << ": " << reply.body;
    if (*c.reason != '\0') {
      EXPECT_EQ(reply.Reason(), c.reason) << c.what << ": " << reply.body;
    }
    EXPECT_NE(reply.body.find(c.place), std::string::npos) << c.what << ": " << reply.body;
  }
  EXPECT_EQ(system_->Get("/v1/centres/urn-100101", officer_).Json().value("state", ""),
            "STATE_APPROVED");
}

TEST_F(BadInputTest, RequestsThatFitNoMethod) {
  ExpectStatusBody(system_->Get("/v1/nothing/here", officer_), 404, "ROUTE_NOT_FOUND");
  const HttpReply wrong =
      system_->Call({.method = "DELETE", .path = "/v1/centres/urn-100101", .token = officer_});
  ExpectStatusBody(wrong, 405, "METHOD_NOT_ALLOWED");
  EXPECT_NE(wrong.headers.at("allow").find("GET"), std::string::npos);
  ExpectStatusBody(system_->Get("/v1/centres?colour=red", officer_), 400, "FIELD_UNKNOWN");
  ExpectStatusBody(system_->Get("/v1/centres?pageSize=many", officer_), 400, "FIELD_TYPE_WRONG");
  ExpectStatusBody(system_->Get("/v1/centres/%zz", officer_), 400, "PATH_INVALID");
  ExpectStatusBody(system_->Call({.method = "POST",
                                  .path = "/v1/centres/urn-100101:suspend",
                                  .body = "reason=late",
                                  .token = officer_,
                                  .content_type = "application/x-www-form-urlencoded"}),
                   415, "CONTENT_TYPE_UNSUPPORTED");
}

TEST_F(BadInputTest, ABodyAboveTheLimitIsRefused) {
  const std::string large(5 * 1024 * 1024, 'x');
  ExpectStatusBody(system_->Post("/v1/centres/urn-100101:suspend", {{"reason", large}}, officer_),
                   413, "BODY_TOO_LARGE");
  ExpectStatusBody(system_->Call({.path = "/v1/centres",
                                  .token = officer_,
                                  .headers = {"X-Large: " + std::string(64 * 1024, 'x')}}),
                   431, "HEADER_TOO_LARGE");
}

TEST_F(BadInputTest, MarksAreCheckedRowByRow) {
  const std::string before = Candidates();
  const std::string csv =
      "candidate,mark,absent\n"
      "G1,10,\n"
      "G2,61,\n"
      "G3,10.5,\n"
      "G4,-1,\n"
      "G5,ten,\n"
      "G1,11,\n"
      ",12,\n"
      "G6,5,maybe\n"
      "G7,60,\n";
  const struct {
    int line;
    const char* field;
    const char* reason;
  } expected[] = {{3, "mark", "MARK_ABOVE_MAXIMUM"},
                  {4, "mark", "MARK_OFF_STEP"},
                  {5, "mark", "MARK_NEGATIVE"},
                  {6, "mark", "MARK_NOT_A_NUMBER"},
                  {7, "candidate", "CANDIDATE_DUPLICATE"},
                  {8, "candidate", "CANDIDATE_MISSING"},
                  {9, "absent", "FLAG_INVALID"}};

  // Nothing is kept when all must be good, and the violations say which are not.
  const HttpReply strict =
      Csv(submission_ + ":importMarks?mode=MARKS_MODE_ALL_OR_NOTHING", csv, exams_);
  ExpectStatusBody(strict, 400, "MARKS_REFUSED");
  EXPECT_EQ(strict.Fields().size(), 7u) << strict.body;
  EXPECT_EQ(Candidates(), before);

  const HttpReply dry =
      Csv(submission_ + ":importMarks?mode=MARKS_MODE_VALIDATE_ONLY", csv, exams_);
  EXPECT_EQ(dry.status, 200) << dry.body;
  EXPECT_EQ(dry.Json().value("acceptedCount", ""), "2") << dry.body;
  EXPECT_EQ(Candidates(), before);

  const HttpReply kept = Csv(submission_ + ":importMarks?mode=MARKS_MODE_KEEP_GOOD", csv, exams_);
  ASSERT_EQ(kept.status, 200) << kept.body;
  const json report = kept.Json();
  EXPECT_EQ(report.value("acceptedCount", ""), "2");
  EXPECT_EQ(report.value("refusedCount", ""), "7");
  ASSERT_EQ(report["refused"].size(), std::size(expected)) << kept.body;
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(report["refused"][i].value("row", ""), std::to_string(expected[i].line));
    EXPECT_EQ(report["refused"][i].value("field", ""), expected[i].field) << kept.body;
    EXPECT_EQ(report["refused"][i].value("reason", ""), expected[i].reason) << kept.body;
  }
  EXPECT_NE(Candidates().find("G1=10"), std::string::npos) << Candidates();
  EXPECT_NE(Candidates().find("G7=60"), std::string::npos) << Candidates();
}

TEST_F(BadInputTest, FilesWithTheDirtOfOtherSystemsAreTaken) {
  const HttpReply bom = Csv(submission_ + ":importMarks",
                            "\xef\xbb\xbf"
                            "candidate,mark\r\nB1,1\r\nB2,2\r\n",
                            exams_);
  ASSERT_EQ(bom.status, 200) << bom.body;
  EXPECT_EQ(bom.Json().value("acceptedCount", ""), "2");
  const HttpReply cp1252 =
      Csv(submission_ + ":importMarks", "candidate,mark,assessor\nW1,3,Zo\xeb Dupr\xe9\n", exams_);
  ASSERT_EQ(cp1252.status, 200) << cp1252.body;
  EXPECT_EQ(cp1252.Json().value("encoding", ""), "windows-1252");
  const auto list = system_->Get(submission_ + "/candidates?pageSize=1000", exams_);
  EXPECT_NE(list.body.find("Zoë Dupré"), std::string::npos) << list.body;
  // A last line without an end may be whole or cut: it is taken, and the answer says so.
  const HttpReply cut = Csv(submission_ + ":importMarks", "candidate,mark\nT1,4\nT2,5", exams_);
  ASSERT_EQ(cut.status, 200) << cut.body;
  EXPECT_TRUE(cut.Json().value("truncated", false)) << cut.body;
  const HttpReply broken = Csv(submission_ + ":importMarks?mode=MARKS_MODE_KEEP_GOOD",
                               "candidate,mark\nU1,4\n\"U2,5", exams_);
  ASSERT_EQ(broken.status, 200) << broken.body;
  EXPECT_EQ(broken.Json().value("refusedCount", ""), "1") << broken.body;
  EXPECT_EQ(broken.Json()["refused"][0].value("reason", ""), "ROW_MALFORMED");
  ExpectStatusBody(Csv(submission_ + ":importMarks", "learner,mark\nX1,4\n", exams_), 400,
                   "TABLE_HEADER_MISSING_COLUMN");
}

TEST_F(BadInputTest, CentreRowsAreCheckedRowByRow) {
  const std::string header = "URN,SCHNAME,ICLOSE,POSTCODE,OPENDATE,CLOSEDATE\n";
  const HttpReply reply = Csv("/v1/centres:import?layout=england-establishments",
                              header +
                                  "100201,Good School,1,LS1 1AA,,\n"
                                  "12,Short Number,1,LS1 1AA,,\n"
                                  "ABCDEF,Letters,1,LS1 1AA,,\n"
                                  "100202,,1,LS1 1AA,,\n"
                                  "100201,Again,1,LS1 1AA,,\n"
                                  "100203,Closed School,2,LS1 1AA,,\n",
                              officer_);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json report = reply.Json();
  EXPECT_EQ(report.value("rowCount", ""), "6") << reply.body;
  EXPECT_EQ(report.value("createdCount", ""), "2") << reply.body;
  EXPECT_EQ(report.value("refusedCount", ""), "4") << reply.body;
  const std::pair<std::string, std::string> expected[] = {
      {"3", "URN_INVALID"}, {"4", "URN_INVALID"}, {"5", "NAME_MISSING"}, {"6", "URN_DUPLICATE"}};
  ASSERT_EQ(report["refusedRows"].size(), std::size(expected)) << reply.body;
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(report["refusedRows"][i].value("line", ""), expected[i].first);
    EXPECT_EQ(report["refusedRows"][i].value("reason", ""), expected[i].second) << reply.body;
  }
  EXPECT_EQ(system_->Get("/v1/centres/urn-100203", officer_).Json().value("state", ""),
            "STATE_CLOSED");
  ExpectStatusBody(Csv("/v1/centres:import?layout=wrong", header, officer_), 400, "LAYOUT_UNKNOWN");
}

TEST_F(BadInputTest, ARepeatedRequestIdGivesTheFirstAnswerAndAnotherBodyIsRefused) {
  const json body = {{"title", "Autumn 2026"}};
  const std::string path = "/v1/series?seriesId=autumn-2026&requestId=";
  const HttpReply first = system_->Post(path + kUuid1, body, officer_);
  ASSERT_EQ(first.status, 200) << first.body;
  const HttpReply again = system_->Post(path + kUuid1, body, officer_);
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.body, first.body);
  ExpectStatusBody(system_->Post(path + kUuid1, {{"title", "Other"}}, officer_), 400,
                   "REQUEST_ID_REUSED");
  ExpectStatusBody(system_->Post(path + "not-a-uuid", body, officer_), 400, "REQUEST_ID_INVALID");
  ExpectStatusBody(system_->Post(path + kUuid2, body, officer_), 409, "SERIES_EXISTS");
}

TEST_F(BadInputTest, AStaleEtagIsRefused) {
  const std::string centre = "/v1/centres/urn-100102";
  const std::string etag = system_->Get(centre, officer_).Json().value("etag", "");
  ASSERT_FALSE(etag.empty());
  const HttpReply suspended =
      system_->Post(centre + ":suspend", {{"reason", "late returns"}, {"etag", etag}}, officer_);
  ASSERT_EQ(suspended.status, 200) << suspended.body;
  ExpectStatusBody(system_->Post(centre + ":approve", {{"etag", etag}}, officer_), 409,
                   "ETAG_MISMATCH");
  EXPECT_EQ(system_->Get(centre, officer_).Json().value("state", ""), "STATE_SUSPENDED");
  const HttpReply approved = system_->Post(centre + ":approve", json::object(), officer_);
  EXPECT_EQ(approved.status, 200) << approved.body;
}

TEST_F(BadInputTest, APageTokenBelongsToItsQuery) {
  const HttpReply first = system_->Get("/v1/centres?pageSize=1", officer_);
  ASSERT_EQ(first.status, 200) << first.body;
  const std::string token = first.Json().value("nextPageToken", "");
  ASSERT_FALSE(token.empty()) << first.body;
  const HttpReply second = system_->Get("/v1/centres?pageSize=1&pageToken=" + token, officer_);
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_NE(second.Json()["centres"][0]["name"], first.Json()["centres"][0]["name"]);
  ExpectStatusBody(
      system_->Get("/v1/centres?pageSize=1&state=STATE_CLOSED&pageToken=" + token, officer_), 400,
      "PAGE_TOKEN_INVALID");
  ExpectStatusBody(system_->Get("/v1/centres?pageToken=garbage", officer_), 400,
                   "PAGE_TOKEN_INVALID");
  ExpectStatusBody(system_->Get("/v1/centres?pageSize=-1", officer_), 400, "PAGE_SIZE_NEGATIVE");
}

TEST_F(BadInputTest, EveryAnswerCarriesTheRequestId) {
  const HttpReply own = system_->Call(
      {.path = "/v1/nothing", .token = officer_, .headers = {"X-Request-Id: portal-42"}});
  EXPECT_EQ(own.headers.at("x-request-id"), "portal-42");
  EXPECT_FALSE(system_->Get("/v1/centres", officer_).headers.at("x-request-id").empty());
}

TEST_F(BadInputTest, EvidenceThatIsNotWhatWasPromisedIsNotKept) {
  const std::string upload = "/v1/centres/urn-100101/evidence:upload";
  const HttpReply mismatch =
      system_->Call({.method = "POST",
                     .path = upload + "?expectedSha256=" + std::string(64, '0'),
                     .body = "register",
                     .token = exams_,
                     .content_type = "text/plain"});
  ExpectStatusBody(mismatch, 400, "DIGEST_MISMATCH");
  const HttpReply empty = system_->Call(
      {.method = "POST", .path = upload, .token = exams_, .content_type = "text/plain"});
  ExpectStatusBody(empty, 400, "EVIDENCE_EMPTY");
  EXPECT_EQ(system_->Get("/v1/centres/urn-100101/evidence", exams_).Json().count("evidence"), 0u);
}

}  // namespace
}  // namespace assay::e2e
