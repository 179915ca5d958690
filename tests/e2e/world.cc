#include "tests/e2e/world.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace assay::e2e {

std::string Quality(const System& system) {
  return system.Token({.subject = "users/officer", .roles = {"quality"}});
}

std::string Exams(const System& system, const std::string& centre) {
  return system.Token(
      {.subject = "users/exams-" + centre.substr(8), .roles = {"centre_exams"}, .centre = centre});
}

int MarkOf(int index) { return (index * 7) % 60 + 1; }

std::string MarksCsv(int count) {
  std::string csv = "candidate,mark,assessor\n";
  for (int i = 1; i <= count; ++i) {
    char line[64];
    std::snprintf(line, sizeof line, "C%04d,%d,A%d\n", i, MarkOf(i), i % 3);
    csv += line;
  }
  return csv;
}

std::string SubmissionOf(const std::string& centre) {
  return std::string(kComponent) + "/submissions/" + centre.substr(8);
}

void MakeWorld(System& system) {
  const std::string officer = Quality(system);
  const std::string csv =
      "URN,LA,ESTAB,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,MINORGROUP,"
      "NFTYPE,AGEL,AGEH,OTHERURN\n"
      "100101,681,3601,6813601,Northgate College,1 High Street,Leeds,LS1 "
      "1AA,1,,,College,FE,16,19,\n"
      "100102,681,3602,6813602,Southgate College,2 High Street,Leeds,LS1 "
      "1AB,1,,,College,FE,16,19,\n"
      "100103,681,3603,6813603,Eastgate School,3 High Street,Leeds,LS1 1AC,1,,,School,CS,11,18,\n";
  HttpReply reply = system.Call({.method = "POST",
                                 .path = "/v1/centres:import?layout=england-establishments",
                                 .body = csv,
                                 .token = officer,
                                 .content_type = "text/csv"});
  ASSERT_EQ(reply.status, 200) << reply.body;
  ASSERT_EQ(reply.Json().value("createdCount", ""), "3") << reply.body;
  for (const char* centre : {"centres/urn-100101", "centres/urn-100102"}) {
    reply =
        system.Post(std::string("/v1/") + centre + ":approve", nlohmann::json::object(), officer);
    ASSERT_EQ(reply.status, 200) << reply.body;
    reply = system.Post(std::string("/v1/") + centre + "/qualificationApprovals",
                        {{"qualification", "qualifications/3818-13"}}, Exams(system, centre));
    ASSERT_EQ(reply.status, 200) << reply.body;
    reply = system.Post("/v1/" + reply.Json()["name"].get<std::string>() + ":approve",
                        nlohmann::json::object(), officer);
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  reply = system.Post("/v1/series?seriesId=summer-2026", {{"title", "Summer 2026"}}, officer);
  ASSERT_EQ(reply.status, 200) << reply.body;
  reply = system.Post("/v1/series/summer-2026/components?componentId=coursework",
                      {{"title", "Coursework"},
                       {"qualification", "qualifications/3818-13"},
                       {"markMax", 60},
                       {"markStep", 1},
                       {"samplingPolicy", "pearson-2026"},
                       {"tolerancePolicy", "six-percent"},
                       {"adjustmentPolicy", "least-squares"},
                       {"blind", true}},
                      officer);
  ASSERT_EQ(reply.status, 200) << reply.body;
}

}  // namespace assay::e2e
