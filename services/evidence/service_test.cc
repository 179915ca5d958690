// The service as it runs, in process: the real wiring on SQLite and a temporary folder.
#include <gmock/gmock.h>
#include <google/api/httpbody.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "assay/evidence/v1/events.pb.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "services/evidence/blobs/sha256.h"
#include "services/evidence/errors.h"
#include "services/evidence/wiring.h"
#include "services/platform/core/bytes.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::evidence {
namespace {

namespace fs = std::filesystem;
using ::assay::platform::Event;
using ::assay::platform::FieldsOf;
using ::assay::platform::KiB;
using ::assay::platform::MiB;
using ::assay::platform::Principal;
using ::assay::platform::testing::IsError;
using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::TestService;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kUpload[] = "assay.evidence.v1.EvidenceService/UploadEvidence";
constexpr char kDownload[] = "assay.evidence.v1.EvidenceService/DownloadEvidence";
constexpr char kGet[] = "assay.evidence.v1.EvidenceService/GetEvidence";
constexpr char kList[] = "assay.evidence.v1.EvidenceService/ListEvidence";
constexpr char kLink[] = "assay.evidence.v1.EvidenceService/LinkEvidence";
constexpr char kCount[] = "assay.evidence.v1.EvidenceService/CountEvidence";
constexpr char kAccesses[] = "assay.evidence.v1.EvidenceService/ListAccesses";
constexpr char kSubmission[] = "series/j/components/c/submissions/s";
constexpr char kRequestId[] = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

Config Small() {
  Config config;
  config.upload_bytes_max = MiB(4);
  return config;
}

class EvidenceServiceTest : public ::testing::Test {
 protected:
  v1::UploadEvidenceRequest First(const std::string& bytes, std::string parent = "centres/a") {
    v1::UploadEvidenceRequest first;
    first.set_parent(std::move(parent));
    first.set_filename("register.pdf");
    first.mutable_content()->set_data(bytes);
    return first;
  }
  absl::StatusOr<v1::Evidence> Upload(const v1::UploadEvidenceRequest& first,
                                      const std::vector<std::string>& more,
                                      const std::string& token) {
    std::vector<v1::UploadEvidenceRequest> rest(more.size());
    std::vector<const google::protobuf::Message*> messages = {&first};
    for (std::size_t i = 0; i < more.size(); ++i) {
      rest[i].mutable_content()->set_data(more[i]);
      messages.push_back(&rest[i]);
    }
    v1::Evidence receipt;
    absl::Status status = service_.CallUpload(kUpload, messages, receipt, token);
    if (!status.ok()) return status;
    return receipt;
  }
  absl::StatusOr<v1::Evidence> Upload(const std::string& bytes) {
    return Upload(First(bytes), {}, exams_);
  }
  // What arrived, and how it ended.
  std::pair<std::string, absl::Status> Download(const std::string& name, const std::string& token) {
    v1::DownloadEvidenceRequest request;
    request.set_name(name);
    std::string all;
    content_types_.clear();
    absl::Status status = service_.CallDownload(
        kDownload, request,
        [&](const std::string& bytes) {
          google::api::HttpBody body;
          ASSERT_TRUE(body.ParseFromString(bytes));
          all += body.data();
          if (!body.content_type().empty()) content_types_.push_back(body.content_type());
        },
        token, &head_);
    return {all, status};
  }
  absl::StatusOr<v1::Evidence> Get(const std::string& name, const std::string& token) {
    v1::GetEvidenceRequest request;
    request.set_name(name);
    return service_.Call<v1::Evidence>(kGet, request, token);
  }
  absl::StatusOr<v1::Evidence> Link(const std::string& name, const std::string& subject,
                                    const std::string& token) {
    v1::LinkEvidenceRequest request;
    request.set_name(name);
    request.set_subject(subject);
    return service_.Call<v1::Evidence>(kLink, request, token);
  }
  std::vector<std::string> List(const std::string& parent, const std::string& token) {
    v1::ListEvidenceRequest request;
    request.set_parent(parent);
    auto response = service_.Call<v1::ListEvidenceResponse>(kList, request, token);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> names;
    for (const auto& evidence : response->evidence()) names.push_back(evidence.name());
    return names;
  }
  std::int64_t Count(const std::string& subject, const std::string& token) {
    v1::CountEvidenceRequest request;
    request.set_subject(subject);
    auto response = service_.Call<v1::CountEvidenceResponse>(kCount, request, token);
    EXPECT_THAT(response, IsOk());
    return response->count();
  }
  Event Allocated(const std::string& id, const std::string& moderator, absl::Time time) {
    moderation::v1::SubmissionAllocated payload;
    payload.set_submission(kSubmission);
    payload.set_centre("centres/a");
    payload.set_moderator_subject(moderator);
    return {.id = id,
            .type = "assay.moderation.v1.SubmissionAllocated",
            .tenant = "tenant-a",
            .subject = kSubmission,
            .actor = "users/lead",
            .trace = "t",
            .time = time,
            .payload = payload.SerializeAsString()};
  }
  std::vector<fs::path> Blobs() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(service_.dir() + "/blobs")) {
      if (entry.is_regular_file() && entry.path().filename() != "lock") {
        files.push_back(entry.path());
      }
    }
    return files;
  }

  Config config_ = Small();
  TestService service_{Definition(config_)};
  std::string exams_ =
      service_.Token({.subject = "users/exams", .roles = {"centre_exams"}, .centre = "centres/a"});
  std::string stranger_ = service_.Token(
      {.subject = "users/stranger", .roles = {"centre_exams"}, .centre = "centres/b"});
  std::string quality_ = service_.Token({.subject = "users/q", .roles = {"quality"}});
  std::string moderator_ = service_.Token({.subject = "users/m", .roles = {"moderator"}});
  std::string other_body_ =
      service_.Token({.tenant = "tenant-b", .subject = "users/q", .roles = {"quality"}});
  std::vector<std::string> content_types_;
  std::map<std::string, std::string> head_;  // Of the latest download.
};

TEST_F(EvidenceServiceTest, GivesAReceiptAndTheSameBytesBackEVD4) {
  auto first = First("%PDF-1.7\n");
  first.set_purpose(v1::Evidence::PURPOSE_REQUIRED);
  first.add_subjects(kSubmission);
  const std::vector<std::string> rest = {std::string(KiB(700), 'a'), std::string(KiB(900), 'b')};
  const std::string bytes = "%PDF-1.7\n" + rest[0] + rest[1];
  auto receipt = Upload(first, rest, exams_);
  ASSERT_THAT(receipt, IsOk());
  EXPECT_EQ(receipt->name().substr(0, 19), "centres/a/evidence/");
  EXPECT_EQ(receipt->sha256(), Sha256Hex(bytes));
  EXPECT_EQ(receipt->size_bytes(), static_cast<std::int64_t>(bytes.size()));
  EXPECT_EQ(receipt->content_type(), "application/pdf");
  EXPECT_EQ(receipt->filename(), "register.pdf");
  EXPECT_EQ(receipt->uploader(), "users/exams");
  EXPECT_EQ(receipt->purpose(), v1::Evidence::PURPOSE_REQUIRED);
  EXPECT_THAT(receipt->subjects(), ElementsAre(kSubmission));
  EXPECT_EQ(receipt->create_time().seconds(), absl::ToUnixSeconds(service_.clock().Now()));

  auto [got, status] = Download(receipt->name(), exams_);
  EXPECT_THAT(status, IsOk());
  EXPECT_TRUE(got == bytes);
  EXPECT_THAT(content_types_, ElementsAre("application/pdf"));
  EXPECT_EQ(head_["x-http-content-length"], std::to_string(bytes.size()));
  EXPECT_EQ(head_["x-http-content-disposition"], "attachment; filename=\"register.pdf\"");
  auto again = Get(receipt->name(), exams_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), receipt->SerializeAsString());
}

TEST_F(EvidenceServiceTest, AnnouncesAnUploadOnce) {
  auto receipt = Upload("hello");
  ASSERT_THAT(receipt, IsOk());
  const std::vector<Event> events = service_.Outbox();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].type, "assay.evidence.v1.EvidenceUploaded");
  EXPECT_EQ(events[0].subject, receipt->name());
  EXPECT_EQ(events[0].actor, "users/exams");
  v1::EvidenceUploaded payload;
  ASSERT_TRUE(payload.ParseFromString(events[0].payload));
  EXPECT_EQ(payload.sha256(), Sha256Hex("hello"));
}

TEST_F(EvidenceServiceTest, ARepeatedUploadGetsTheFirstReceiptAndNothingElse) {
  auto first = First("hello");
  first.set_request_id(kRequestId);
  auto receipt = Upload(first, {}, exams_);
  ASSERT_THAT(receipt, IsOk());
  service_.clock().Advance(absl::Hours(1));
  auto repeat = Upload(first, {}, exams_);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), receipt->SerializeAsString());
  EXPECT_THAT(service_.Outbox(), SizeIs(1));
  EXPECT_THAT(List("centres/a", exams_), SizeIs(1));

  auto other_bytes = First("hallo");
  other_bytes.set_request_id(kRequestId);
  EXPECT_THAT(Upload(other_bytes, {}, exams_),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  first.set_filename("other.pdf");
  EXPECT_THAT(Upload(first, {}, exams_),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  first.set_request_id("not a uuid");
  EXPECT_THAT(Upload(first, {}, exams_),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID"));
  EXPECT_THAT(List("centres/a", exams_), SizeIs(1));
}

TEST_F(EvidenceServiceTest, RefusesWhatItMustAndKeepsNothingOfIt) {
  struct Case {
    const char* what;
    std::function<void(v1::UploadEvidenceRequest&)> change;
    absl::StatusCode code;
    std::string_view reason;
  } cases[] = {
      {"empty", [](auto& r) { r.mutable_content()->clear_data(); },
       absl::StatusCode::kInvalidArgument, kEvidenceEmpty},
      {"another digest", [](auto& r) { r.set_expected_sha256(Sha256Hex("x")); },
       absl::StatusCode::kInvalidArgument, kDigestMismatch},
      {"no digest", [](auto& r) { r.set_expected_sha256("abc"); },
       absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
      {"no centre", [](auto& r) { r.set_parent("centres"); }, absl::StatusCode::kInvalidArgument,
       "FIELD_INVALID"},
      {"another centre", [](auto& r) { r.set_parent("centres/b"); }, absl::StatusCode::kNotFound,
       kCentreNotFound},
      {"bad subject", [](auto& r) { r.add_subjects("qualifications/1"); },
       absl::StatusCode::kInvalidArgument, kSubjectInvalid},
      {"control character", [](auto& r) { r.set_filename("a\nb"); },
       absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
      {"long name", [](auto& r) { r.set_filename(std::string(256, 'x')); },
       absl::StatusCode::kInvalidArgument, "FIELD_INVALID"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    auto first = First("hello");
    c.change(first);
    EXPECT_THAT(Upload(first, {}, exams_), IsError(c.code, c.reason));
  }
  const std::vector<std::string> pieces(5, std::string(MiB(1), 'x'));
  EXPECT_THAT(Upload(First("x"), pieces, exams_),
              IsError(absl::StatusCode::kResourceExhausted, kEvidenceTooLarge));
  EXPECT_THAT(List("centres/-", quality_), IsEmpty());
  EXPECT_THAT(Blobs(), IsEmpty());
  EXPECT_THAT(service_.Outbox(), IsEmpty());
}

TEST_F(EvidenceServiceTest, TakesADigestInEitherCase) {
  auto first = First("hello");
  first.set_expected_sha256("2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824");
  EXPECT_THAT(Upload(first, {}, exams_), IsOk());
}

TEST_F(EvidenceServiceTest, NamesThePlaceOfABadSubject) {
  auto first = First("hello");
  first.add_subjects(kSubmission);
  first.add_subjects("centres/b/qualificationApprovals/q");
  auto refused = Upload(first, {}, exams_);
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre("subjects[1]: is not the name of something that evidence can prove"));
}

TEST_F(EvidenceServiceTest, AnswersStrangersAsIfThereWereNothingEVD6) {
  auto receipt = Upload("hello");
  ASSERT_THAT(receipt, IsOk());
  const std::string absent = "centres/a/evidence/00000000000000000000000000";
  const auto not_found = IsError(absl::StatusCode::kNotFound, kEvidenceNotFound);
  for (const std::string& token : {stranger_, moderator_, other_body_}) {
    for (const std::string& name : {receipt->name(), absent}) {
      EXPECT_THAT(Get(name, token), not_found);
      EXPECT_THAT(Download(name, token).second, not_found);
    }
    EXPECT_THAT(List("centres/a", token), IsEmpty());
    EXPECT_THAT(List("centres/-", token), IsEmpty());
  }
  EXPECT_THAT(Link(receipt->name(), kSubmission, stranger_), not_found);
  EXPECT_THAT(Link(receipt->name(), kSubmission, other_body_), not_found);
  EXPECT_THAT(Get(receipt->name(), quality_), IsOk());
  EXPECT_EQ(Download(receipt->name(), quality_).first, "hello");
  EXPECT_THAT(List("centres/-", quality_), ElementsAre(receipt->name()));
}

TEST_F(EvidenceServiceTest, ShowsAModeratorWhatIsAllocatedAndTakesItAwayEVD6) {
  auto first = First("hello");
  first.add_subjects(std::string(kSubmission) + "/candidates/7");
  auto linked = Upload(first, {}, exams_);
  ASSERT_THAT(linked, IsOk());
  auto other = Upload("something else");
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(Count(kSubmission, exams_), 1);
  EXPECT_EQ(Count(kSubmission, stranger_), 0);
  EXPECT_EQ(Count(kSubmission, moderator_), 0);

  const absl::Time now = service_.clock().Now();
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(service_.Deliver(Allocated("e1", "users/m", now)), IsOk());
  }
  EXPECT_THAT(List("centres/-", moderator_), ElementsAre(linked->name()));
  EXPECT_EQ(Download(linked->name(), moderator_).first, "hello");
  EXPECT_THAT(Get(other->name(), moderator_),
              IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
  EXPECT_EQ(Count(kSubmission, moderator_), 1);

  ASSERT_THAT(service_.Deliver(Allocated("e2", "users/n", now + absl::Hours(1))), IsOk());
  EXPECT_THAT(Get(linked->name(), moderator_),
              IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
  // The first event comes once more, late: it is claimed already.
  ASSERT_THAT(service_.Deliver(Allocated("e1", "users/m", now)), IsOk());
  EXPECT_THAT(List("centres/-", moderator_), IsEmpty());
}

TEST_F(EvidenceServiceTest, LinksOnceAndSaysSo) {
  auto receipt = Upload("hello");
  ASSERT_THAT(receipt, IsOk());
  auto linked = Link(receipt->name(), kSubmission, exams_);
  ASSERT_THAT(linked, IsOk());
  EXPECT_THAT(linked->subjects(), ElementsAre(kSubmission));
  EXPECT_NE(linked->etag(), receipt->etag());
  auto again = Link(receipt->name(), kSubmission, exams_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->etag(), linked->etag());
  EXPECT_THAT(service_.Outbox(), SizeIs(2));
  EXPECT_THAT(Link(receipt->name(), "series/j", exams_),
              IsError(absl::StatusCode::kInvalidArgument, kSubjectInvalid));
}

TEST_F(EvidenceServiceTest, LogsEveryReadingEVD6) {
  auto receipt = Upload("hello");
  ASSERT_THAT(receipt, IsOk());
  ASSERT_THAT(Download(receipt->name(), exams_).second, IsOk());
  service_.clock().Advance(absl::Minutes(1));
  ASSERT_THAT(Download(receipt->name(), quality_).second, IsOk());
  ASSERT_FALSE(Download(receipt->name(), stranger_).second.ok());
  v1::ListAccessesRequest request;
  request.set_parent(receipt->name());
  auto accesses = service_.Call<v1::ListAccessesResponse>(kAccesses, request, quality_);
  ASSERT_THAT(accesses, IsOk());
  ASSERT_EQ(accesses->accesses_size(), 2);
  EXPECT_EQ(accesses->accesses(0).reader(), "users/q");
  EXPECT_EQ(accesses->accesses(1).reader(), "users/exams");
  EXPECT_FALSE(accesses->accesses(0).trace().empty());
  EXPECT_THAT(service_.Call<v1::ListAccessesResponse>(kAccesses, request, other_body_),
              IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
}

TEST_F(EvidenceServiceTest, NeverGivesDamagedContentAsWholeEVD2) {
  auto receipt = Upload(First(std::string(KiB(900), 'x')), {std::string(MiB(1), 'y')}, exams_);
  ASSERT_THAT(receipt, IsOk());
  ASSERT_THAT(Blobs(), SizeIs(1));
  {
    fs::permissions(Blobs()[0], fs::perms::owner_all);
    std::fstream file(Blobs()[0], std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(1'000'000);
    file.put('?');
  }
  auto [got, status] = Download(receipt->name(), exams_);
  EXPECT_THAT(status, IsError(absl::StatusCode::kDataLoss, kEvidenceCorrupt));
  EXPECT_EQ(platform::MetadataOf(status, "evidence"), receipt->name());
  EXPECT_LT(static_cast<std::int64_t>(got.size()), receipt->size_bytes());
}

TEST_F(EvidenceServiceTest, PagesAreBoundToTheirQuery) {
  for (const char* bytes : {"1", "2", "3"}) ASSERT_THAT(Upload(bytes), IsOk());
  v1::ListEvidenceRequest request;
  request.set_parent("centres/a");
  request.set_page_size(2);
  auto page = service_.Call<v1::ListEvidenceResponse>(kList, request, exams_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->evidence_size(), 2);
  request.set_page_token(page->next_page_token());
  page = service_.Call<v1::ListEvidenceResponse>(kList, request, exams_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->evidence_size(), 1);
  EXPECT_THAT(page->next_page_token(), IsEmpty());
  request.set_parent("centres/-");
  EXPECT_THAT(service_.Call<v1::ListEvidenceResponse>(kList, request, exams_),
              IsError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

class EvidenceLockTest : public EvidenceServiceTest {
 protected:
  absl::StatusOr<v1::DeletedEvidence> Delete(
      const std::string& name, const std::string& token,
      v1::DeletionReason reason = v1::DELETION_REASON_UPLOADED_IN_ERROR) {
    v1::DeleteEvidenceRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return service_.Call<v1::DeletedEvidence>("assay.evidence.v1.EvidenceService/DeleteEvidence",
                                              request, token);
  }
  std::string Linked() {
    auto first = First("work of c001");
    first.add_subjects(std::string(kSubmission) + "/candidates/c001");
    return Upload(first, {}, exams_)->name();
  }
  Event LockChanged(const std::string& id, bool locked, absl::Time until, absl::Time time) {
    moderation::v1::EvidenceLockChanged payload;
    payload.set_submission(kSubmission);
    payload.set_locked(locked);
    if (until != absl::InfiniteFuture()) {
      payload.mutable_until_time()->set_seconds(absl::ToUnixSeconds(until));
    }
    return {.id = id,
            .type = "assay.moderation.v1.EvidenceLockChanged",
            .tenant = "tenant-a",
            .subject = kSubmission,
            .actor = "users/q",
            .trace = "t",
            .time = time,
            .payload = payload.SerializeAsString()};
  }
  absl::Time Now() { return service_.clock().Now(); }
};

TEST_F(EvidenceLockTest, DeletingLeavesATombstoneAndTheContentGoesWithTheSweepEVD5) {
  const std::string name = Linked();
  EXPECT_THAT(Delete(name, stranger_), IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
  EXPECT_THAT(Delete(name, exams_, v1::DELETION_REASON_UNSPECIFIED),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Delete(name, exams_, v1::DELETION_REASON_ERASURE_REQUEST),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  const auto deleted = Delete(name, exams_);
  ASSERT_THAT(deleted, IsOk());
  EXPECT_EQ(deleted->sha256(), Sha256Hex("work of c001"));
  EXPECT_EQ(deleted->deleted_by(), "users/exams");
  EXPECT_THAT(Get(name, exams_), IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
  EXPECT_THAT(Delete(name, exams_), IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
  EXPECT_EQ(service_.Outbox().back().type, "assay.evidence.v1.EvidenceDeleted");
  v1::ListDeletedEvidenceRequest request;
  request.set_parent("centres/-");
  const auto listed = service_.Call<v1::ListDeletedEvidenceResponse>(
      "assay.evidence.v1.EvidenceService/ListDeletedEvidence", request, quality_);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->deleted_evidence_size(), 1);
  EXPECT_EQ(listed->deleted_evidence(0).reason(), v1::DELETION_REASON_UPLOADED_IN_ERROR);
  fs::last_write_time(Blobs().at(0),
                      fs::file_time_type::clock::now() - std::chrono::hours(24 * 999));
  ASSERT_THAT(service_.RunPeriodic("evidence.sweep"), IsOk());
  EXPECT_THAT(Blobs(), IsEmpty());
}

// MOD-13
TEST_F(EvidenceLockTest, WhatModerationNeedsIsNotDeletedUntilItsWindowsHavePassed) {
  const std::string name = Linked();
  const auto locked = IsError(absl::StatusCode::kFailedPrecondition, kEvidenceLocked);
  const Event hold = LockChanged("l1", true, absl::InfiniteFuture(), Now());
  ASSERT_THAT(service_.Deliver(hold), IsOk());
  auto refused = Delete(name, exams_);
  EXPECT_THAT(refused, locked);
  EXPECT_EQ(platform::MetadataOf(refused.status(), "holder"), "moderation");
  EXPECT_EQ(platform::MetadataOf(refused.status(), "until"), "");
  EXPECT_THAT(Delete(name, quality_, v1::DELETION_REASON_ERASURE_REQUEST), locked);

  const absl::Time end = Now() + absl::Hours(24 * 35);
  ASSERT_THAT(service_.Deliver(LockChanged("l2", true, end, Now() + absl::Seconds(1))), IsOk());
  // The first word comes once more, and an older one for the first time: neither counts.
  ASSERT_THAT(service_.Deliver(hold), IsOk());
  ASSERT_THAT(
      service_.Deliver(LockChanged("l0", false, absl::InfiniteFuture(), Now() - absl::Seconds(1))),
      IsOk());
  refused = Delete(name, exams_);
  EXPECT_THAT(refused, locked);
  EXPECT_NE(platform::MetadataOf(refused.status(), "until"), "");
  service_.clock().Advance(absl::Hours(24 * 35));
  EXPECT_THAT(Delete(name, exams_), IsOk());  // Also if moderation never says so.
}

TEST_F(EvidenceLockTest, AReleasedLockHoldsNothing) {
  const std::string name = Linked();
  ASSERT_THAT(service_.Deliver(LockChanged("l1", true, absl::InfiniteFuture(), Now())), IsOk());
  ASSERT_THAT(
      service_.Deliver(LockChanged("l2", false, absl::InfiniteFuture(), Now() + absl::Seconds(1))),
      IsOk());
  EXPECT_THAT(Delete(name, exams_), IsOk());
}

TEST_F(EvidenceLockTest, ALegalHoldIsItsHoldersAlone) {
  const std::string name = Linked();
  v1::LockEvidenceRequest lock;
  lock.set_subject(name);
  lock.set_reason("malpractice inquiry");
  const std::string kLock = "assay.evidence.v1.EvidenceService/LockEvidence";
  const std::string kUnlock = "assay.evidence.v1.EvidenceService/UnlockEvidence";
  EXPECT_THAT(service_.Call<v1::EvidenceLock>(kLock, lock, exams_),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  ASSERT_THAT(service_.Call<v1::EvidenceLock>(kLock, lock, quality_), IsOk());
  EXPECT_THAT(Delete(name, exams_),
              IsError(absl::StatusCode::kFailedPrecondition, kEvidenceLocked));
  v1::UnlockEvidenceRequest unlock;
  unlock.set_subject(name);
  const std::string other = service_.Token({.subject = "users/other", .roles = {"quality"}});
  ASSERT_THAT(service_.Call<v1::EvidenceLock>(kUnlock, unlock, other), IsOk());
  EXPECT_THAT(Delete(name, exams_),
              IsError(absl::StatusCode::kFailedPrecondition, kEvidenceLocked));
  v1::ListEvidenceLocksRequest list;
  const std::string kLocks = "assay.evidence.v1.EvidenceService/ListEvidenceLocks";
  const auto locks = service_.Call<v1::ListEvidenceLocksResponse>(kLocks, list, quality_);
  ASSERT_THAT(locks, IsOk());
  ASSERT_EQ(locks->locks_size(), 1);
  EXPECT_EQ(locks->locks(0).holder(), "users/q");
  service_.clock().Advance(absl::Seconds(1));
  ASSERT_THAT(service_.Call<v1::EvidenceLock>(kUnlock, unlock, quality_), IsOk());
  EXPECT_THAT(Delete(name, exams_), IsOk());
  lock.set_subject("qualifications/1");
  EXPECT_THAT(service_.Call<v1::EvidenceLock>(kLock, lock, quality_),
              IsError(absl::StatusCode::kInvalidArgument, kSubjectInvalid));
}

// MOD-13: whoever reviews sees the work, and the moderator before does so no more.
TEST_F(EvidenceLockTest, AReviewerTakesTheModeratorsPlace) {
  const std::string name = Linked();
  ASSERT_THAT(service_.Deliver(Allocated("a1", "users/m", Now())), IsOk());
  ASSERT_THAT(Get(name, moderator_), IsOk());
  moderation::v1::ReviewAccepted payload;
  payload.set_submission(kSubmission);
  payload.set_reviewer_subject("users/senior");
  ASSERT_THAT(service_.Deliver({.id = "r1",
                                .type = "assay.moderation.v1.ReviewAccepted",
                                .tenant = "tenant-a",
                                .subject = kSubmission,
                                .actor = "users/q",
                                .trace = "t",
                                .time = Now() + absl::Seconds(1),
                                .payload = payload.SerializeAsString()}),
              IsOk());
  const std::string senior = service_.Token({.subject = "users/senior", .roles = {"moderator"}});
  EXPECT_THAT(Get(name, senior), IsOk());
  EXPECT_THAT(Get(name, moderator_), IsError(absl::StatusCode::kNotFound, kEvidenceNotFound));
}

TEST_F(EvidenceServiceTest, TheSweepSparesWhatIsNamed) {
  auto receipt = Upload("hello");
  ASSERT_THAT(receipt, IsOk());
  fs::last_write_time(Blobs().at(0),
                      fs::file_time_type::clock::now() - std::chrono::hours(24 * 999));
  ASSERT_THAT(service_.RunPeriodic("evidence.sweep"), IsOk());
  EXPECT_EQ(Download(receipt->name(), exams_).first, "hello");
}

}  // namespace
}  // namespace assay::evidence
