#include "tests/tidy/include_rules.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace assay::tidy {
namespace {

std::vector<IncludeRule> OurRules() {
  std::ifstream in(std::string(ASSAY_ROOT) + "/tests/tidy/include_rules.txt");
  return ReadRules(in);
}

std::vector<std::string> Check(const std::string& path, const std::string& text) {
  std::istringstream in(text);
  return Breaches(OurRules(), path, in);
}

TEST(IncludeRulesTest, TheWholeTreeObeys) {
  namespace fs = std::filesystem;
  const auto rules = OurRules();
  int files = 0;
  for (const char* top : {"services", "gateway", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(ASSAY_ROOT) / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc") continue;
      std::ifstream text(entry.path());
      ++files;
      for (const auto& breach :
           Breaches(rules, fs::relative(entry.path(), ASSAY_ROOT).string(), text)) {
        ADD_FAILURE() << breach;
      }
    }
  }
  EXPECT_GT(files, 50);
}

struct Case {
  const char* what;
  const char* path;
  const char* line;
  bool allowed;
};

class IncludeRulesTableTest : public ::testing::TestWithParam<Case> {};

TEST_P(IncludeRulesTableTest, Decides) {
  const Case& c = GetParam();
  EXPECT_EQ(Check(c.path, c.line).empty(), c.allowed) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    Layering, IncludeRulesTableTest,
    ::testing::Values(Case{"a rule may not see protobuf", "services/moderation/sampling/x.cc",
                           "#include \"assay/moderation/v1/events.pb.h\"", false},
                      Case{"a rule may not read the clock", "services/moderation/sampling/x.cc",
                           "#include \"services/platform/core/clock.h\"", false},
                      Case{"a rule sees its model", "services/moderation/sampling/x.cc",
                           "#include \"services/moderation/model.h\"", true},
                      Case{"a service may not see another", "services/moderation/service.cc",
                           "#include \"services/approval/model.h\"", false},
                      Case{"a service sees another's protos",
                           "services/moderation/clients/approval.cc",
                           "#include \"assay/approval/v1/approval_service.pb.h\"", true},
                      Case{"only storage sees a driver", "services/moderation/store.cc",
                           "#include <sqlite3.h>", false},
                      Case{"storage sees its drivers", "services/platform/storage/sqlite.cc",
                           "#include <sqlite3.h>", true},
                      Case{"a command may not see the transport", "services/approval/commands/x.cc",
                           "  #  include <grpcpp/server.h>", false},
                      Case{"the platform may not see a service", "services/platform/rpc/router.cc",
                           "#include \"services/approval/model.h\"", false},
                      Case{"the gateway may not see a service", "gateway/session.cc",
                           "#include \"services/approval/store.h\"", false},
                      Case{"the gateway names no RPC", "gateway/session.cc",
                           "#include \"assay/approval/v1/centre_service.pb.h\"", false},
                      Case{"a folder nobody declared", "services/moderation/utils/x.cc",
                           "#include <vector>", false}));

TEST(IncludeRulesTest, TellsFileLineAndRule) {
  const auto found = Check("services/approval/store.cc", "\n#include <hiredis/hiredis.h>\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0],
            "services/approval/store.cc:2: may not include hiredis/hiredis.h (rule: "
            "services/*/store.)");
}

}  // namespace
}  // namespace assay::tidy
