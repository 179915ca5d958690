#include "gateway/openapi.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "gateway/testing/test_schema.h"

namespace assay::gateway {
namespace {

using nlohmann::json;

json DocOf(const Schema& schema) {
  const auto table = RouteTable::Build(schema, {});
  return json::parse(OpenApiJson(schema, **table));
}

void CollectReferences(const json& value, std::set<std::string>* names) {
  if (value.is_object() && value.contains("$ref")) names->insert(value["$ref"]);
  if (!value.is_structured()) return;
  for (const auto& each : value) CollectReferences(each, names);
}

TEST(OpenApiTest, HasExactlyTheRoutesThatAreServed) {
  for (const char* file : {ASSAY_GATEWAY_TEST_DESCRIPTORS, ASSAY_DESCRIPTORS}) {
    const auto schema = Schema::Load(file);
    ASSERT_TRUE(schema.ok());
    const auto table = RouteTable::Build(**schema, {});
    const json doc = json::parse(OpenApiJson(**schema, **table));
    std::size_t operations = 0;
    std::set<std::string> ids;
    for (const auto& [path, methods] : doc["paths"].items()) {
      for (const auto& [method, operation] : methods.items()) {
        ++operations;
        EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
        // With every parameter filled in, the path must lead to the operation's own method.
        std::string filled;
        bool inside = false;
        for (const char c : path) {
          inside = inside || c == '{';
          if (!inside) filled.push_back(c);
          if (c == '}') filled.push_back('x');
          inside = inside && c != '}';
        }
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        const auto match = (*table)->Match(upper, filled);
        ASSERT_TRUE(match.ok() && match->route != nullptr) << upper << " " << filled;
        const std::string id = operation["operationId"];
        EXPECT_TRUE(id.starts_with(match->route->method->service()->name() + "_" +
                                   match->route->method->name()))
            << id << " " << filled;
      }
    }
    EXPECT_EQ(operations, (*table)->routes().size());
  }
}

TEST(OpenApiTest, EveryReferenceHasItsComponent) {
  const json doc = DocOf(testing::TestSchema());
  std::set<std::string> references;
  CollectReferences(doc, &references);
  EXPECT_GT(references.size(), 5u);
  for (const auto& reference : references) {
    EXPECT_TRUE(doc.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST(OpenApiTest, SaysWhatTheProtosSay) {
  const json doc = DocOf(testing::TestSchema());
  EXPECT_EQ(doc["openapi"], "3.1.0");
  const json& get = doc["paths"]["/v1/shelves/{shelve}/books/{book}"]["get"];
  EXPECT_EQ(get["summary"], "Gets a book");
  EXPECT_EQ(get["parameters"][2]["name"], "delayMs");
  EXPECT_EQ(get["parameters"][2]["in"], "query");
  const json& book = doc["components"]["schemas"]["assay.gateway.test.v1.Book"];
  EXPECT_EQ(book["description"], "A book.");
  EXPECT_EQ(book["properties"]["pages"]["type"], "string");
  EXPECT_EQ(book["properties"]["boughtTime"]["format"], "date-time");
  EXPECT_EQ(book["properties"]["seenMetadata"]["additionalProperties"]["type"], "string");
  const json& lend = doc["paths"]["/v1/shelves/{shelve}/books/{book}:lend"]["post"];
  const json& lend_body = lend["requestBody"]["content"]["application/json"]["schema"];
  EXPECT_TRUE(lend_body["properties"].contains("borrower"));
  EXPECT_FALSE(lend_body["properties"].contains("name")) << "the path binds it";
  const json& upload = doc["paths"]["/v1/shelves/{shelve}/books/{book}:uploadScan"]["post"];
  EXPECT_TRUE(upload["requestBody"]["content"].contains("application/octet-stream"));
  const json& watch = doc["paths"]["/v1/shelves/{shelve}/books:watch"]["get"];
  EXPECT_TRUE(watch["responses"]["200"]["content"].contains("application/x-ndjson"));
}

}  // namespace
}  // namespace assay::gateway
