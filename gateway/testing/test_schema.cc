#include "gateway/testing/test_schema.h"

#include <memory>

#include "gateway/json_reader.h"
#include "gateway/json_writer.h"
#include "gateway/text.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::gateway::testing {

const Schema& TestSchema() {
  static const auto* schema = [] {
    auto loaded = Schema::Load(ASSAY_GATEWAY_TEST_DESCRIPTORS);
    ASSAY_CHECK(loaded.ok());
    return loaded->release();
  }();
  return *schema;
}

const MessageInfo& TestMessage(std::string_view name) {
  const MessageInfo* info = TestSchema().Find(Cat("assay.gateway.test.v1.", name));
  ASSAY_CHECK(info != nullptr);
  return *info;
}

absl::StatusOr<std::string> RoundTrip(const MessageInfo& info, std::string_view json) {
  const std::unique_ptr<google::protobuf::Message> message(info.prototype->New());
  JsonReader reader(TestSchema(), json);
  RETURN_IF_ERROR(reader.ReadMessage(info, nullptr, message.get()));
  RETURN_IF_ERROR(reader.Finish());
  std::string out;
  RETURN_IF_ERROR(WriteJson(TestSchema(), info, *message, &out));
  return out;
}

}  // namespace assay::gateway::testing
