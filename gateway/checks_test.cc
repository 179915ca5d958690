// Published cases (ASSAY_CHECKS names the folder that has them) against our reader,
// writer, templates, matcher and query binding. Where we answer differently on
// purpose, the table below says why; a deviation that no longer deviates fails.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "gateway/bind.h"
#include "gateway/errors.h"
#include "gateway/http_template.h"
#include "gateway/json_reader.h"
#include "gateway/json_writer.h"
#include "gateway/path_matcher.h"
#include "gateway/percent.h"
#include "gateway/testing/test_schema.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;
using nlohmann::json;
using testing::RoundTrip;
using testing::TestMessage;
using testing::TestSchema;

std::vector<json> CasesOf(const std::string& file) {
  const char* folder = std::getenv("ASSAY_CHECKS");
  std::vector<json> cases;
  if (folder == nullptr) return cases;
  std::ifstream in(std::string(folder) + "/" + file);
  for (std::string line; std::getline(in, line);) cases.push_back(json::parse(line));
  EXPECT_FALSE(cases.empty()) << folder << "/" << file;
  return cases;
}

#define ASSAY_NEED_CHECKS(cases)                                                     \
  if (cases.empty()) {                                                               \
    GTEST_SKIP() << "set ASSAY_CHECKS to the folder of transcoding_cases.jsonl and " \
                    "protobuf_json_cases.jsonl to run them";                         \
  }

// Cases of protobuf's own suite that we answer differently.
const std::map<std::string, std::string>& JsonDeviations() {
  static const std::map<std::string, std::string> kDeviations = {
      {"IgnoreUnknownJsonString", "unknown fields are refused: a typing error must not be silent"},
      {"IgnoreUnknownJsonTrue", "as above"},
      {"IgnoreUnknownJsonFalse", "as above"},
      {"IgnoreUnknownJsonNull", "as above"},
      {"IgnoreUnknownEnumStringValueInRepeatedPart", "unknown enum names are refused likewise"},
      {"IgnoreUnknownEnumStringValueInMapPart", "as above"},
  };
  return kDeviations;
}

// Fails like a validator would: our own reading of what each of these must print.
const std::map<std::string, std::string>& PrintedBy() {
  static const std::map<std::string, std::string> kPrinted = {
      {"StoresDefaultPrimitive", ""},  // proto2 only.
      {"FieldNameInLowerCamelCase",
       R"({"fieldname1":1,"fieldName2":2,"FieldName3":3,"fieldName4":4})"},
      {"FieldNameWithNumbers", R"({"field0name5":5,"field0Name6":6})"},
      {"FieldNameWithMixedCases", R"({"fieldName7":7,"FieldName8":8,"fieldName9":9,)"
                                  R"("FieldName10":10,"FIELDNAME11":11,"FIELDName12":12})"},
      {"SkipsDefaultPrimitive", "{}"},
      {"Int64FieldBeString", R"({"optionalInt64":"1"})"},
      {"Uint64FieldBeString", R"({"optionalUint64":"1"})"},
      {"EnumFieldUnknownValue", R"({"optionalNestedEnum":123})"},
      {"DurationHas3FractionalDigits", R"({"optionalDuration":"1.010s"})"},
      {"DurationHas6FractionalDigits", R"({"optionalDuration":"1.000010s"})"},
      {"DurationHas9FractionalDigits", R"({"optionalDuration":"1.000000010s"})"},
      {"TimestampHasZeroFractionalDigit", R"({"optionalTimestamp":"1970-01-01T00:00:00Z"})"},
      {"TimestampHas3FractionalDigits", R"({"optionalTimestamp":"1970-01-01T00:00:00.010Z"})"},
      {"TimestampHas9FractionalDigits",
       R"({"optionalTimestamp":"1970-01-01T00:00:00.000000010Z"})"},
      {"NullValueInNormalMessage", "{}"},
  };
  return kPrinted;
}

// Our messages name enums and Any types of their own package.
std::string Localised(std::string text) {
  const std::string theirs = "protobuf_test_messages.proto3.TestAllTypesProto3";
  const std::string ours = "assay.gateway.test.v1.Everything";
  for (std::size_t at; (at = text.find(theirs)) != std::string::npos;) {
    text.replace(at, theirs.size(), ours);
  }
  return text;
}

void ExpectMessage(const std::string& name, const std::string& input, const std::string& expected) {
  const MessageInfo& info = TestMessage("Everything");
  const std::unique_ptr<pb::Message> wanted(info.prototype->New());
  ASSERT_TRUE(pb::TextFormat::ParseFromString(expected, wanted.get())) << name << expected;
  const std::unique_ptr<pb::Message> message(info.prototype->New());
  JsonReader reader(TestSchema(), input);
  absl::Status status = reader.ReadMessage(info, nullptr, message.get());
  if (status.ok()) status = reader.Finish();
  ASSERT_TRUE(status.ok()) << name << ": " << input << ": " << status;
  EXPECT_EQ(message->DebugString(), wanted->DebugString()) << name;
  // What we print must read back as the same message.
  std::string printed;
  ASSERT_TRUE(WriteJson(TestSchema(), info, *message, &printed).ok()) << name;
  const std::unique_ptr<pb::Message> again(info.prototype->New());
  ASSERT_TRUE(JsonReader(TestSchema(), printed).ReadMessage(info, nullptr, again.get()).ok())
      << name << ": " << printed;
  EXPECT_EQ(again->DebugString(), message->DebugString()) << name;
}

TEST(ChecksTest, ProtobufJsonCases) {
  const auto cases = CasesOf("protobuf_json_cases.jsonl");
  ASSAY_NEED_CHECKS(cases);
  const MessageInfo& info = TestMessage("Everything");
  int run = 0;
  for (const auto& each : cases) {
    const std::string name = each["name"];
    const std::string kind = each["kind"];
    const std::string input = Localised(each["input"]);
    ++run;
    if (kind == "ExpectSerializeFailureForJson") {
      const std::unique_ptr<pb::Message> message(info.prototype->New());
      ASSERT_TRUE(pb::TextFormat::ParseFromString(input, message.get())) << name;
      std::string out;
      EXPECT_FALSE(WriteJson(TestSchema(), info, *message, &out).ok()) << name;
    } else if (kind == "ExpectParseFailureForJson" || JsonDeviations().contains(name)) {
      EXPECT_FALSE(RoundTrip(info, input).ok()) << name << ": " << input;
    } else if (kind == "RunValidJsonTestOrParseFailure") {
      EXPECT_FALSE(RoundTrip(info, input).ok()) << name << ": the stricter answer is ours";
    } else if (kind == "RunValidJsonTestWithValidator") {
      ASSERT_TRUE(PrintedBy().contains(name)) << name << ": say what it must print";
      if (PrintedBy().at(name).empty()) {
        --run;
        continue;
      }
      const auto printed = RoundTrip(info, input);
      ASSERT_TRUE(printed.ok()) << name << ": " << printed.status();
      EXPECT_EQ(*printed, PrintedBy().at(name)) << name;
    } else {
      ExpectMessage(name, input, Localised(each["expect_textproto"]));
    }
  }
  std::cout << run << " of " << cases.size() << " protobuf JSON cases run\n";
  EXPECT_GE(run, 205);
}

// Transcoding cases that we answer differently.
const std::map<std::string, std::string>& TranscodingDeviations() {
  static const std::map<std::string, std::string> kDeviations = {
      {"T015", "http.proto has '**' last; a template with it elsewhere stops the start"},
      {"T083", "its routes have '**' in the middle"},
      {"T148", "no parameter is special; api_key would be a secret in an access log"},
      {"T156", "protobuf's \"46800s\" is the one form of a duration"},
      {"T160", "http.proto binds no maps from the query"},
      {"T161", "as T160"},
      {"T162", "as T160"},
      {"T190", "quotes in a query are part of the text"},
      {"T202", "what the body binds the query cannot set (decision 2)"},
      {"T203", "what the path binds the query cannot set (decision 2)"},
      {"T206", "a second value is refused also when equal (decision 2)"},
      {"T209", "http.proto: body names a top-level field"},
  };
  return kDeviations;
}

TEST(ChecksTest, TemplateCases) {
  const auto cases = CasesOf("transcoding_cases.jsonl");
  ASSAY_NEED_CHECKS(cases);
  int run = 0;
  for (const auto& each : cases) {
    const std::string area = each["area"];
    if (area != "template-accept" && area != "template-reject") continue;
    ++run;
    const std::string input = each["input"] == "(empty string)" ? "" : each["input"];
    const bool accept = area == "template-accept" && !TranscodingDeviations().contains(each["id"]);
    EXPECT_EQ(ParseHttpTemplate(input).ok(), accept) << each;
  }
  EXPECT_EQ(run, 32);
}

// The routes and the answers of the match, path-binding and verb cases, in a form that
// can be run: the file has them in words.
struct MatchCase {
  const char* id;
  std::vector<const char*> routes;
  const char* path;
  const char* expected;  // "route | value | value", "none", or a reason.
};

const std::vector<MatchCase>& MatchCases() {
  static const std::vector<const char*> kMixed = {"/a/**",    "/b/*",     "/c/*/d/**",
                                                  "/c/*/d/e", "/c/f/d/e", "/"};
  static const std::vector<const char*> kVars = {
      "/a/{x}/c/d/e", "/{x=a/*}/b/{y=*}/c", "/a/{x=b/*}/{y=d/**}", "/alpha/{x=*}/beta/{y=**}",
      "/{x=*}/a",     "/a/b/{x=*}",         "/a/b/c/{x=**}",       "/{x=*}/d/e/f/{y=**}"};
  static const std::vector<const char*> kFoo = {"/foo/bar/baz/buzz",
                                                "/foo/bar/{name}",
                                                "/foo/bar/{name}/baz/{child}",
                                                "/foo/bar/*/{thing.id}/{cat=**}",
                                                "/foo/bar/*/{thing.id}/{cat=**}:do",
                                                "/trailing/**:slash",
                                                "/verb"};
  static const std::vector<const char*> kPerson = {"/person", "/person/{id=*}", "/{x=**}:verb"};
  static const std::vector<const char*> kSome = {"/some/const:verb", "/some/*:verb",
                                                 "/some/*/foo:verb", "/other/**:verb"};
  static const std::vector<const char*> kBoth = {"/{a=**}:verb", "/{a=**}"};
  static const std::vector<MatchCase> kCases = {
      {"T060", kMixed, "b/c/d", "PATH_INVALID"},
      {"T061", kMixed, "/c/u/d/v", "/c/*/d/**"},
      {"T062", kMixed, "/c/v/d/w/x", "/c/*/d/**"},
      {"T063", kMixed, "/c/x/y/d/z", "none"},
      {"T066", kMixed, "/c/f/d/e", "/c/f/d/e"},
      {"T068", {"/**"}, "/", "/**"},
      {"T069", {"/**"}, "/a", "/**"},
      {"T070", {"/**"}, "/a/", "/**"},
      {"T071",
       {"/prefix", "/prefix/middle", "/prefix/middle/suffix"},
       "/prefix/middle/suffix/other",
       "none"},
      {"T073", {"/prefix", "/prefix/middle", "/prefix/middle/suffix"}, "/prefix/other", "none"},
      {"T080", kVars, "/a/b/zoo/d/animal/tiger", "/a/{x=b/*}/{y=d/**} | b/zoo | d/animal/tiger"},
      {"T084", kVars, "/a/b/foo", "/a/b/{x=*} | foo"},
      {"T086", kVars, "/foo/d/e/f/bar/baz", "/{x=*}/d/e/f/{y=**} | foo | bar/baz"},
      {"T096", kFoo, "/bob/lob/law", "none"},
      {"T098", kFoo, "/foo/bar/baz/buzz", "/foo/bar/baz/buzz"},
      {"T100", kFoo, "/foo/bar/baz/123", "none"},
      {"T103", kFoo, "/trailing:slash", "none"},
      {"T107", {"/a/{x}/c"}, "/a/p%20q%2Fr+/c", "/a/{x}/c | p q/r+"},
      {"T109",
       {"/a/{x=p/*/q/*}/c"},
       "/a/p/foo%20foo/q/bar%2Fbar/c",
       "/a/{x=p/*/q/*}/c | p/foo foo/q/bar%2Fbar"},
      {"T112",
       {"/a/{x=*}/{y=**}"},
       "/a/z/%21%23%24%26%27%28%29%2A%2B%2C%2F%3A%3B%3D%3F%40%5B%5D",
       "/a/{x=*}/{y=**} | z | !#$&'()*+,%2F:;=?@[]"},
      {"T114", kFoo, "/foo/bar/baz/%2f/%2A/%2f", "/foo/bar/*/{thing.id}/{cat=**} | / | */%2F"},
      {"T115", {"/{x}"}, "/foo%252Fbar", "/{x} | foo%2Fbar"},
      {"T116", {"/{x=**}"}, "/foo%2fbar", "/{x=**} | foo%2Fbar"},
      {"T118",
       {"/foo/{id=*}/bar"},
       "/foo/success%2fwith%2Fspace/bar",
       "/foo/{id=*}/bar | success/with/space"},
      {"T122", kPerson, "/animal/cat:verb", "/{x=**}:verb | animal/cat"},
      {"T123", kPerson, "/animal", "none"},
      {"T124", kPerson, "/person:other", "none"},
      {"T125", kPerson, "/person/jason:other", "/person/{id=*} | jason:other"},
      {"T126", kPerson, "/animal/cat:other", "none"},
      {"T130", {"/foo/{a=*}"}, "/foo/other:verb", "/foo/{a=*} | other:verb"},
      {"T131", {"/foo/*/hello"}, "/foo/other:verb/hello", "/foo/*/hello"},
      {"T133", kSome, "/some/other:verb", "/some/*:verb"},
      {"T136", kSome, "/other/bar/foo:verb", "/other/**:verb"},
      {"T138", kBoth, "/some:verb/const:verb", "/{a=**}:verb | some:verb/const"},
      {"T139", kBoth, "/some:verb/const", "/{a=**} | some:verb/const"},
      {"T140", kBoth, "/some:verb2/const:verb2", "/{a=**} | some:verb2/const:verb2"},
      {"T290", {"/v1/fixedshelves/{shelf=100}"}, "/v1/fixedshelves/101", "none"},
      {"T291", {"/v1/{shelf}"}, "/v1/Foo%2FBar%2FBaz", "/v1/{shelf} | Foo/Bar/Baz"},
  };
  return kCases;
}

std::string Find(const MatchCase& each) {
  PathMatcher matcher;
  int id = 0;
  for (const char* route : each.routes) {
    EXPECT_TRUE(matcher.Add("GET", *ParseHttpTemplate(route), id++).ok()) << each.id;
  }
  const auto match = matcher.Match("GET", each.path);
  if (!match.ok()) return platform::ReasonOf(match.status());
  if (match->id < 0) return "none";
  std::string found = each.routes[match->id];
  if (std::string_view(each.expected).find('|') == std::string_view::npos) return found;
  for (const auto& value : match->values) found += " | " + value;
  return found;
}

TEST(ChecksTest, MatchCases) {
  const auto cases = CasesOf("transcoding_cases.jsonl");
  ASSAY_NEED_CHECKS(cases);
  std::set<std::string> ids;
  for (const auto& each : cases) ids.insert(each["id"]);
  for (const auto& each : MatchCases()) {
    EXPECT_TRUE(ids.contains(each.id)) << each.id;
    EXPECT_EQ(Find(each), each.expected) << each.id;
  }
}

absl::StatusOr<std::string> Query(const std::string& query) {
  const MessageInfo& info = TestMessage("QueryShape");
  Route route;
  route.request = &info;
  const std::unique_ptr<pb::Message> message(info.prototype->New());
  if (auto status = BindQuery(TestSchema(), route, query, message.get()); !status.ok()) {
    return status;
  }
  std::string out;
  if (auto status = WriteJson(TestSchema(), info, *message, &out); !status.ok()) return status;
  return out;
}

TEST(ChecksTest, QueryCases) {
  const auto cases = CasesOf("transcoding_cases.jsonl");
  ASSAY_NEED_CHECKS(cases);
  const std::map<std::string, std::string> kPrinted = {
      {"T143", R"({"x":"hello"})"},
      {"T144", R"({"x":"Hello world"})"},
      {"T145", R"({"x":"$%/ \n"})"},
      {"T149", R"({"y":"2"})"},
      {"T154", R"({"repeatedEnum":["X","Z","X"]})"},
      {"T155", R"({"timestampValue":"2016-12-15T12:23:32.000000049Z"})"},
      {"T159", R"({"wrapperBytesValue":"YWJjMTIzIT8kKiYoKSctPUB+"})"},
      {"T164", R"({"structValue":{"a":{"b":1}}})"},
      {"T166", R"({"floatValue":1.5})"},
      {"T169", R"({"nestedOneofValueOne":{"int64Value":"-1","stringValue":"foo"}})"},
      {"T170", R"({"optionalValue":"str"})"},
      {"T186", R"({"doubleValue":"NaN"})"},
      {"T187", R"({"doubleValue":"-Infinity"})"},
      {"T188", R"({"duration":"3.000000001s"})"},
      {"T194", R"({"enumList":["Y"]})"},
      {"T195", R"({"recursive":{"doubleValue":1.234}})"},
  };
  int run = 0;
  for (const auto& each : cases) {
    const std::string area = each["area"];
    const std::string id = each["id"];
    // T167, T183 and T191 are in words; the tests of bind.h have them.
    if ((area != "query" && area != "query-error") || id == "T167" || id == "T191") continue;
    const auto bound = Query(each["input"]);
    const std::string expected = each["expected"];
    const bool refused = area == "query-error" || expected.starts_with("400");
    if (TranscodingDeviations().contains(id)) {
      if (id != "T190") EXPECT_FALSE(bound.ok()) << each;
    } else if (refused) {
      EXPECT_FALSE(bound.ok()) << each << " " << *bound;
    } else {
      ASSERT_TRUE(bound.ok()) << each << " " << bound.status();
      ASSERT_TRUE(kPrinted.contains(id)) << each;
      EXPECT_EQ(*bound, kPrinted.at(id)) << each;
    }
    ++run;
  }
  std::cout << run << " query cases run\n";
  EXPECT_GE(run, 30);
}

TEST(ChecksTest, ErrorMapCases) {
  const auto cases = CasesOf("transcoding_cases.jsonl");
  ASSAY_NEED_CHECKS(cases);
  const char* kNames[] = {"OK",
                          "CANCELLED",
                          "UNKNOWN",
                          "INVALID_ARGUMENT",
                          "DEADLINE_EXCEEDED",
                          "NOT_FOUND",
                          "ALREADY_EXISTS",
                          "PERMISSION_DENIED",
                          "RESOURCE_EXHAUSTED",
                          "FAILED_PRECONDITION",
                          "ABORTED",
                          "OUT_OF_RANGE",
                          "UNIMPLEMENTED",
                          "INTERNAL",
                          "UNAVAILABLE",
                          "DATA_LOSS",
                          "UNAUTHENTICATED"};
  int run = 0;
  for (const auto& each : cases) {
    if (each["area"] != "error-map") continue;
    for (int code = 0; code < 17; ++code) {
      if (each["input"] != std::string("grpc-status ") + kNames[code]) continue;
      EXPECT_EQ("HTTP " + std::to_string(HttpCodeOf(code)), each["expected"]) << each;
      ++run;
    }
  }
  EXPECT_EQ(run, 11);
}

}  // namespace
}  // namespace assay::gateway
