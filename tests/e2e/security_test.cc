// Every RPC of every service, found from the descriptors, called straight at the service
// (the gateway is not trusted): without a token, with bad ones, in the wrong role, as
// another centre, as another tenant, as a moderator without work.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "absl/time/clock.h"
#include "assay/common/v1/access.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "services/platform/error/error.h"
#include "services/platform/error/to_grpc.h"
#include "tests/e2e/world.h"

namespace assay::e2e {
namespace {

namespace pb = google::protobuf;
using Names = std::map<std::string, std::string>;  // Resource type → name.

struct Answer {
  int code = 0;
  std::string reason;
  std::string bytes;
  std::string text;
  bool operator==(const Answer& other) const {
    return code == other.code && reason == other.reason;
  }
};

class Walk {
 public:
  explicit Walk(const System& system) : system_(system) {
    std::ifstream in(ASSAY_DESCRIPTORS, std::ios::binary);
    pb::FileDescriptorSet set;
    EXPECT_TRUE(set.ParseFromIstream(&in));
    for (const auto& file : set.file()) pool_.BuildFile(file);
    for (const auto& file : set.file()) {
      const pb::FileDescriptor* built = pool_.FindFileByName(file.name());
      for (int s = 0; s < built->service_count(); ++s) {
        for (int m = 0; m < built->service(s)->method_count(); ++m) {
          methods_.push_back(built->service(s)->method(m));
        }
      }
    }
  }

  const std::vector<const pb::MethodDescriptor*>& methods() const { return methods_; }

  static const common::v1::Access& AccessOf(const pb::MethodDescriptor& method) {
    return method.options().GetExtension(common::v1::access);
  }

  // The services that serve a method: its own, or all for the operators' one.
  static std::vector<std::string> ServicesOf(const pb::MethodDescriptor& method) {
    const std::string package = method.file()->package();  // assay.approval.v1
    const std::string part = package.substr(6, package.find('.', 6) - 6);
    if (part != "common") return {part};
    return {"approval", "evidence", "moderation", "notifications"};
  }

  // A request in which every required field is set, with the names given.
  std::string RequestFor(const pb::MethodDescriptor& method, const Names& names) {
    std::unique_ptr<pb::Message> message(factory_.GetPrototype(method.input_type())->New());
    Fill(*message, names, 0);
    return message->SerializeAsString();
  }

  static bool Names_(const pb::MethodDescriptor& method) {
    for (int i = 0; i < method.input_type()->field_count(); ++i) {
      const auto* field = method.input_type()->field(i);
      if (field->options().HasExtension(google::api::resource_reference)) return true;
    }
    return false;
  }

  Answer Call(const std::string& service, const pb::MethodDescriptor& method,
              const std::string& request, const std::string& authorization) {
    auto& channel = channels_[service];
    if (channel == nullptr) {
      channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(system_.port(service)),
                                    grpc::InsecureChannelCredentials());
    }
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    grpc::Slice slice(request);
    grpc::ByteBuffer in(&slice, 1);
    grpc::ByteBuffer out;
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    grpc::Status status;
    stub.UnaryCall(&context, "/" + method.service()->full_name() + "/" + method.name(), {}, &in,
                   &out, [&](grpc::Status s) {
                     std::lock_guard lock(mutex);
                     status = std::move(s);
                     done = true;
                     changed.notify_one();
                   });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return done; });
    Answer answer{status.error_code(), platform::ReasonOf(platform::FromGrpc(status)), "",
                  status.error_message()};
    std::vector<grpc::Slice> slices;
    if (status.ok() && out.Dump(&slices).ok()) {
      for (const auto& s : slices) {
        answer.bytes.append(reinterpret_cast<const char*>(s.begin()), s.size());
      }
    }
    return answer;
  }

 private:
  void Fill(pb::Message& message, const Names& names, int depth) {
    const auto* descriptor = message.GetDescriptor();
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      const auto& behavior = field->options().GetRepeatedExtension(google::api::field_behavior);
      const bool required =
          std::find(behavior.begin(), behavior.end(), google::api::REQUIRED) != behavior.end();
      const auto& reference = field->options().GetExtension(google::api::resource_reference);
      if (field->is_repeated()) continue;
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        if (required && depth < 3)
          Fill(*reflection->MutableMessage(&message, field), names, depth + 1);
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
        std::string value;
        const auto found = names.find(reference.type());
        if (found != names.end()) {
          value = found->second;
        } else if (field->name() == "name" && descriptor->name() == "GetJudgementRequest") {
          value = names.at("assay.example/Submission") + "/judgement";
        } else if (field->name() == "name" && descriptor->name() == "Contact") {
          value = names.at("assay.example/Contact");
        } else if (field->name() == "subject" && required) {
          value = names.at("assay.example/Submission");
        } else if (field->type() == pb::FieldDescriptor::TYPE_BYTES) {
          value = "candidate,mark\nC0001,5\n";
        } else if (required) {
          value = field->name() == "candidate" ? "C0001" : "walk";
        }
        if (!value.empty()) reflection->SetString(&message, field, value);
      }
    }
    if (descriptor->full_name() == "google.api.HttpBody") {
      reflection->SetString(&message, descriptor->FindFieldByName("data"),
                            "candidate,mark\nC1,5\n");
    }
  }

  const System& system_;
  pb::DescriptorPool pool_{pb::DescriptorPool::generated_pool()};
  pb::DynamicMessageFactory factory_;
  std::vector<const pb::MethodDescriptor*> methods_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

std::string RoleName(int role) {
  std::string name = common::v1::Role_Name(static_cast<common::v1::Role>(role)).substr(5);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

// People of a centre have a centre in their token; a token without one is refused at once.
std::string CentreFor(int role, const std::string& centre = "centres/urn-100101") {
  const bool of_centre =
      role >= common::v1::ROLE_CENTRE_HEAD && role <= common::v1::ROLE_CENTRE_IQA;
  return of_centre ? centre : "";
}

class SecurityTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = System::Start().release();
    if (system_ == nullptr) return;
    MakeWorld(*system_);
    walk_ = new Walk(*system_);
    const std::string officer = Quality(*system_);
    const std::string exams = Exams(*system_, "centres/urn-100101");
    const std::string submission = SubmissionOf("centres/urn-100101");
    ASSERT_EQ(system_
                  ->Post("/v1/" + std::string(kComponent) + "/submissions",
                         {{"centre", "centres/urn-100101"}}, exams)
                  .status,
              200);
    ASSERT_EQ(system_
                  ->Call({.method = "POST",
                          .path = "/v1/" + submission + ":importMarks",
                          .body = MarksCsv(30),
                          .token = exams,
                          .content_type = "text/csv"})
                  .status,
              200);
    const HttpReply evidence = system_->Call(
        {.method = "POST",
         .path = "/v1/centres/urn-100101/evidence:upload?filename=work.txt&subjects=" + submission,
         .body = "the work of one candidate",
         .token = exams,
         .content_type = "text/plain"});
    ASSERT_EQ(evidence.status, 200) << evidence.body;
    ASSERT_EQ(
        system_->Post("/v1/" + submission + ":submit", nlohmann::json::object(), exams).status,
        200);
    const HttpReply sample =
        system_->Post("/v1/" + submission + "/samples:draw", nlohmann::json::object(), officer);
    ASSERT_EQ(sample.status, 200) << sample.body;
    const HttpReply moderator = system_->Post(
        "/v1/moderators", {{"subject", "users/moderator-1"}, {"title", "First"}}, officer);
    ASSERT_EQ(moderator.status, 200) << moderator.body;
    const auto approvals =
        system_->Get("/v1/centres/urn-100101/qualificationApprovals", officer).Json();
    std::string message;
    Eventually(15, [&] {
      const auto messages = system_->Get("/v1/messages", exams).Json();
      if (!messages.contains("messages")) return false;
      message = messages["messages"][0]["name"];
      return true;
    });
    ASSERT_FALSE(message.empty()) << "no message reached the centre";
    const HttpReply script = system_->Post(
        "/v1/" + std::string(kComponent) + "/scripts?scriptId=walk",
        {{"kind", "KIND_PRACTICE"}, {"title", "First"}, {"definitiveMark", 1}}, officer);
    ASSERT_EQ(script.status, 200) << script.body;
    real_ = {
        {"assay.example/Centre", "centres/urn-100101"},
        {"assay.example/Qualification", "qualifications/3818-13"},
        {"assay.example/QualificationApproval", approvals["qualificationApprovals"][0]["name"]},
        {"assay.example/CentreProvenance", "centres/urn-100101/provenance"},
        {"assay.example/DuplicateCentre", "duplicateCentres/urn-100101.ukprn-10000047"},
        {"assay.example/ApprovalPolicy", "approvalPolicies/0000-00"},
        {"assay.example/RegisterEntry", "registers/assessment-organisations/entries/epa0001"},
        {"assay.example/Planner", "centres/urn-100101/planners/" + std::string(26, '1')},
        {"assay.example/PlannerVersion",
         "centres/urn-100101/planners/" + std::string(26, '1') + "/versions/1"},
        {"assay.example/DeclarationSample",
         "centres/urn-100101/planners/" + std::string(26, '1') + "/samples/1"},
        {"assay.example/Consortium", std::string(kComponent) + "/consortia/some"},
        {"assay.example/Registration", "centres/urn-100101/registrations/" + std::string(26, '1')},
        {"assay.example/Achievement",
         "centres/urn-100101/registrations/" + std::string(26, '1') + "/achievements/304"},
        {"assay.example/Award", "centres/urn-100101/awards/" + std::string(26, '1')},
        {"assay.example/Erasure", "centres/urn-100101/erasures/" + std::string(26, '1')},
        {"assay.example/QualityReview",
         "centres/urn-100101/qualityReviews/" + std::string(26, '1')},
        {"assay.example/Evaluation", "centres/urn-100101/evaluations/1"},
        {"assay.example/CentreRisk", "centres/urn-100101/risk"},
        {"assay.example/DirectClaimStatus", "centres/urn-100101/directClaimStatuses/3818-13"},
        {"assay.example/RiskPolicy", "riskPolicies/1"},
        {"assay.example/InvolvementPolicy", "involvementPolicies/1"},
        {"assay.example/RecordingForm",
         "centres/urn-100101/recordingForms/" + std::string(26, '1')},
        {"assay.example/Site", "centres/urn-100101/sites/" + std::string(26, '1')},
        {"assay.example/Restriction", "centres/urn-100101/restrictions/" + std::string(26, '1')},
        {"assay.example/CentreAction", "centres/urn-100101/actions/" + std::string(26, '1')},
        {"assay.example/StaffMember", "centres/urn-100101/staff/" + std::string(26, '1')},
        {"assay.example/StaffCompetence", "centres/urn-100101/staff/" + std::string(26, '1') +
                                              "/competences/" + std::string(26, '1')},
        {"assay.example/StaffConflict",
         "centres/urn-100101/staff/" + std::string(26, '1') + "/conflicts/" + std::string(26, '1')},
        {"assay.example/Evidence", evidence.Json()["name"]},
        {"assay.example/Series", "series/summer-2026"},
        {"assay.example/Component", kComponent},
        {"assay.example/Submission", submission},
        {"assay.example/Sample", sample.Json()["name"]},
        {"assay.example/MarkImport",
         std::string(kComponent) + "/markImports/" + std::string(26, '0')},
        {"assay.example/Moderator", moderator.Json()["name"]},
        {"assay.example/Policy", "policies/pearson-2026"},
        // None is made here: strangers are told the same of what is and of what is not.
        {"assay.example/Review", submission + "/reviews/" + std::string(26, '0')},
        {"assay.example/Appeal",
         submission + "/reviews/" + std::string(26, '0') + "/appeals/" + std::string(26, '0')},
        {"assay.example/Script", script.Json()["name"]},
        {"assay.example/PolicyVersion", "policies/pearson-2026/versions/1"},
        {"assay.example/AllocationRun",
         "series/summer-2026/allocationRuns/" + std::string(26, '0')},
        {"assay.example/Message", message},
        {"assay.example/Contact", "contacts/centres/urn-100101"}};
    ghost_ = real_;
    const std::string nothing(26, '0');
    const std::string ghost_submission = SubmissionOf("centres/urn-999999");
    ghost_["assay.example/Centre"] = "centres/urn-999999";
    ghost_["assay.example/QualificationApproval"] =
        "centres/urn-999999/qualificationApprovals/" + nothing;
    ghost_["assay.example/CentreProvenance"] = "centres/urn-999999/provenance";
    ghost_["assay.example/DuplicateCentre"] = "duplicateCentres/urn-999998.urn-999999";
    ghost_["assay.example/Planner"] = "centres/urn-999999/planners/" + nothing;
    ghost_["assay.example/PlannerVersion"] =
        "centres/urn-999999/planners/" + nothing + "/versions/1";
    ghost_["assay.example/DeclarationSample"] =
        "centres/urn-999999/planners/" + nothing + "/samples/1";
    ghost_["assay.example/Consortium"] = std::string(kComponent) + "/consortia/none";
    ghost_["assay.example/Registration"] = "centres/urn-999999/registrations/" + nothing;
    ghost_["assay.example/Achievement"] =
        "centres/urn-999999/registrations/" + nothing + "/achievements/304";
    ghost_["assay.example/Award"] = "centres/urn-999999/awards/" + nothing;
    ghost_["assay.example/Erasure"] = "centres/urn-999999/erasures/" + nothing;
    ghost_["assay.example/QualityReview"] = "centres/urn-999999/qualityReviews/" + nothing;
    ghost_["assay.example/Evaluation"] = "centres/urn-999999/evaluations/1";
    ghost_["assay.example/CentreRisk"] = "centres/urn-999999/risk";
    ghost_["assay.example/DirectClaimStatus"] = "centres/urn-999999/directClaimStatuses/3818-13";
    ghost_["assay.example/RecordingForm"] = "centres/urn-999999/recordingForms/" + nothing;
    ghost_["assay.example/Site"] = "centres/urn-999999/sites/" + nothing;
    ghost_["assay.example/Restriction"] = "centres/urn-999999/restrictions/" + nothing;
    ghost_["assay.example/CentreAction"] = "centres/urn-999999/actions/" + nothing;
    ghost_["assay.example/StaffMember"] = "centres/urn-999999/staff/" + nothing;
    ghost_["assay.example/StaffCompetence"] =
        "centres/urn-999999/staff/" + nothing + "/competences/" + nothing;
    ghost_["assay.example/StaffConflict"] =
        "centres/urn-999999/staff/" + nothing + "/conflicts/" + nothing;
    ghost_["assay.example/Evidence"] = "centres/urn-999999/evidence/" + nothing;
    ghost_["assay.example/Submission"] = ghost_submission;
    ghost_["assay.example/Sample"] = ghost_submission + "/samples/" + nothing;
    ghost_["assay.example/Review"] = ghost_submission + "/reviews/" + nothing;
    ghost_["assay.example/Appeal"] =
        ghost_submission + "/reviews/" + nothing + "/appeals/" + nothing;
    ghost_["assay.example/Message"] = "messages/" + nothing;
    ghost_["assay.example/Contact"] = "contacts/centres/urn-999999";
    ghost_["assay.example/Script"] = std::string(kComponent) + "/scripts/none";
    ghost_["assay.example/Moderator"] = "moderators/" + nothing;
  }
  static void TearDownTestSuite() {
    delete walk_;
    delete system_;
  }
  void SetUp() override { ASSERT_FALSE(real_.empty()) << "the world could not be made"; }

  // Calls every method on every service that has it.
  template <typename Visit>
  static void ForEach(Visit visit) {
    int calls = 0;
    for (const auto* method : walk_->methods()) {
      for (const std::string& service : Walk::ServicesOf(*method)) {
        visit(service, *method);
        ++calls;
      }
    }
    EXPECT_GT(calls, 55);
  }

  // Foreign eyes: the answer to a real name is the answer to one that does not exist,
  // and a list holds nothing of the centre's. `ghost_token` asks for the latter.
  static void ExpectNothingSeen(const std::string& service, const pb::MethodDescriptor& method,
                                const std::string& token, const std::string& ghost_token,
                                const std::string& who, const std::vector<std::string>& traces) {
    const Answer real =
        walk_->Call(service, method, walk_->RequestFor(method, real_), "Bearer " + token);
    for (const std::string& trace : traces) {
      EXPECT_EQ(real.bytes.find(trace), std::string::npos)
          << method.full_name() << " as " << who << " shows " << trace;
    }
    if (!Walk::Names_(method)) return;
    const Answer ghost =
        walk_->Call(service, method, walk_->RequestFor(method, ghost_), "Bearer " + ghost_token);
    EXPECT_TRUE(real == ghost) << method.full_name() << " as " << who << ": " << real.code << " "
                               << real.reason << " (" << real.text << ") for the real name, "
                               << ghost.code << " " << ghost.reason << " for none";
  }

  static System* system_;
  static Walk* walk_;
  static Names real_;
  static Names ghost_;
};
System* SecurityTest::system_ = nullptr;
Walk* SecurityTest::walk_ = nullptr;
Names SecurityTest::real_;
Names SecurityTest::ghost_;

TEST_F(SecurityTest, NoMethodAnswersWithoutAGoodToken) {
  const platform::Principal everybody{.tenant = "demo",
                                      .subject = "users/officer",
                                      .roles = {"admin", "lead_moderator", "quality"}};
  const std::string good = system_->Token(everybody);
  auto stranger = platform::SigningKey::Generate(platform::KeyKind::kEd25519);
  ASSERT_TRUE(stranger.ok());
  const platform::TokenRequest request{.issuer = "assay-embedded", .principal = everybody};
  auto other_audience = request;
  other_audience.audience = "somebody-else";
  auto other_issuer = request;
  other_issuer.issuer = "https://issuer.example";
  const std::map<std::string, std::string> bad = {
      {"none", ""},
      {"not bearer", "Basic dXNlcjpwYXNz"},
      {"garbage", "Bearer garbage"},
      {"expired",
       "Bearer " + *platform::MintToken(system_->key(), request, absl::Now() - absl::Hours(3))},
      {"forged", "Bearer " + *platform::MintToken(**stranger, request, absl::Now())},
      {"tampered", "Bearer " + good.substr(0, good.size() - 6) + "AAAAAA"},
      {"unsigned", "Bearer " + good.substr(0, good.rfind('.') + 1)},
      {"other audience",
       "Bearer " + *platform::MintToken(system_->key(), other_audience, absl::Now())},
      {"other issuer", "Bearer " + *platform::MintToken(system_->key(), other_issuer, absl::Now())},
  };
  ForEach([&](const std::string& service, const pb::MethodDescriptor& method) {
    const std::string body = walk_->RequestFor(method, real_);
    for (const auto& [what, authorization] : bad) {
      const Answer answer = walk_->Call(service, method, body, authorization);
      EXPECT_EQ(answer.code, grpc::UNAUTHENTICATED) << method.full_name() << ", " << what;
      EXPECT_EQ(answer.reason.rfind("TOKEN_", 0), 0u)
          << method.full_name() << ", " << what << ": " << answer.reason;
    }
  });
}

TEST_F(SecurityTest, NoMethodAnswersInAWrongRole) {
  ForEach([&](const std::string& service, const pb::MethodDescriptor& method) {
    const auto& access = Walk::AccessOf(method);
    const std::set<int> allowed(access.roles().begin(), access.roles().end());
    const std::string body = walk_->RequestFor(method, real_);
    for (int role = 1; role <= common::v1::Role_MAX; ++role) {
      if (allowed.contains(role)) continue;
      const Answer answer = walk_->Call(service, method, body,
                                        "Bearer " + system_->Token({.subject = "users/x",
                                                                    .roles = {RoleName(role)},
                                                                    .centre = CentreFor(role)}));
      EXPECT_EQ(answer.code, grpc::PERMISSION_DENIED) << method.full_name() << ", " << role;
      EXPECT_EQ(answer.reason, "ROLE_NOT_ALLOWED") << method.full_name() << ", " << role;
    }
  });
}

TEST_F(SecurityTest, AnotherCentreSeesNothingOfTheCentre) {
  const std::set<int> centre_roles = {common::v1::ROLE_CENTRE_HEAD, common::v1::ROLE_CENTRE_EXAMS,
                                      common::v1::ROLE_CENTRE_ASSESSOR,
                                      common::v1::ROLE_CENTRE_IQA};
  int checked = 0;
  ForEach([&](const std::string& service, const pb::MethodDescriptor& method) {
    for (const int role : Walk::AccessOf(method).roles()) {
      if (!centre_roles.contains(role)) continue;
      ++checked;
      const std::string neighbour = system_->Token({.subject = "users/neighbour",
                                                    .roles = {RoleName(role)},
                                                    .centre = "centres/urn-100102"});
      ExpectNothingSeen(service, method, neighbour, neighbour,
                        RoleName(role) + " of centres/urn-100102", {"100101", "Northgate"});
    }
  });
  EXPECT_GT(checked, 40);
}

TEST_F(SecurityTest, AnotherTenantSeesNothingAtAll) {
  // The other body may well have a centre of the same number, and evidence of its own for
  // it; what it must never see is what the first one's title and ids stand for.
  std::vector<std::string> traces = {"Northgate"};
  for (const char* type : {"QualificationApproval", "Evidence", "Sample", "Moderator", "Message"}) {
    const std::string& name = real_[std::string("assay.example/") + type];
    traces.push_back(name.substr(name.rfind('/') + 1));
    ASSERT_EQ(traces.back().size(), 26u) << name;
  }
  ForEach([&](const std::string& service, const pb::MethodDescriptor& method) {
    for (const int role : Walk::AccessOf(method).roles()) {
      // A token acts for its own centre only, so each name is asked for as that centre's.
      const auto outsider = [&](const std::string& centre) {
        return system_->Token({.tenant = "other-body",
                               .subject = "users/outsider",
                               .roles = {RoleName(role)},
                               .centre = CentreFor(role, centre)});
      };
      ExpectNothingSeen(service, method, outsider(real_["assay.example/Centre"]),
                        outsider(ghost_["assay.example/Centre"]),
                        RoleName(role) + " of another tenant", traces);
    }
  });
}

TEST_F(SecurityTest, AModeratorSeesOnlyWhatIsAllocated) {
  ForEach([&](const std::string& service, const pb::MethodDescriptor& method) {
    const auto& access = Walk::AccessOf(method);
    const std::set<int> allowed(access.roles().begin(), access.roles().end());
    if (access.scope() != common::v1::SCOPE_ALLOCATED ||
        !allowed.contains(common::v1::ROLE_MODERATOR)) {
      return;
    }
    const std::string idle =
        system_->Token({.subject = "users/moderator-without-work", .roles = {"moderator"}});
    ExpectNothingSeen(service, method, idle, idle, "moderator without work",
                      {"100101", "Northgate"});
  });
}

TEST_F(SecurityTest, TheWholeWalkChangedNothing) {
  const auto submission =
      system_->Get("/v1/" + real_["assay.example/Submission"], Quality(*system_));
  EXPECT_EQ(submission.Json().value("state", ""), "STATE_SAMPLED") << submission.body;
  EXPECT_EQ(submission.Json().value("candidateCount", 0), 30) << submission.body;
  const auto centre = system_->Get("/v1/centres/urn-100101", Quality(*system_));
  EXPECT_EQ(centre.Json().value("state", ""), "STATE_APPROVED") << centre.body;
}

TEST_F(SecurityTest, TheGatewayAsksForATokenBeforeAnythingElse) {
  const HttpReply none = system_->Get("/v1/centres", "");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.Reason(), "TOKEN_MISSING");
  EXPECT_EQ(none.headers.at("www-authenticate").rfind("Bearer", 0), 0u);
  EXPECT_EQ(system_->Get("/v1/centres", "garbage").status, 401);
}

}  // namespace
}  // namespace assay::e2e
