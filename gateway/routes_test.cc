#include "gateway/routes.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/testing/test_schema.h"
#include "google/api/annotations.pb.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;
using platform::testing::IsOk;

// The test service with one method's http rule changed.
absl::StatusOr<std::unique_ptr<RouteTable>> TableWith(
    const std::string& method, const std::function<void(google::api::HttpRule&)>& change) {
  pb::FileDescriptorSet files;
  std::ifstream in(ASSAY_GATEWAY_TEST_DESCRIPTORS, std::ios::binary);
  EXPECT_TRUE(files.ParseFromIstream(&in));
  for (auto& file : *files.mutable_file()) {
    for (auto& service : *file.mutable_service()) {
      for (auto& each : *service.mutable_method()) {
        if (each.name() != method) continue;
        change(*each.mutable_options()->MutableExtension(google::api::http));
      }
    }
  }
  // Routes point into the schema; the caller only looks at the status.
  static std::vector<std::unique_ptr<Schema>> kept;
  auto schema = Schema::FromFiles(files);
  EXPECT_THAT(schema, IsOk());
  kept.push_back(*std::move(schema));
  return RouteTable::Build(*kept.back(), {});
}

const Route& RouteOf(const RouteTable& table, const std::string& method) {
  for (const auto& route : table.routes()) {
    if (route->method->name() == method) return *route;
  }
  ADD_FAILURE() << method;
  return *table.routes()[0];
}

TEST(RouteTableTest, TheShapeFollowsFromTheTypes) {
  const auto table = RouteTable::Build(testing::TestSchema(), {});
  ASSERT_THAT(table, IsOk());
  const std::pair<const char*, RouteShape> kShapes[] = {
      {"GetBook", RouteShape::kUnary},
      {"UploadScan", RouteShape::kUpload},
      {"ImportBooks", RouteShape::kClientStream},
      {"DownloadScan", RouteShape::kDownload},
      {"WatchBooks", RouteShape::kServerStream},
      {"PutCover", RouteShape::kUnary},
  };
  for (const auto& [method, shape] : kShapes) {
    EXPECT_EQ(RouteOf(**table, method).shape, shape) << method;
  }
  EXPECT_TRUE(RouteOf(**table, "PutCover").raw_request);
  EXPECT_TRUE(RouteOf(**table, "GetCover").raw_response);
  EXPECT_EQ(RouteOf(**table, "LendBook").deadline, absl::Seconds(2));
  EXPECT_EQ(RouteOf(**table, "GetBook").deadline, absl::ZeroDuration());
  for (const auto& route : (*table)->routes()) EXPECT_NE(route->method->name(), "Hidden");
}

TEST(RouteTableTest, WhatCannotWorkStopsTheStartAndNamesTheMethod) {
  using Rule = google::api::HttpRule;
  const std::pair<std::function<void(Rule&)>, const char*> kCases[] = {
      {[](Rule& r) { r.set_get("/v1/{name=shelves/**}/x"); }, "last segment"},
      {[](Rule& r) { r.set_get("/v1/{nome=shelves/*}"); }, "no field 'nome'"},
      {[](Rule& r) { r.set_get("/v1/{name.x}"); }, "no field 'x'"},
      {[](Rule& r) { r.set_get("/v1/{parent=shelves/*}/books"); }, "no field 'parent'"},
      {[](Rule& r) { r.set_get("/v1/query"); }, "same paths"},
      {[](Rule& r) { r.set_body("*"); }, "no body"},
      {[](Rule& r) { r.set_post("/v1/x"), r.set_body("nothing"); }, "no field 'nothing'"},
      {[](Rule& r) { r.set_response_body("nothing"); }, "no field 'nothing'"},
  };
  for (const auto& [change, why] : kCases) {
    const auto table = TableWith("GetBook", change);
    ASSERT_FALSE(table.ok()) << why;
    const std::string text(table.status().message());
    EXPECT_NE(text.find(why), std::string::npos) << text;
    EXPECT_NE(text.find("ShopService"), std::string::npos) << text;
  }
  EXPECT_FALSE(TableWith("Echo", [](Rule& r) { r.set_post("/v1/{repeated_int32}"); }).ok());
  EXPECT_FALSE(TableWith("Echo", [](Rule& r) { r.set_post("/v1/{optional_any}"); }).ok());
  EXPECT_FALSE(
      TableWith("CreateBook", [](Rule& r) { r.set_post("/v1/{book.name}/{book.name}"); }).ok());
}

TEST(RouteTableTest, TheLongestPrefixDecidesWhoServes) {
  const auto rules = ParseBackends({"assay=h:1", "assay.gateway.test.v1.ShopService=h:3",
                                    "assay.gateway=h:2", "assay.gateway.test.v1.Shop=h:4"});
  ASSERT_THAT(rules, IsOk());
  const auto table = RouteTable::Build(testing::TestSchema(), *rules);
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ((*table)->backends()[RouteOf(**table, "GetBook").backend], "h:3");
  const auto none = RouteTable::Build(testing::TestSchema(), *ParseBackends({"assay.other=h:1"}));
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(RouteOf(**none, "GetBook").backend, -1);
}

TEST(ParseBackendsTest, RefusesWhatIsNoRule) {
  for (const char* text : {"", "a", "a=", "=h:1", "a=h", "a=h:", "a=:1"}) {
    EXPECT_FALSE(ParseBackends({text}).ok()) << text;
  }
}

TEST(SchemaTest, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(Schema::Load("/no/such/file").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(Schema::Load(ASSAY_ROOT "/gateway/routes.h").ok());
  pb::FileDescriptorSet files;
  auto* file = files.add_file();
  file->set_name("a.proto");
  file->add_dependency("missing.proto");
  const auto schema = Schema::FromFiles(files);
  ASSERT_FALSE(schema.ok());
  EXPECT_NE(schema.status().message().find("missing.proto"), std::string::npos);
}

// The product's own protos, so that a bad annotation is found before a start is.
TEST(RouteTableTest, TheProductsProtosMakeRoutes) {
  const auto schema = Schema::Load(ASSAY_DESCRIPTORS);
  ASSERT_THAT(schema, IsOk());
  const auto table = RouteTable::Build(**schema, {});
  ASSERT_THAT(table, IsOk());
  EXPECT_GT((*table)->routes().size(), 40u);
  for (const auto& route : (*table)->routes()) {
    EXPECT_TRUE(route->path.text.starts_with("/v1/")) << route->path.text;
    EXPECT_NE(route->method->service()->name(), "OperationsService");
  }
}

}  // namespace
}  // namespace assay::gateway
