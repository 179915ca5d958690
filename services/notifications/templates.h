// Which event tells whom what: a data file, no code per event (NOT-1).
//
// Each template names an event's type, its audience and its words; {field} stands for a
// field of the event's message. Of several templates that fit an event and a mailbox the
// first in the file counts, so particular ones (`when`) go before general ones.
//
// Audience: "actor" (who caused it), "centre" (the event's centre), "role:quality",
// "field:moderator_subject" (the mailbox that the field names).
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/events/event.h"

namespace assay::notifications {

// A message not yet in its mailbox.
struct Draft {
  std::string mailbox;
  std::string title;
  std::string body;
  bool email = false;
};

class Templates {
 public:
  // Returns INVALID_ARGUMENT naming the first template with an unknown event, field or
  // audience: a misspelt one stops the start, not a message.
  static absl::StatusOr<Templates> Parse(std::string_view json);

  // One draft for each mailbox that the event concerns; none for events without template.
  absl::StatusOr<std::vector<Draft>> Render(const platform::Event& event) const;

  bool Knows(std::string_view event_type) const;  // Has a template, or is meant to be silent.

 private:
  struct Template {
    std::string event;
    std::map<std::string, std::string> when;
    std::vector<std::string> to;
    bool email = false;
    std::string title;
    std::string body;
  };
  static absl::Status Check(const Template& entry);

  std::vector<Template> templates_;
  std::map<std::string, std::string, std::less<>> silent_;  // Event type to the reason.
};

// The shipped file, templates/en.json.
std::string_view ShippedTemplates();

}  // namespace assay::notifications
