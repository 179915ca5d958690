// Every column of text that this service keeps, sorted into two: what people wrote in their own
// words, which may name a learner and is rewritten when the learner is erased (EVD-5), and all the
// rest with why it may stay as it is. A column that is in neither list fails the test of
// stores/learner_traces.
#pragma once
#include <string_view>

namespace assay::approval {

struct LearnerText {
  std::string_view table;
  std::string_view column;
  std::string_view centre = "centre";  // The column that says of which centre it is.
};
inline constexpr LearnerText kLearnerTexts[] = {
    {"achievements", "change_note"},
    {"approval_changes", "reason"},
    {"approval_conditions", "close_reason"},
    {"approval_conditions", "text"},
    {"awards", "reason"},
    {"centre_actions", "answer"},
    {"centre_actions", "feedback"},
    {"centre_actions", "source"},
    {"centre_actions", "text"},
    {"centre_applications", "reason"},
    {"centre_corrections", "reason"},
    {"centre_duplicates", "decision_reason", "first"},
    {"centre_links", "reason", "predecessor"},
    {"centre_states", "reason"},
    {"centre_timeline", "reason"},
    {"centre_timeline", "what"},
    {"centres", "state_reason", "id"},
    {"erasures", "reason"},
    {"evidence_checks", "note"},
    {"planner_actions", "text"},
    {"planner_decisions", "reason"},
    {"planner_learners", "decision_reason"},
    {"planner_learners", "repair"},
    {"planner_rulings", "feedback"},
    {"planner_waivers", "reason"},
    {"qualification_approvals", "state_reason"},
    {"quality_reviews", "summary"},
    {"quality_reviews", "void_reason"},
    {"recording_forms", "changes"},
    {"recording_forms", "state_reason"},
    {"recording_forms", "title"},
    {"registration_changes", "reason"},
    {"registrations", "state_reason"},
    {"restrictions", "lift_reason"},
    {"restrictions", "reason"},
    {"review_actions", "closing_note"},
    {"review_actions", "text"},
    {"sites", "state_reason"},
    {"staff_competences", "revoke_reason"},
    {"staff_competences", "what"},
    {"staff_conflicts", "nature"},
    {"staff_conflicts", "resolution"},
    {"staff_conflicts", "with_whom"},
};

struct OtherText {
  std::string_view table;    // "*": of every table.
  std::string_view columns;  // With blanks between them; "*_day": all that end so.
  std::string_view why;
};
inline constexpr OtherText kOtherTexts[] = {
    {"*", "tenant centre id", "ids"},
    {"*", "*_day", "days"},
    {"*", "qualification", "a number of the catalogue"},
    {"*", "officer actor author *_by", "users"},
    {"achievements", "registration unit assessor verifier recording_form",
     "names of resources, numbers of units"},
    {"approval_changes", "approval what day", "ids and a word of ours"},
    {"approval_conditions", "approval", "ids and days"},
    {"approval_policies", "change_note", "about policies of a body, of no centre"},
    {"awards", "learner_name uln",
     "erased by the command unless the award was made, which stays provable"},
    {"awards", "registration units claimant", "ids, numbers of units, users"},
    {"catalogue_entries", "number document change_note", "about qualifications, of no centre"},
    {"centre_actions", "approval evidence", "names of resources"},
    {"centre_applications", "applicant", "who applies for a centre"},
    {"centre_corrections", "field value", "facts of a centre in its national form"},
    {"centre_duplicates", "first second reasons", "ids and words of ours"},
    {"centre_keys", "key", "facts of a centre"},
    {"centre_links", "predecessor successor", "ids"},
    {"centre_sources", "source origin facts", "facts of a centre, from national files"},
    {"centre_states", "state", "a word of ours"},
    {"centre_timeline", "subject rule", "names of resources and rules"},
    {"centre_words", "word", "words of a centre's name and place"},
    {"centres",
     "title state urn ukprn laestab address_lines town postcode kind predecessor_urn successor_urn "
     "title_cy other_names region authority website reference merged_into",
     "facts of a centre, from national files"},
    {"declaration_samples", "planner policy commitment published",
     "a draw, of activities and evidence"},
    {"due_notices", "item", "names of resources"},
    {"erasures", "registrations kept_awards pseudonym",
     "what remains of an erasure: names of resources and the pseudonym"},
    {"evidence_checks", "planner item", "ids of activities and evidence"},
    {"involvement_policies", "change_note", "about policies of a body, of no centre"},
    {"planner_actions", "planner", "ids"},
    {"planner_decisions", "planner enrolment", "ids, and rewritten by stores/planner_erasure"},
    {"planner_declarations", "planner position", "ids, and who signs for the centre"},
    {"planner_learners", "enrolment name", "rewritten by stores/planner_erasure"},
    {"planner_learners", "planner rule", "ids of planners and rules"},
    {"planner_rulings", "planner outcome deadline", "ids and a word of ours"},
    {"planner_secrets", "planner", "ids"},
    {"planner_versions", "change_note changes", "rewritten with their document"},
    {"planner_versions", "planner", "ids"},
    {"planner_waivers", "planner", "ids"},
    {"planners", "approval declaration_deadline position met_planner",
     "ids, days, and who signs for the centre"},
    {"qualification_approvals", "state fast_track_from applied_policy decided_policy",
     "ids, days and words of ours"},
    {"quality_evaluations", "cause", "a word of ours; facts and outcome hold grades and ids"},
    {"quality_reviews", "reviewer", "an officer's name"},
    {"recording_forms", "evidence", "names of resources"},
    {"register_entries", "register code title belongs_to facts", "from national files"},
    {"register_words", "register entry word", "from national files"},
    {"registration_changes", "registration what", "ids and a word of ours"},
    {"registrations", "enrolment learner_name uln programme", "what the command erases"},
    {"registrations", "predecessor successor erasure", "names of resources"},
    {"restrictions", "level approval", "ids and a level"},
    {"review_actions", "review", "ids"},
    {"risk_policies", "document creator", "about policies of a body, of no centre"},
    {"search_common_words", "word", "words of centres' names"},
    {"search_forms", "form word", "words of centres' names"},
    {"search_pairs", "first_word second_word block", "words of centres' names, parts of ids"},
    {"search_words", "word", "words of centres' names"},
    {"sites", "title address_lines town postcode", "a place and its address"},
    {"staff", "display_name subject", "somebody who works at the centre"},
    {"staff_competences", "staff evidence valid_until", "ids and names of evidence"},
    {"staff_conflicts", "staff", "ids"},
    {"staff_roles", "staff", "ids"},
};

}  // namespace assay::approval
