#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>

#include "gateway/json_reader.h"
#include "gateway/json_writer.h"
#include "gateway/testing/test_schema.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using testing::RoundTrip;
using testing::TestMessage;
using testing::TestSchema;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(JsonTest, WhatIsReadIsWrittenInTheStandardForm) {
  // {what a client may send, what comes back}
  const std::pair<const char*, const char*> kCases[] = {
      {"{}", "{}"},
      {" {\n} ", "{}"},
      {R"({"optional_int32":1})", R"({"optionalInt32":1})"},
      {R"({"optionalInt64":1,"optionalUint64":"2"})",
       R"({"optionalInt64":"1","optionalUint64":"2"})"},
      {R"({"optionalInt32":0,"optionalString":"","optionalBool":false})", "{}"},
      {R"({"presentString":"","presentInt32":0})", R"({"presentString":"","presentInt32":0})"},
      {R"({"optionalInt32":null,"repeatedInt32":null})", "{}"},
      {R"({"optionalDouble":1.5,"optionalFloat":-0.1})",
       R"({"optionalFloat":-0.1,"optionalDouble":1.5})"},
      {R"({"optionalDouble":"NaN","optionalFloat":"-Infinity"})",
       R"({"optionalFloat":"-Infinity","optionalDouble":"NaN"})"},
      {R"({"optionalDouble":1e-400})", "{}"},
      {R"({"optionalNestedEnum":"BAR","repeatedNestedEnum":[2,-1,77]})",
       R"({"optionalNestedEnum":"BAR","repeatedNestedEnum":["BAZ","NEG",77]})"},
      {R"({"optionalBytes":"-_8","repeatedBytes":["+/8=","","QQ"]})",
       R"({"optionalBytes":"+/8=","repeatedBytes":["+/8=","","QQ=="]})"},
      {R"({"optionalString":"\u00e9\ud83d\ude00\"\\\/\n\u0001"})",
       "{\"optionalString\":\"\xc3\xa9\xf0\x9f\x98\x80\\\"\\\\/\\n\\u0001\"}"},
      {R"({"mapInt32Int32":{"2":3,"-1":4},"mapBoolBool":{"true":false}})",
       R"({"mapInt32Int32":{"-1":4,"2":3},"mapBoolBool":{"true":false}})"},
      {R"({"mapStringNestedMessage":{"b":{"a":1},"a":{}}})",
       R"({"mapStringNestedMessage":{"a":{},"b":{"a":1}}})"},
      {R"({"oneofUint32":0})", R"({"oneofUint32":0})"},
      {R"({"oneofUint32":null,"oneofString":"x"})", R"({"oneofString":"x"})"},
      {R"({"oneofNullValue":null})", R"({"oneofNullValue":null})"},
      {R"({"optionalBoolWrapper":false,"optionalInt64Wrapper":"5","optionalStringWrapper":null})",
       R"({"optionalBoolWrapper":false,"optionalInt64Wrapper":"5"})"},
      {R"({"optionalTimestamp":"2026-05-01T10:00:00.5+01:00"})",
       R"({"optionalTimestamp":"2026-05-01T09:00:00.500Z"})"},
      {R"({"optionalDuration":"-0.000001s"})", R"({"optionalDuration":"-0.000001s"})"},
      {R"({"optionalFieldMask":"a,bC.dE1"})", R"({"optionalFieldMask":"a,bC.dE1"})"},
      {R"({"optionalStruct":{"b":[1,null,{"c":"d"}],"a":true}})",
       R"({"optionalStruct":{"a":true,"b":[1,null,{"c":"d"}]}})"},
      {R"({"optionalValue":null,"repeatedValue":[null,1.5,[],{}]})",
       R"({"optionalValue":null,"repeatedValue":[null,1.5,[],{}]})"},
      {R"({"optionalAny":{}})", R"({"optionalAny":{}})"},
      {R"({"optionalAny":{"a":3,"@type":"x.y/assay.gateway.test.v1.Everything.Inner"}})",
       R"({"optionalAny":{"@type":"x.y/assay.gateway.test.v1.Everything.Inner","a":3}})"},
      {R"({"optionalAny":{"value":"1.5s","@type":"t/google.protobuf.Duration"}})",
       R"({"optionalAny":{"@type":"t/google.protobuf.Duration","value":"1.500s"}})"},
      {R"({"optionalAny":{"@type":"t/google.protobuf.Any",
           "value":{"@type":"t/google.protobuf.Value","value":[1]}}})",
       R"({"optionalAny":{"@type":"t/google.protobuf.Any",)"
       R"("value":{"@type":"t/google.protobuf.Value","value":[1]}}})"},
  };
  for (const auto& [in, out] : kCases) {
    const auto back = RoundTrip(TestMessage("Everything"), in);
    ASSERT_THAT(back, IsOk()) << in;
    EXPECT_EQ(*back, out) << in;
  }
}

TEST(JsonTest, TextThatIsNotJsonIsRefusedWithLineAndColumn) {
  for (const char* text : {"",
                           " ",
                           "\r \t\n",
                           "{",
                           "}",
                           "{\"a",
                           R"({"optionalInt32":1,})",
                           R"({"optionalInt32":1 "optionalBool":true})",
                           R"({'optionalInt32':1})",
                           R"({optionalInt32:1})",
                           R"({"optionalInt32":01})",
                           R"({"optionalInt32":+1})",
                           R"({"optionalInt32":.5})",
                           R"({"optionalInt32":1.})",
                           R"({"optionalInt32":1e})",
                           R"({"optionalInt32":0x1})",
                           R"({"optionalDouble":NaN})",
                           R"({"optionalBool":True})",
                           R"({"optionalBool":truely})",
                           R"({"optionalString":"\x"})",
                           R"({"optionalString":"\ud800"})",
                           R"({"optionalString":"\udc00\ud800"})",
                           R"({"optionalString":"\u12"})",
                           "{\"optionalString\":\"a\tb\"}",
                           "{\"optionalString\":\"\xc3\x28\"}",
                           "{\"optionalString\":\"\xed\xa0\x80\"}",
                           "{\"optionalString\":\"\xc0\xaf\"}",
                           R"({"optionalString":"a)",
                           "\xef\xbb\xbf{}",
                           "{} {}",
                           "{}x",
                           "{/**/}",
                           "// c\n{}",
                           R"({"repeatedInt32":[1,]})",
                           R"({"repeatedInt32":[1 2]})",
                           R"({"repeatedInt32":[,1]})",
                           R"({"unknown":01})",
                           R"({"unknown":[1,}})",
                           R"({"mapInt32Int32":{1:2}})",
                           R"({null:1})"}) {
    const auto back = RoundTrip(TestMessage("Everything"), text);
    EXPECT_THAT(back, IsError(kInvalid, "JSON_MALFORMED")) << text;
  }
  const auto back = RoundTrip(TestMessage("Everything"), "{\n  \"optionalInt32\": ]");
  EXPECT_EQ(platform::MetadataOf(back.status(), "line"), "2");
  EXPECT_EQ(platform::MetadataOf(back.status(), "column"), "20");
}

TEST(JsonTest, AWrongFieldIsNamedByItsPath) {
  struct Case {
    const char* json;
    const char* reason;
    const char* field;
  };
  const Case kCases[] = {
      {R"([])", "FIELD_TYPE_WRONG", ""},
      {R"(null)", "FIELD_TYPE_WRONG", ""},
      {R"("a")", "FIELD_TYPE_WRONG", ""},
      {R"({"nope":1})", "FIELD_UNKNOWN", "nope"},
      {R"({"optionalNestedMessage":{"b":1}})", "FIELD_UNKNOWN", "optional_nested_message.b"},
      {R"({"optionalInt32":"x"})", "FIELD_TYPE_WRONG", "optional_int32"},
      {R"({"optionalInt32":1.5})", "FIELD_TYPE_WRONG", "optional_int32"},
      {R"({"optionalInt32":2147483648})", "FIELD_TYPE_WRONG", "optional_int32"},
      {R"({"optionalUint32":-1})", "FIELD_TYPE_WRONG", "optional_uint32"},
      {R"({"optionalInt64":"9223372036854775808"})", "FIELD_TYPE_WRONG", "optional_int64"},
      {R"({"optionalFloat":1e39})", "FIELD_TYPE_WRONG", "optional_float"},
      {R"({"optionalDouble":1e309})", "FIELD_TYPE_WRONG", "optional_double"},
      {R"({"optionalBool":"true"})", "FIELD_TYPE_WRONG", "optional_bool"},
      {R"({"optionalString":1})", "FIELD_TYPE_WRONG", "optional_string"},
      {R"({"optionalBytes":"A"})", "FIELD_TYPE_WRONG", "optional_bytes"},
      {R"({"optionalNestedEnum":"NO"})", "FIELD_TYPE_WRONG", "optional_nested_enum"},
      {R"({"optionalNestedEnum":"1"})", "FIELD_TYPE_WRONG", "optional_nested_enum"},
      {R"({"repeatedInt32":1})", "FIELD_TYPE_WRONG", "repeated_int32"},
      {R"({"repeatedInt32":[1,"2",{}]})", "FIELD_TYPE_WRONG", "repeated_int32[2]"},
      {R"({"repeatedInt32":[1,null]})", "FIELD_TYPE_WRONG", "repeated_int32[1]"},
      {R"({"repeatedNestedMessage":[{},{"a":[]}]})", "FIELD_TYPE_WRONG",
       "repeated_nested_message[1].a"},
      {R"({"mapStringNestedMessage":{"k":{"a":"z"}}})", "FIELD_TYPE_WRONG",
       R"(map_string_nested_message["k"].a)"},
      {R"({"mapInt32Int32":{"x":1}})", "FIELD_TYPE_WRONG", R"(map_int32_int32["x"])"},
      {R"({"mapInt32Int32":{"1":null}})", "FIELD_TYPE_WRONG", R"(map_int32_int32["1"])"},
      {R"({"mapInt32Int32":{"1":1,"1":2}})", "FIELD_DUPLICATE", R"(map_int32_int32["1"])"},
      {R"({"optionalInt32":1,"optional_int32":1})", "FIELD_DUPLICATE", "optional_int32"},
      {R"({"optionalStruct":{"a":1,"a":2}})", "FIELD_DUPLICATE", R"(optional_struct["a"])"},
      {R"({"oneofUint32":1,"oneofString":"x"})", "FIELD_DUPLICATE", "oneof_string"},
      {R"({"optionalTimestamp":"2026-02-30T00:00:00Z"})", "FIELD_TYPE_WRONG", "optional_timestamp"},
      {R"({"optionalDuration":"1"})", "FIELD_TYPE_WRONG", "optional_duration"},
      {R"({"optionalFieldMask":"a_b"})", "FIELD_TYPE_WRONG", "optional_field_mask"},
      {R"({"optionalAny":{"a":1}})", "FIELD_TYPE_WRONG", "optional_any"},
      {R"({"optionalAny":{"@type":"t/no.Such"}})", "FIELD_TYPE_WRONG", "optional_any"},
      {R"({"optionalAny":{"@type":"t/google.protobuf.Value","other":1}})", "FIELD_TYPE_WRONG",
       "optional_any"},
  };
  for (const auto& each : kCases) {
    const auto back = RoundTrip(TestMessage("Everything"), each.json);
    EXPECT_THAT(back, IsError(kInvalid, each.reason)) << each.json;
    EXPECT_EQ(platform::MetadataOf(back.status(), "field"), each.field) << each.json;
  }
}

std::string Nested(int levels, std::string_view open, std::string_view close) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += open;
  for (int i = 0; i < levels; ++i) text += close;
  return text;
}

TEST(JsonTest, NestingIsBoundedWhereProtobufsOwnParsersBoundIt) {
  const auto& info = TestMessage("Everything");
  const auto message = [](int n) {
    return Nested(n, R"({"recursiveMessage":)", "") + "{}" + Nested(n, "", "}");
  };
  EXPECT_THAT(RoundTrip(info, message(99)), IsOk());
  EXPECT_THAT(RoundTrip(info, message(100)), IsError(kInvalid, "JSON_MALFORMED"));
  const auto structs = [](int n) {
    return R"({"optionalStruct":)" + Nested(n, R"({"a":)", "") + "{}" + Nested(n, "", "}") + "}";
  };
  EXPECT_THAT(RoundTrip(info, structs(31)), IsOk());
  EXPECT_THAT(RoundTrip(info, structs(100)), IsError(kInvalid, "JSON_MALFORMED"));
  for (const char* open : {"[", R"({"optionalValue":[)", R"({"x":)"}) {
    EXPECT_FALSE(RoundTrip(info, Nested(100'000, open, "")).ok());
  }
}

TEST(JsonTest, WhatThePathBindsTheBodyMayNotSetUnderAnyName) {
  const auto& info = TestMessage("Everything");
  const FieldInfo& outer = *info.Find("optional_nested_message");
  const std::vector<Bound> bound = {{info.Find("optional_int64"), true, {}},
                                    {&outer, false, {{outer.message->Find("a"), true, {}}}}};
  const auto read = [&](std::string_view json) {
    const std::unique_ptr<google::protobuf::Message> message(info.prototype->New());
    JsonReader reader(TestSchema(), json);
    return reader.ReadMessage(info, &bound, message.get());
  };
  for (const char* json : {R"({"optionalInt64":1})", R"({"optional_int64":"4294967297"})",
                           R"({"optionalInt64":null})", R"({"optionalNestedMessage":{"a":1}})"}) {
    EXPECT_THAT(read(json), IsError(kInvalid, "FIELD_DUPLICATE")) << json;
  }
  EXPECT_THAT(read(R"({"optionalNestedMessage":{"corecursive":{"optionalInt64":1}}})"), IsOk());
}

TEST(JsonTest, WhatJsonHasNoFormForIsNotWritten) {
  const auto& info = TestMessage("Everything");
  for (const char* text :
       {"optional_timestamp: {seconds: 253402300800}", "optional_timestamp: {nanos: -1}",
        "optional_duration: {seconds: 1 nanos: -1}", "optional_duration: {seconds: 315576000001}",
        "optional_field_mask: {paths: \"fooBar\"}", "optional_field_mask: {paths: \"foo__bar\"}",
        "optional_field_mask: {paths: \"foo_3\"}", "optional_value: {number_value: nan}",
        "optional_value: {}",
        "optional_any: {type_url: \"t/google.protobuf.Duration\" value: \"\\377\"}"}) {
    const std::unique_ptr<google::protobuf::Message> message(info.prototype->New());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
    std::string out;
    EXPECT_EQ(WriteJson(TestSchema(), info, *message, &out).code(), absl::StatusCode::kInternal)
        << text;
  }
}

}  // namespace
}  // namespace assay::gateway
