// A body with two colleges, on the real wiring: one is approved, the other has applied. An officer,
// the head of each, and calls by short method names.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/lifecycle_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/staff_service.pb.h"
#include "services/approval/errors.h"
#include "services/approval/wiring.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval::testing {

inline constexpr char kCentre[] = "centres/urn-100000";
inline constexpr char kNeighbour[] = "centres/urn-100002";

inline google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

class ApprovalFixture : public ::testing::Test {
 protected:
  ApprovalFixture() : ApprovalFixture(Config()) {}
  explicit ApprovalFixture(Config config) : config_(config), service_(Definition(config_)) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    head_ = service_.Token({.subject = "users/head", .roles = {"centre_head"}, .centre = kCentre});
    other_ =
        service_.Token({.subject = "users/other", .roles = {"centre_head"}, .centre = kNeighbour});
    Import(
        "100000,6813614,Hill College,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
        "100002,6816006,Vale College,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n");
    v1::ApproveCentreRequest approve;
    approve.set_name(kCentre);
    EXPECT_TRUE(Call<v1::Centre>("CentreService/ApproveCentre", approve, officer_).ok());
  }

  void Import(const std::string& rows) {
    v1::ImportCentresRequest import;
    import.set_layout("england-establishments");
    import.mutable_content()->set_data(absl::StrCat(
        "URN,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,NFTYPE,AGEL,"
        "AGEH,OTHERURN\n",
        rows));
    const std::vector<const google::protobuf::Message*> pieces = {&import};
    v1::ImportCentresResponse imported;
    ASSERT_TRUE(
        service_
            .CallUpload("assay.approval.v1.CentreService/ImportCentres", pieces, imported, officer_)
            .ok());
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const std::string& token) {
    return service_.Call<Response>("assay.approval.v1." + method, request, token);
  }

  absl::CivilDay Today() { return absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone()); }
  void Pass(int days) { service_.clock().Set(service_.clock().Now() + absl::Hours(24 * days)); }
  absl::Status Sweep() { return service_.RunPeriodic("approval.deadlines"); }

  v1::Centre::State StateOf(const std::string& centre) {
    v1::GetCentreRequest request;
    request.set_name(centre);
    const auto got = Call<v1::Centre>("CentreService/GetCentre", request, officer_);
    EXPECT_TRUE(got.ok());
    return got.ok() ? got->state() : v1::Centre::STATE_UNSPECIFIED;
  }

  std::string ApprovalFor(const std::string& qualification) {
    v1::CreateQualificationApprovalRequest apply;
    apply.set_parent(kCentre);
    apply.mutable_qualification_approval()->set_qualification("qualifications/" + qualification);
    const auto applied = Call<v1::QualificationApproval>(
        "ApprovalService/CreateQualificationApproval", apply, officer_);
    EXPECT_TRUE(applied.ok());
    return applied.ok() ? applied->name() : "";
  }

  // Pages of one, so that paging is walked every time.
  std::vector<v1::TimelineEntry> Timeline(const std::string& centre, const std::string& token,
                                          v1::TimelineKind kind = v1::TIMELINE_KIND_UNSPECIFIED,
                                          const std::string& subject = "") {
    v1::ListTimelineRequest request;
    request.set_parent(centre);
    request.set_page_size(1);
    request.set_kind(kind);
    request.set_subject(subject);
    std::vector<v1::TimelineEntry> entries;
    do {
      const auto page =
          Call<v1::ListTimelineResponse>("OversightService/ListTimeline", request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& entry : page->entries()) entries.push_back(entry);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return entries;
  }
  static std::vector<std::string> WhatOf(const std::vector<v1::TimelineEntry>& entries) {
    std::vector<std::string> what;
    for (const auto& entry : entries) what.push_back(entry.what());
    return what;
  }

  template <typename Payload>
  std::vector<Payload> Events() {
    std::vector<Payload> payloads;
    for (const platform::Event& event : service_.Outbox()) {
      if (event.type != Payload::descriptor()->full_name()) continue;
      EXPECT_TRUE(payloads.emplace_back().ParseFromString(event.payload));
    }
    return payloads;
  }

  Config config_;
  platform::testing::TestService service_;
  std::string officer_, head_, other_;
};

}  // namespace assay::approval::testing
