#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commitment.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kComponent;
using testing::kPackage;

class MarkImportTest : public testing::ModerationTest {
 protected:
  using Change = std::function<void(v1::MarkImport&)>;

  std::string Begin(
      v1::MarksMode mode, bool open_submissions = true, Change change = [](v1::MarkImport&) {}) {
    v1::CreateMarkImportRequest request;
    request.set_parent(kComponent);
    request.mutable_mark_import()->set_mode(mode);
    request.mutable_mark_import()->set_open_submissions(open_submissions);
    change(*request.mutable_mark_import());
    const auto import =
        Call<v1::MarkImport>("MarkImportService/CreateMarkImport", request, officer_);
    EXPECT_THAT(import, IsOk());
    return import.ok() ? import->name() : "";
  }

  absl::StatusOr<v1::MarkImport> Upload(const std::string& name, std::int64_t offset,
                                        const std::string& bytes, std::string token = "") {
    std::vector<v1::UploadMarksRequest> messages(1);
    messages[0].set_name(name);
    messages[0].set_offset(offset);
    constexpr std::size_t kPiece = 64 * 1024;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      messages.emplace_back().mutable_content()->set_data(bytes.substr(at, kPiece));
    }
    return Send("UploadMarks", messages, token);
  }

  // Batches of one centre each, numbered from `sequence` on.
  absl::StatusOr<v1::MarkImport> Stream(const std::string& name, std::int64_t sequence,
                                        const std::vector<v1::CentreMarks>& batches) {
    std::vector<v1::StreamMarksRequest> messages;
    for (const v1::CentreMarks& marks : batches) {
      v1::StreamMarksRequest& message = messages.emplace_back();
      if (messages.size() == 1) message.set_name(name);
      message.set_sequence(sequence++);
      *message.add_rows() = marks;
    }
    return Send("StreamMarks", messages, "");
  }

  absl::StatusOr<v1::MarkImport> Finish(const std::string& name, std::string token = "") {
    v1::FinishMarkImportRequest request;
    request.set_name(name);
    return Call<v1::MarkImport>("MarkImportService/FinishMarkImport", request,
                                token.empty() ? officer_ : token);
  }

  absl::StatusOr<v1::MarkImport> GetImport(const std::string& name, std::string token = "") {
    v1::GetMarkImportRequest request;
    request.set_name(name);
    return Call<v1::MarkImport>("MarkImportService/GetMarkImport", request,
                                token.empty() ? officer_ : token);
  }

  absl::StatusOr<v1::MarkImport> Cancel(const std::string& name) {
    v1::CancelMarkImportRequest request;
    request.set_name(name);
    return Call<v1::MarkImport>("MarkImportService/CancelMarkImport", request, officer_);
  }

  std::string Report(const std::string& name) {
    v1::DownloadMarkImportReportRequest request;
    request.set_name(name);
    std::string text;
    EXPECT_THAT(service_.CallDownload(
                    kPackage + "MarkImportService/DownloadMarkImportReport", request,
                    [&](const std::string& bytes) {
                      google::api::HttpBody body;
                      EXPECT_TRUE(body.ParseFromString(bytes));
                      text += body.data();
                    },
                    officer_),
                IsOk());
    return text;
  }

  static std::string SubmissionOf(const std::string& centre) {
    return kComponent + "/submissions/" + centre;
  }
  std::int64_t CandidatesOf(const std::string& centre) {
    const auto submission = Get(SubmissionOf(centre), officer_);
    return submission.ok() ? submission->candidate_count() : -1;
  }

  absl::Status Script(const std::string& sql) {
    return service_.database().WriteNow(
        [&](platform::Transaction& tx) { return tx.ExecuteScript(sql); });
  }

  // 1,903 good rows of one centre and two bad ones, at lines 102 and 1502 of a file.
  static constexpr int kGood = 1903;
  static std::string WithTwoBadRows(bool with_centre) {
    std::string csv = with_centre ? "centre,candidate,mark\n" : "candidate,mark\n";
    int good = 0;
    for (int line = 2; good < kGood || line <= 1502; ++line) {
      if (with_centre) csv += "100001,";
      if (line == 102) {
        absl::StrAppend(&csv, "high,61\n");
      } else if (line == 1502) {
        absl::StrAppend(&csv, "wrong,three\n");
      } else {
        absl::StrAppend(&csv, "n", absl::Dec(++good, absl::kZeroPad4), ",", good % 61, "\n");
      }
    }
    return csv;
  }

 private:
  template <typename Message>
  absl::StatusOr<v1::MarkImport> Send(std::string_view method, const std::vector<Message>& messages,
                                      const std::string& token) {
    std::vector<const google::protobuf::Message*> pointers;
    for (const Message& message : messages) pointers.push_back(&message);
    v1::MarkImport import;
    const absl::Status status =
        service_.CallUpload(absl::StrCat(kPackage, "MarkImportService/", std::string(method)),
                            pointers, import, token.empty() ? officer_ : token);
    if (!status.ok()) return status;
    return import;
  }
};

v1::CentreMarks MarksOf(const std::string& centre,
                        const std::vector<std::pair<std::string, double>>& marks) {
  v1::CentreMarks out;
  out.set_centre(centre);
  for (const auto& [number, mark] : marks) {
    v1::Candidate& candidate = *out.add_candidates();
    candidate.set_candidate(number);
    candidate.set_mark(mark);
  }
  return out;
}

TEST_F(MarkImportTest, ASubmissionWithTwoBadRowsTellsExactlyWhichAndTheCallerChoosesForTheRest) {
  MakeComponent();
  const std::string csv = WithTwoBadRows(false);
  struct Case {
    v1::MarksMode mode;
    std::int64_t kept;
  };
  for (const Case& c :
       {Case{v1::MARKS_MODE_VALIDATE_ONLY, 0}, Case{v1::MARKS_MODE_ALL_OR_NOTHING, 0},
        Case{v1::MARKS_MODE_KEEP_GOOD, kGood}}) {
    const std::string centre = absl::StrCat("centres/urn-20000", c.mode);
    const std::string name = Open(centre)->name();
    // As a file.
    std::vector<v1::ImportMarksRequest> messages(2);
    messages[0].set_name(name);
    messages[0].set_mode(c.mode);
    messages[1].mutable_content()->set_data(csv);
    v1::RecordMarksResponse response;
    const absl::Status status =
        service_.CallUpload(kPackage + "SubmissionService/ImportMarks",
                            {&messages[0], &messages[1]}, response, officer_);
    if (c.mode == v1::MARKS_MODE_ALL_OR_NOTHING) {
      EXPECT_THAT(status, IsError(Code::kInvalidArgument, kMarksRefused));
      EXPECT_THAT(std::string(status.message()), HasSubstr("2 of 1905"));
    } else {
      ASSERT_THAT(status, IsOk());
      EXPECT_EQ(response.accepted_count(), kGood);
      ASSERT_EQ(response.refused_size(), 2);
      EXPECT_EQ(response.refused(0).row(), 102);
      EXPECT_EQ(response.refused(0).field(), "mark");
      EXPECT_EQ(response.refused(0).reason(), kMarkAboveMaximum);
      EXPECT_EQ(response.refused(1).row(), 1502);
      EXPECT_EQ(response.refused(1).reason(), kMarkNotANumber);
    }
    EXPECT_EQ(Get(name, officer_)->candidate_count(), c.kept) << c.mode;
    // As a message.
    v1::RecordMarksRequest request;
    request.set_name(Open(centre + "7")->name());
    request.set_mode(c.mode);
    for (int i = 1; i <= kGood + 2; ++i) {
      v1::Candidate& candidate = *request.add_candidates();
      candidate.set_candidate(absl::StrCat("n", i));
      candidate.set_mark(i == 101 ? 61 : i == 1501 ? 1.5 : i % 61);
    }
    const auto recorded =
        Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", request, officer_);
    if (c.mode == v1::MARKS_MODE_ALL_OR_NOTHING) {
      EXPECT_THAT(recorded, IsError(Code::kInvalidArgument, kMarksRefused));
    } else {
      ASSERT_THAT(recorded, IsOk());
      ASSERT_EQ(recorded->refused_size(), 2);
      EXPECT_EQ(recorded->refused(0).row(), 101);
      EXPECT_EQ(recorded->refused(0).reason(), kMarkAboveMaximum);
      EXPECT_EQ(recorded->refused(1).row(), 1501);
      EXPECT_EQ(recorded->refused(1).reason(), kMarkOffStep);
    }
    EXPECT_EQ(Get(request.name(), officer_)->candidate_count(), c.kept) << c.mode;
  }
}

TEST_F(MarkImportTest, AnImportTellsTheSameTwoRowsInEachModeFromAFileAndFromMessages) {
  MakeComponent();
  struct Case {
    v1::MarksMode mode;
    v1::MarkImport::State state;
    std::int64_t kept;
  };
  for (const Case& c : {Case{v1::MARKS_MODE_VALIDATE_ONLY, v1::MarkImport::STATE_DONE, -1},
                        Case{v1::MARKS_MODE_ALL_OR_NOTHING, v1::MarkImport::STATE_REFUSED, -1},
                        Case{v1::MARKS_MODE_KEEP_GOOD, v1::MarkImport::STATE_DONE, kGood}}) {
    const std::string file = Begin(c.mode);
    ASSERT_THAT(Upload(file, 0, WithTwoBadRows(true)), IsOk());
    const auto done = Finish(file);
    ASSERT_THAT(done, IsOk());
    EXPECT_EQ(done->state(), c.state);
    EXPECT_EQ(done->row_count(), kGood + 2);
    EXPECT_EQ(done->accepted_count(), kGood);
    ASSERT_EQ(done->refused_size(), 2);
    EXPECT_EQ(done->refused(0).line(), 102);
    EXPECT_EQ(done->refused(0).centre(), "100001");
    EXPECT_EQ(done->refused(0).candidate(), "high");
    EXPECT_EQ(done->refused(0).column(), "mark");
    EXPECT_EQ(done->refused(0).reason(), kMarkAboveMaximum);
    EXPECT_EQ(done->refused(1).line(), 1502);
    EXPECT_EQ(done->refused(1).reason(), kMarkNotANumber);
    EXPECT_EQ(CandidatesOf("urn-100001"), c.kept) << c.mode;
    EXPECT_EQ(Report(file),
              "line,centre,candidate,column,reason,message\r\n"
              "102,100001,high,mark,MARK_ABOVE_MAXIMUM,the mark 61 is above the maximum 60\r\n"
              "1502,100001,wrong,mark,MARK_NOT_A_NUMBER,"
              "\"\"\"three\"\" is not a mark such as 42 or 71.2\"\r\n");

    const std::string stream = Begin(c.mode);
    std::vector<std::pair<std::string, double>> marks;
    for (int i = 1; i <= kGood + 2; ++i) {
      marks.emplace_back(absl::StrCat("n", i), i == 101 ? 61 : i == 1501 ? 1.5 : i % 61);
    }
    ASSERT_THAT(Stream(stream, 1, {MarksOf("centres/urn-100002", marks)}), IsOk());
    const auto streamed = Finish(stream);
    ASSERT_THAT(streamed, IsOk());
    EXPECT_EQ(streamed->state(), c.state);
    ASSERT_EQ(streamed->refused_size(), 2);
    EXPECT_EQ(streamed->refused(0).line(), 101);
    EXPECT_EQ(streamed->refused(1).line(), 1501);
    EXPECT_EQ(streamed->refused(1).reason(), kMarkOffStep);
    EXPECT_EQ(CandidatesOf("urn-100002"), c.kept) << c.mode;
  }
}

TEST_F(MarkImportTest, ABrokenUploadGoesOnFromTheOffsetThatTheImportTells) {
  MakeComponent();
  std::string csv = "centre,candidate,mark,uln\n";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&csv, 100'000 + i % 3, ",n", i, ",", i % 61, ",\n");
  const std::string name = Begin(v1::MARKS_MODE_ALL_OR_NOTHING, true, [&](v1::MarkImport& import) {
    import.set_total_bytes(static_cast<std::int64_t>(csv.size()));
    import.set_sha256(Sha256Hex(csv));
  });
  const auto first = Upload(name, 0, csv.substr(0, 1000));
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->offset(), 1000);
  EXPECT_THAT(Finish(name), IsError(Code::kFailedPrecondition, kMarkImportIncomplete));
  const auto wrong = Upload(name, 999, csv.substr(999));
  EXPECT_THAT(wrong, IsError(Code::kAborted, kMarkImportOffsetWrong));
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("1000"));
  EXPECT_THAT(Upload(name, 0, csv), IsError(Code::kAborted, kMarkImportOffsetWrong));
  EXPECT_EQ(GetImport(name)->offset(), 1000);
  EXPECT_THAT(Upload(name, 1000, csv.substr(1000) + "x"),
              IsError(Code::kResourceExhausted, kMarkImportTooLarge));
  ASSERT_THAT(Upload(name, 1000, csv.substr(1000)), IsOk());
  const auto done = Finish(name);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::MarkImport::STATE_DONE);
  EXPECT_EQ(done->submission_count(), 3);
  EXPECT_EQ(done->applied_count(), 300);
  for (const char* centre : {"urn-100000", "urn-100001", "urn-100002"}) {
    EXPECT_EQ(CandidatesOf(centre), 100) << centre;
  }
  EXPECT_EQ(Get(SubmissionOf("urn-100000"), officer_)->centre_title(), "Castle School");
  // Finished again it answers the same, and nothing can be added.
  EXPECT_EQ(Finish(name)->state(), v1::MarkImport::STATE_DONE);
  EXPECT_THAT(Upload(name, done->offset(), "x"),
              IsError(Code::kFailedPrecondition, kMarkImportNotOpen));
}

TEST_F(MarkImportTest, ABrokenStreamGoesOnFromTheSequenceThatTheImportTells) {
  MakeComponent();
  const std::string name = Begin(v1::MARKS_MODE_KEEP_GOOD);
  const auto a = MarksOf("100001", {{"1", 5}, {"2", 6}});
  const auto b = MarksOf("ukprn-10000047", {{"1", 7}});
  ASSERT_THAT(Stream(name, 1, {a}), IsOk());
  EXPECT_THAT(Stream(name, 3, {b}), IsError(Code::kAborted, kMarkImportSequenceWrong));
  EXPECT_THAT(Stream(name, 0, {b}), IsError(Code::kAborted, kMarkImportSequenceWrong));
  EXPECT_EQ(GetImport(name)->sequence(), 1);
  // What was taken is passed over.
  const auto both = Stream(name, 1, {a, b});
  ASSERT_THAT(both, IsOk());
  EXPECT_EQ(both->sequence(), 2);
  EXPECT_THAT(Upload(name, both->offset(), "centre,candidate\n"),
              IsError(Code::kFailedPrecondition, kMarkImportMixed));
  const auto done = Finish(name);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->accepted_count(), 3);
  EXPECT_EQ(CandidatesOf("urn-100001"), 2);
  EXPECT_EQ(CandidatesOf("ukprn-10000047"), 1);
}

TEST_F(MarkImportTest, EveryBadRowOfManyCentresIsToldWithItsOwnReason) {
  MakeComponent();
  ASSERT_THAT(Open("centres/urn-100001"), IsOk());
  const std::string closed = Open("centres/urn-1")->name();
  ASSERT_THAT(Import(closed, "candidate,mark\n1,5\n"), IsOk());
  ASSERT_THAT(Submit(closed), IsOk());
  const std::string name = Begin(v1::MARKS_MODE_KEEP_GOOD, /*open_submissions=*/false);
  ASSERT_THAT(Upload(name, 0,
                     "centre,candidate,mark,uln\n"
                     "100001,1,5,1000000043\n"
                     "nowhere,1,5,\n"
                     "centres/urn-1,2,5,\n"
                     "100009,1,5,\n"
                     "100001,1,6,\n"
                     "centres/urn-100001,2,7\n"
                     "urn-100001,3,60.5,\n"
                     "100001,4,6,1234567890\n"),
              IsOk());
  const auto done = Finish(name);
  ASSERT_THAT(done, IsOk());
  std::vector<std::string> told;
  for (const v1::RefusedRow& row : done->refused()) {
    told.push_back(absl::StrCat(row.line(), " ", row.column(), " ", row.reason()));
  }
  EXPECT_THAT(told,
              ElementsAre("3 centre CENTRE_INVALID", "4 centre SUBMISSION_NOT_OPEN",
                          "5 centre SUBMISSION_NOT_FOUND", "6 candidate CANDIDATE_DUPLICATE",
                          "7  ROW_MALFORMED", "8 mark MARK_ABOVE_MAXIMUM", "9 uln ULN_INVALID"));
  EXPECT_EQ(done->accepted_count(), 1);
  EXPECT_EQ(CandidatesOf("urn-100001"), 1);
}

TEST_F(MarkImportTest, SubmissionsAreOpenedOnlyIfApprovalAllows) {
  MakeComponent([](v1::Component& c) { c.set_qualification("qualifications/3818-13"); });
  const std::string name = Begin(v1::MARKS_MODE_ALL_OR_NOTHING);
  ASSERT_THAT(Upload(name, 0, "centre,candidate,mark\n100001,1,5\n100002,1,5\n"), IsOk());
  others_status_ = absl::UnavailableError("down");
  EXPECT_THAT(Finish(name), IsError(Code::kUnavailable, kApprovalUnavailable));
  EXPECT_EQ(GetImport(name)->state(), v1::MarkImport::STATE_CHECKING);
  others_status_ = absl::OkStatus();
  approved_ = false;
  const auto refused = Finish(name);
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->state(), v1::MarkImport::STATE_REFUSED);
  ASSERT_EQ(refused->refused_size(), 2);
  EXPECT_EQ(refused->refused(1).reason(), kApprovalNotInForce);
  EXPECT_EQ(CandidatesOf("urn-100001"), -1);
}

TEST_F(MarkImportTest, AFileThatCannotBeReadFailsTheImportAndRecordsNothing) {
  MakeComponent();
  const std::string digest = Begin(v1::MARKS_MODE_KEEP_GOOD, true, [](v1::MarkImport& import) {
    import.set_sha256(std::string(64, 'A'));
  });
  ASSERT_THAT(Upload(digest, 0, "centre,candidate,mark\n100001,1,5\n"), IsOk());
  EXPECT_THAT(Finish(digest), IsError(Code::kInvalidArgument, kMarkImportDigestWrong));
  EXPECT_THAT(Finish(digest), IsError(Code::kInvalidArgument, kMarkImportDigestWrong));
  EXPECT_EQ(GetImport(digest)->state(), v1::MarkImport::STATE_FAILED);
  EXPECT_EQ(GetImport(digest)->failure_reason(), kMarkImportDigestWrong);
  const std::string header = Begin(v1::MARKS_MODE_KEEP_GOOD);
  ASSERT_THAT(Upload(header, 0, "candidate,mark\n1,5\n"), IsOk());
  EXPECT_THAT(Finish(header), IsError(Code::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN"));
  EXPECT_EQ(CandidatesOf("urn-100001"), -1);
  EXPECT_THAT(Finish(Begin(v1::MARKS_MODE_KEEP_GOOD)),
              IsError(Code::kFailedPrecondition, kMarkImportIncomplete));
}

// All or nothing across submissions: broken off in the middle, what is begun is completed, and
// nobody changes a held submission meanwhile.
TEST_F(MarkImportTest, AnInterruptedImportHoldsItsSubmissionsAndGoesOnByItself) {
  MakeComponent();
  std::string csv = "centre,candidate,mark\n";
  for (int i = 0; i < 6000; ++i) {
    absl::StrAppend(&csv, i < 3000 ? "100001,n" : "100002,n", absl::Dec(i, absl::kZeroPad4), ",",
                    i % 61, "\n");
  }
  const std::string name = Begin(v1::MARKS_MODE_ALL_OR_NOTHING);
  ASSERT_THAT(Upload(name, 0, csv), IsOk());
  ASSERT_THAT(Script("CREATE TRIGGER broken BEFORE INSERT ON candidates WHEN "
                     "NEW.candidate = 'n5500' BEGIN SELECT RAISE(ABORT, 'broken'); END"),
              IsOk());
  EXPECT_FALSE(Finish(name).ok());
  auto import = GetImport(name);
  EXPECT_EQ(import->state(), v1::MarkImport::STATE_APPLYING);
  EXPECT_EQ(import->applied_count(), 5000);
  EXPECT_EQ(CandidatesOf("urn-100001"), 3000);
  EXPECT_EQ(CandidatesOf("urn-100002"), 2000);
  EXPECT_THAT(Submit(SubmissionOf("urn-100001")), ::testing::Not(IsOk()));
  v1::SubmitSubmissionRequest submit;
  submit.set_name(SubmissionOf("urn-100001"));
  EXPECT_THAT(Call<v1::Submission>("SubmissionService/SubmitSubmission", submit, officer_),
              IsError(Code::kFailedPrecondition, kMarkImportHolds));
  v1::RecordMarksRequest record;
  record.set_name(SubmissionOf("urn-100002"));
  EXPECT_THAT(Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", record, officer_),
              IsError(Code::kFailedPrecondition, kMarkImportHolds));
  EXPECT_THAT(Cancel(name), IsError(Code::kFailedPrecondition, kMarkImportNotOpen));

  ASSERT_THAT(Script("DROP TRIGGER broken"), IsOk());
  service_.clock().Advance(absl::Minutes(2));
  ASSERT_THAT(service_.RunPeriodic("mark_imports"), IsOk());
  import = GetImport(name);
  EXPECT_EQ(import->state(), v1::MarkImport::STATE_DONE);
  EXPECT_EQ(import->applied_count(), 6000);
  EXPECT_EQ(CandidatesOf("urn-100001"), 3000);
  EXPECT_EQ(CandidatesOf("urn-100002"), 3000);
  EXPECT_THAT(Call<v1::Submission>("SubmissionService/SubmitSubmission", submit, officer_), IsOk());
}

TEST_F(MarkImportTest, NoTwoImportsHoldTheSameSubmissionAndAnOpenedOneIsHeldByName) {
  MakeComponent();
  const std::string first = Begin(v1::MARKS_MODE_ALL_OR_NOTHING);
  ASSERT_THAT(Upload(first, 0, "centre,candidate,mark\n100001,1,5\n"), IsOk());
  ASSERT_THAT(Script("CREATE TRIGGER broken BEFORE INSERT ON candidates BEGIN SELECT "
                     "RAISE(ABORT, 'broken'); END"),
              IsOk());
  EXPECT_FALSE(Finish(first).ok());
  EXPECT_THAT(Open("centres/urn-100001"), IsError(Code::kFailedPrecondition, kMarkImportHolds));
  const std::string second = Begin(v1::MARKS_MODE_ALL_OR_NOTHING);
  ASSERT_THAT(Upload(second, 0, "centre,candidate,mark\n100001,2,5\n"), IsOk());
  const auto refused = Finish(second);
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->state(), v1::MarkImport::STATE_REFUSED);
  ASSERT_EQ(refused->refused_size(), 1);
  EXPECT_EQ(refused->refused(0).reason(), kMarkImportHolds);
}

TEST_F(MarkImportTest, ACancelledOrForgottenImportLetsGoOfEverything) {
  MakeComponent();
  const std::string cancelled = Begin(v1::MARKS_MODE_KEEP_GOOD);
  ASSERT_THAT(Upload(cancelled, 0, "centre,candidate,mark\n100001,1,5\n"), IsOk());
  EXPECT_EQ(Cancel(cancelled)->state(), v1::MarkImport::STATE_CANCELLED);
  EXPECT_EQ(Cancel(cancelled)->state(), v1::MarkImport::STATE_CANCELLED);
  EXPECT_THAT(Finish(cancelled), IsError(Code::kFailedPrecondition, kMarkImportNotOpen));
  const std::string forgotten = Begin(v1::MARKS_MODE_KEEP_GOOD);
  ASSERT_THAT(Upload(forgotten, 0, "centre,candidate,mark\nnowhere,1,5\n"), IsOk());
  ASSERT_THAT(service_.RunPeriodic("mark_imports"), IsOk());
  service_.clock().Advance(config_.mark_import_lifetime);
  ASSERT_THAT(service_.RunPeriodic("mark_imports"), IsOk());
  EXPECT_THAT(GetImport(cancelled), IsError(Code::kNotFound, kMarkImportNotFound));
  EXPECT_EQ(GetImport(forgotten)->state(), v1::MarkImport::STATE_CANCELLED);
  std::int64_t chunks = -1;
  ASSERT_THAT(service_.database().ReadNow([&](platform::Transaction& tx) {
    return tx.Query("SELECT COUNT(*) FROM mark_import_chunks", {},
                    [&](const platform::SqlRow& row) {
                      chunks = row.Int(0);
                      return absl::OkStatus();
                    });
  }),
              IsOk());
  EXPECT_EQ(chunks, 0);
}

TEST_F(MarkImportTest, ACentreImportsForItselfOnlyAndSeesNoOthers) {
  MakeComponent();
  v1::CreateMarkImportRequest request;
  request.set_parent(kComponent);
  request.mutable_mark_import()->set_mode(v1::MARKS_MODE_KEEP_GOOD);
  request.mutable_mark_import()->set_open_submissions(true);
  const auto own = Call<v1::MarkImport>("MarkImportService/CreateMarkImport", request, centre_);
  ASSERT_THAT(own, IsOk());
  ASSERT_THAT(Upload(own->name(), 0, "centre,candidate,mark\nurn-1,1,5\nurn-2,1,5\n", centre_),
              IsOk());
  EXPECT_THAT(Upload(own->name(), 0, "x", stranger_),
              IsError(Code::kNotFound, kMarkImportNotFound));
  const auto done = Finish(own->name(), centre_);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->accepted_count(), 1);
  ASSERT_EQ(done->refused_size(), 1);
  EXPECT_EQ(done->refused(0).reason(), kCentreNotFound);
  EXPECT_THAT(GetImport(own->name(), stranger_), IsError(Code::kNotFound, kMarkImportNotFound));
  v1::ListMarkImportsRequest list;
  list.set_parent(kComponent);
  const auto theirs =
      Call<v1::ListMarkImportsResponse>("MarkImportService/ListMarkImports", list, stranger_);
  EXPECT_EQ(theirs->mark_imports_size(), 0);
  const auto all =
      Call<v1::ListMarkImportsResponse>("MarkImportService/ListMarkImports", list, officer_);
  EXPECT_EQ(all->mark_imports_size(), 1);
}

TEST_F(MarkImportTest, NoMoreThanSoManyStayUnfinished) {
  MakeComponent();
  for (int i = 0; i < 50; ++i) ASSERT_NE(Begin(v1::MARKS_MODE_KEEP_GOOD), "");
  v1::CreateMarkImportRequest request;
  request.set_parent(kComponent);
  EXPECT_THAT(Call<v1::MarkImport>("MarkImportService/CreateMarkImport", request, officer_),
              IsError(Code::kResourceExhausted, kMarkImportsTooMany));
  request.mutable_mark_import()->set_total_bytes(std::int64_t{1} << 40);
  EXPECT_THAT(Call<v1::MarkImport>("MarkImportService/CreateMarkImport", request, officer_),
              IsError(Code::kInvalidArgument, kMarkImportTooLarge));
}

}  // namespace
}  // namespace assay::moderation
