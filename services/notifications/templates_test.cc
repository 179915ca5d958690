#include "services/notifications/templates.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/events.pb.h"
#include "assay/evidence/v1/events.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "services/platform/core/view.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::notifications {
namespace {

using ::assay::platform::Event;
using ::assay::platform::View;
using ::assay::platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Payload>
Event EventOf(const Payload& payload, std::string actor) {
  return {.id = "e1",
          .type = Payload::descriptor()->full_name(),
          .tenant = "tenant-a",
          .subject = "subject",
          .actor = std::move(actor),
          .trace = "t",
          .time = absl::UnixEpoch(),
          .payload = payload.SerializeAsString()};
}

std::vector<std::string> MailboxesOf(const std::vector<Draft>& drafts) {
  std::vector<std::string> mailboxes;
  for (const Draft& draft : drafts) mailboxes.push_back(draft.mailbox);
  return mailboxes;
}

TEST(ShippedTemplatesTest, SayOfEveryPublishedEventWhomItTellsOrWhyNobodyNOT1) {
  auto templates = Templates::Parse(ShippedTemplates());
  ASSERT_THAT(templates, IsOk());
  for (const auto* file : {approval::v1::CentresImported::descriptor()->file(),
                           evidence::v1::EvidenceUploaded::descriptor()->file(),
                           moderation::v1::SubmissionOpened::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      EXPECT_TRUE(templates->Knows(file->message_type(i)->full_name()))
          << file->message_type(i)->full_name();
    }
  }
}

TEST(ShippedTemplatesTest, TellTheCentreAndWhoActedOfAHandIn) {
  auto templates = Templates::Parse(ShippedTemplates());
  ASSERT_THAT(templates, IsOk());
  moderation::v1::SubmissionSubmitted payload;
  payload.set_submission("series/j/components/c/submissions/s");
  payload.set_centre("centres/a");
  payload.set_centre_title("Abbey School");
  payload.set_candidate_count(30);
  payload.set_missing_count(2);
  auto drafts = templates->Render(EventOf(payload, "users/x"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("users/x", "centres/a"));
  EXPECT_EQ((*drafts)[0].title, "Marks handed in: 30 candidates, 2 without a mark");
  EXPECT_THAT((*drafts)[0].body, HasSubstr("Abbey School"));
  EXPECT_TRUE((*drafts)[0].email);
}

TEST(ShippedTemplatesTest, NeverTellTheCentreWhoModerates) {
  auto templates = Templates::Parse(ShippedTemplates());
  ASSERT_THAT(templates, IsOk());
  moderation::v1::SubmissionAllocated payload;
  payload.set_centre("centres/a");
  payload.set_moderator("moderators/m");
  payload.set_moderator_subject("users/m");
  payload.set_previous_moderator_subject("users/n");
  auto drafts = templates->Render(EventOf(payload, "users/lead"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("users/m", "users/n"));
}

TEST(ShippedTemplatesTest, RemindWhoMustActAheadOfADateAndTheQualityTeamOfTheSumNOT3) {
  auto templates = Templates::Parse(ShippedTemplates());
  ASSERT_THAT(templates, IsOk());
  moderation::v1::CheckpointRaised raised;
  raised.set_submission("series/s/components/c/submissions/urn-1");
  raised.set_centre("centres/a");
  raised.set_centre_title("Abbey School");
  raised.set_term("marks due");
  raised.set_due_date("2026-05-29");
  raised.set_when("in 7 days");
  raised.set_timing("AHEAD");
  raised.set_party("CENTRE_EXAMS");
  raised.set_message("2 candidates have no mark.");
  auto drafts = templates->Render(EventOf(raised, "services/moderation"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("centres/a"));
  EXPECT_EQ((*drafts)[0].title, "marks due in 7 days: Abbey School");
  EXPECT_THAT((*drafts)[0].body, HasSubstr("2 candidates have no mark."));
  EXPECT_TRUE((*drafts)[0].email);

  raised.set_timing("OVERDUE");
  raised.set_when("1 day overdue");
  drafts = templates->Render(EventOf(raised, "services/moderation"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_EQ((*drafts)[0].title, "1 day overdue: marks due for Abbey School");

  // A moderator hears of their own work; the centre does not hear who that is.
  raised.set_party("MODERATOR");
  raised.set_moderator_subject("users/m");
  drafts = templates->Render(EventOf(raised, "services/moderation"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("users/m"));

  // What the awarding body must do is not ten thousand messages but one.
  raised.set_party("QUALITY");
  drafts = templates->Render(EventOf(raised, "services/moderation"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(*drafts, IsEmpty());
  moderation::v1::CheckpointCompleted completed;
  completed.set_series_title("Summer 2026");
  completed.set_term("marks due");
  completed.set_when("1 day overdue");
  completed.set_timing("OVERDUE");
  completed.set_notice_count(17);
  completed.set_outcome("SOME");
  drafts = templates->Render(EventOf(completed, "services/moderation"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("roles/quality"));
  EXPECT_EQ((*drafts)[0].title, "Summer 2026: 17 submissions 1 day overdue (marks due)");
  EXPECT_TRUE((*drafts)[0].email);
  completed.set_outcome("NONE");
  drafts = templates->Render(EventOf(completed, "services/moderation"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(*drafts, IsEmpty());
}

constexpr std::string_view kTwo = R"({"templates": [
  {"event": "assay.approval.v1.CentreStateChanged", "when": {"state": "approved"},
   "to": ["centre"], "title": "particular", "body": "b"},
  {"event": "assay.approval.v1.CentreStateChanged", "to": ["centre", "actor", "role:quality"],
   "title": "general {centre_title}", "body": ["one {state}", "two {reason}"]}]})";

TEST(TemplatesTest, TheFirstThatFitsAMailboxCounts) {
  auto templates = Templates::Parse(kTwo);
  ASSERT_THAT(templates, IsOk());
  approval::v1::CentreStateChanged payload;
  payload.set_centre("centres/a");
  payload.set_state("approved");
  auto drafts = templates->Render(EventOf(payload, "users/x"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("centres/a", "users/x", "roles/quality"));
  EXPECT_EQ((*drafts)[0].title, "particular");
  EXPECT_EQ((*drafts)[1].title, "general ");
  payload.set_state("closed");
  drafts = templates->Render(EventOf(payload, "users/x"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_EQ((*drafts)[0].title, "general ");
}

TEST(TemplatesTest, AProgramThatActedHasNoMailbox) {
  auto templates = Templates::Parse(kTwo);
  ASSERT_THAT(templates, IsOk());
  auto drafts = templates->Render(EventOf(approval::v1::CentreStateChanged(), "services/approval"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(MailboxesOf(*drafts), ElementsAre("roles/quality"));
}

TEST(TemplatesTest, ATitleStaysOneLineWhateverItIsFilledWith) {
  auto templates = Templates::Parse(kTwo);
  ASSERT_THAT(templates, IsOk());
  approval::v1::CentreStateChanged payload;
  payload.set_centre("centres/a");
  payload.set_centre_title("A\r\nBcc: x@y.example" + std::string(300, 'x') + "{state}");
  payload.set_reason("{centre_title}");
  auto drafts = templates->Render(EventOf(payload, ""));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT((*drafts)[0].title, HasSubstr("A  Bcc: x@y.example"));
  EXPECT_EQ((*drafts)[0].title.size(), 200u);
  // What fills a place is not looked at again.
  EXPECT_EQ((*drafts)[0].body, "one \ntwo {centre_title}\n");
}

TEST(TemplatesTest, EventsWithoutTemplateTellNobody) {
  auto templates = Templates::Parse(kTwo);
  ASSERT_THAT(templates, IsOk());
  auto drafts = templates->Render(EventOf(evidence::v1::EvidenceUploaded(), "users/x"));
  ASSERT_THAT(drafts, IsOk());
  EXPECT_THAT(*drafts, IsEmpty());
  Event unknown = EventOf(evidence::v1::EvidenceUploaded(), "users/x");
  unknown.type = "assay.careers.v9.Unheard";
  EXPECT_THAT(templates->Render(unknown), IsOk());
}

TEST(TemplatesTest, RefusesWhatItCouldNotFill) {
  struct Case {
    const char* entry;
    const char* says;
  } cases[] = {
      {R"({"event": "assay.approval.v1.Nothing", "to": ["actor"], "title": "t", "body": "b"})",
       "is not an event"},
      {R"({"event": "assay.approval.v1.CentresImported", "to": ["centre"], "title": "t",
          "body": "b"})",
       "has no field centre"},
      {R"({"event": "assay.approval.v1.CentresImported", "to": ["all"], "title": "t",
          "body": "b"})",
       "not known: all"},
      {R"({"event": "assay.approval.v1.CentresImported", "to": [], "title": "t", "body": "b"})",
       "goes to nobody"},
      {R"({"event": "assay.approval.v1.CentresImported", "to": ["actor"], "title": "t {x}",
          "body": "b"})",
       "has no field x"},
      {R"({"event": "assay.approval.v1.CentresImported", "to": ["actor"], "title": "t"})",
       "no title or body"},
      {R"({"event": "assay.approval.v1.CentresImported", "when": {"y": "1"}, "to": ["actor"],
          "title": "t", "body": "b"})",
       "has no field y"},
  };
  for (const Case& c : cases) {
    auto templates = Templates::Parse(absl::StrCat("{\"templates\": [", c.entry, "]}"));
    EXPECT_EQ(templates.status().code(), absl::StatusCode::kInvalidArgument) << c.entry;
    EXPECT_THAT(templates.status().ToString(), HasSubstr(c.says));
  }
  EXPECT_FALSE(Templates::Parse("{").ok());
  EXPECT_FALSE(Templates::Parse("[]").ok());
}

}  // namespace
}  // namespace assay::notifications
