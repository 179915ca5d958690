// The reasons that this service gives; errors_test.cc holds them against error_reason.proto.
#pragma once
#include <string_view>

namespace assay::approval {

inline constexpr std::string_view kCentreNotFound = "CENTRE_NOT_FOUND";
inline constexpr std::string_view kCentreStateWrong = "CENTRE_STATE_WRONG";
inline constexpr std::string_view kReasonMissing = "REASON_MISSING";
inline constexpr std::string_view kLayoutUnknown = "LAYOUT_UNKNOWN";
inline constexpr std::string_view kQualificationNotFound = "QUALIFICATION_NOT_FOUND";
inline constexpr std::string_view kApprovalNotFound = "APPROVAL_NOT_FOUND";
inline constexpr std::string_view kApprovalExists = "APPROVAL_EXISTS";
inline constexpr std::string_view kApprovalStateWrong = "APPROVAL_STATE_WRONG";
inline constexpr std::string_view kQueryEmpty = "QUERY_EMPTY";
inline constexpr std::string_view kPlannerRefused = "PLANNER_REFUSED";
inline constexpr std::string_view kPlannerNotFound = "PLANNER_NOT_FOUND";
inline constexpr std::string_view kPlannerExists = "PLANNER_EXISTS";
inline constexpr std::string_view kPlannerStateWrong = "PLANNER_STATE_WRONG";
inline constexpr std::string_view kInvolvementNotRequired = "INVOLVEMENT_NOT_REQUIRED";
inline constexpr std::string_view kFeedbackMissing = "FEEDBACK_MISSING";
inline constexpr std::string_view kActionsMissing = "ACTIONS_MISSING";
inline constexpr std::string_view kDeadlineInvalid = "DEADLINE_INVALID";
inline constexpr std::string_view kDeadlinePassed = "DEADLINE_PASSED";
inline constexpr std::string_view kLastResortTooEarly = "LAST_RESORT_TOO_EARLY";
inline constexpr std::string_view kDeclarationIncomplete = "DECLARATION_INCOMPLETE";
inline constexpr std::string_view kEvidenceMissing = "EVIDENCE_MISSING";
inline constexpr std::string_view kReferredUndecided = "REFERRED_UNDECIDED";
inline constexpr std::string_view kLearnerNotReferred = "LEARNER_NOT_REFERRED";
inline constexpr std::string_view kLearnerNotFound = "LEARNER_NOT_FOUND";
inline constexpr std::string_view kDeclarationSampleNotFound = "DECLARATION_SAMPLE_NOT_FOUND";
inline constexpr std::string_view kDeclarationSampleExists = "DECLARATION_SAMPLE_EXISTS";
inline constexpr std::string_view kEvidenceNotChecked = "EVIDENCE_NOT_CHECKED";
inline constexpr std::string_view kEvidenceNotInOrder = "EVIDENCE_NOT_IN_ORDER";
inline constexpr std::string_view kModerationUnavailable = "MODERATION_UNAVAILABLE";
inline constexpr std::string_view kDuplicateNotFound = "DUPLICATE_NOT_FOUND";
inline constexpr std::string_view kDuplicateDecided = "DUPLICATE_DECIDED";
inline constexpr std::string_view kCentreInUse = "CENTRE_IN_USE";
inline constexpr std::string_view kCentreMerged = "CENTRE_MERGED";
inline constexpr std::string_view kQualificationExists = "QUALIFICATION_EXISTS";
inline constexpr std::string_view kQualificationRefused = "QUALIFICATION_REFUSED";
inline constexpr std::string_view kUnitUnknown = "UNIT_UNKNOWN";
inline constexpr std::string_view kFastTrackNotOpen = "FAST_TRACK_NOT_OPEN";
inline constexpr std::string_view kPlannerMissing = "PLANNER_MISSING";
inline constexpr std::string_view kConditionNotFound = "CONDITION_NOT_FOUND";
inline constexpr std::string_view kConditionStateWrong = "CONDITION_STATE_WRONG";
inline constexpr std::string_view kTooManyConditions = "TOO_MANY_CONDITIONS";
inline constexpr std::string_view kTooManyQuestions = "TOO_MANY_QUESTIONS";
inline constexpr std::string_view kRegisterUnknown = "REGISTER_UNKNOWN";
inline constexpr std::string_view kEntryNotFound = "ENTRY_NOT_FOUND";
inline constexpr std::string_view kLevelUnknown = "LEVEL_UNKNOWN";
inline constexpr std::string_view kLearnersMaxInvalid = "LEARNERS_MAX_INVALID";
inline constexpr std::string_view kDaysInvalid = "DAYS_INVALID";
inline constexpr std::string_view kRestrictionNotFound = "RESTRICTION_NOT_FOUND";
inline constexpr std::string_view kRestrictionEnded = "RESTRICTION_ENDED";
inline constexpr std::string_view kConditionsOpen = "CONDITIONS_OPEN";
inline constexpr std::string_view kActionNotFound = "ACTION_NOT_FOUND";
inline constexpr std::string_view kActionStateWrong = "ACTION_STATE_WRONG";
inline constexpr std::string_view kAnswerMissing = "ANSWER_MISSING";
inline constexpr std::string_view kLinkInvalid = "LINK_INVALID";
inline constexpr std::string_view kLinkNotFound = "LINK_NOT_FOUND";
inline constexpr std::string_view kSiteNotFound = "SITE_NOT_FOUND";
inline constexpr std::string_view kSiteStateWrong = "SITE_STATE_WRONG";
inline constexpr std::string_view kStaffNotFound = "STAFF_NOT_FOUND";
inline constexpr std::string_view kStaffExists = "STAFF_EXISTS";
inline constexpr std::string_view kRolesInvalid = "ROLES_INVALID";
inline constexpr std::string_view kCompetenceNotFound = "COMPETENCE_NOT_FOUND";
inline constexpr std::string_view kCompetenceStateWrong = "COMPETENCE_STATE_WRONG";
inline constexpr std::string_view kOwnEvidence = "OWN_EVIDENCE";
inline constexpr std::string_view kConflictNotFound = "CONFLICT_NOT_FOUND";
inline constexpr std::string_view kConflictResolved = "CONFLICT_RESOLVED";
inline constexpr std::string_view kListFull = "LIST_FULL";
inline constexpr std::string_view kRegistrationsRefused = "REGISTRATIONS_REFUSED";
inline constexpr std::string_view kLearnerUnderage = "LEARNER_UNDERAGE";
inline constexpr std::string_view kBirthDayInvalid = "BIRTH_DAY_INVALID";
inline constexpr std::string_view kUlnInvalid = "ULN_INVALID";
inline constexpr std::string_view kEnrolmentExists = "ENROLMENT_EXISTS";
inline constexpr std::string_view kUlnExists = "ULN_EXISTS";
inline constexpr std::string_view kRegistrationLimitReached = "REGISTRATION_LIMIT_REACHED";
inline constexpr std::string_view kRegistrationsStopped = "REGISTRATIONS_STOPPED";
inline constexpr std::string_view kApprovalNotInForce = "APPROVAL_NOT_IN_FORCE";
inline constexpr std::string_view kRegistrationPeriodInvalid = "REGISTRATION_PERIOD_INVALID";
inline constexpr std::string_view kRegistrationNotFound = "REGISTRATION_NOT_FOUND";
inline constexpr std::string_view kRegistrationStateWrong = "REGISTRATION_STATE_WRONG";
inline constexpr std::string_view kUnitNotInQualification = "UNIT_NOT_IN_QUALIFICATION";
inline constexpr std::string_view kSelfVerification = "SELF_VERIFICATION";
inline constexpr std::string_view kStaffNotEligible = "STAFF_NOT_ELIGIBLE";
inline constexpr std::string_view kAssessmentOutsideRegistration =
    "ASSESSMENT_OUTSIDE_REGISTRATION";
inline constexpr std::string_view kAchievementsRefused = "ACHIEVEMENTS_REFUSED";
inline constexpr std::string_view kAchievementNotFound = "ACHIEVEMENT_NOT_FOUND";
inline constexpr std::string_view kAwardNotEligible = "AWARD_NOT_ELIGIBLE";
inline constexpr std::string_view kAwardExists = "AWARD_EXISTS";
inline constexpr std::string_view kAwardNotFound = "AWARD_NOT_FOUND";
inline constexpr std::string_view kAwardStateWrong = "AWARD_STATE_WRONG";
inline constexpr std::string_view kErasureNotFound = "ERASURE_NOT_FOUND";
inline constexpr std::string_view kErasureBlocked = "ERASURE_BLOCKED";
inline constexpr std::string_view kTransferInvalid = "TRANSFER_INVALID";
inline constexpr std::string_view kQualityReviewNotFound = "QUALITY_REVIEW_NOT_FOUND";
inline constexpr std::string_view kQualityReviewRefused = "QUALITY_REVIEW_REFUSED";
inline constexpr std::string_view kQualityReviewStateWrong = "QUALITY_REVIEW_STATE_WRONG";
inline constexpr std::string_view kReviewActionNotFound = "REVIEW_ACTION_NOT_FOUND";
inline constexpr std::string_view kEvaluationNotFound = "EVALUATION_NOT_FOUND";
inline constexpr std::string_view kRiskPolicyNotFound = "RISK_POLICY_NOT_FOUND";
inline constexpr std::string_view kRiskPolicyRefused = "RISK_POLICY_REFUSED";
inline constexpr std::string_view kRecordingFormNotFound = "RECORDING_FORM_NOT_FOUND";
inline constexpr std::string_view kRecordingFormStateWrong = "RECORDING_FORM_STATE_WRONG";
inline constexpr std::string_view kRecordingFormNotApproved = "RECORDING_FORM_NOT_APPROVED";
inline constexpr std::string_view kStaffSubjectMissing = "STAFF_SUBJECT_MISSING";
inline constexpr std::string_view kEffectiveDateInvalid = "EFFECTIVE_DATE_INVALID";
inline constexpr std::string_view kApprovalPolicyNotFound = "APPROVAL_POLICY_NOT_FOUND";
inline constexpr std::string_view kCentreExists = "CENTRE_EXISTS";
inline constexpr std::string_view kBackdatingRefused = "BACKDATING_REFUSED";
inline constexpr std::string_view kDeadlineNotOfPolicy = "DEADLINE_NOT_OF_POLICY";
inline constexpr std::string_view kPlannerJudgedBefore = "PLANNER_JUDGED_BEFORE";
inline constexpr std::string_view kTrackerIncomplete = "TRACKER_INCOMPLETE";
inline constexpr std::string_view kInvolvementNotMet = "INVOLVEMENT_NOT_MET";
inline constexpr std::string_view kInvolvementPolicyNotFound = "INVOLVEMENT_POLICY_NOT_FOUND";
inline constexpr std::string_view kRegionNotServed = "REGION_NOT_SERVED";
inline constexpr std::string_view kRegionUnknown = "REGION_UNKNOWN";

inline constexpr std::string_view kReasons[] = {
    kCentreNotFound,
    kCentreStateWrong,
    kReasonMissing,
    kLayoutUnknown,
    kQualificationNotFound,
    kApprovalNotFound,
    kApprovalExists,
    kApprovalStateWrong,
    kQueryEmpty,
    kPlannerRefused,
    kPlannerNotFound,
    kPlannerExists,
    kPlannerStateWrong,
    kInvolvementNotRequired,
    kFeedbackMissing,
    kActionsMissing,
    kDeadlineInvalid,
    kDeadlinePassed,
    kLastResortTooEarly,
    kDeclarationIncomplete,
    kEvidenceMissing,
    kReferredUndecided,
    kLearnerNotReferred,
    kLearnerNotFound,
    kDeclarationSampleNotFound,
    kDeclarationSampleExists,
    kEvidenceNotChecked,
    kEvidenceNotInOrder,
    kModerationUnavailable,
    kDuplicateNotFound,
    kDuplicateDecided,
    kCentreInUse,
    kCentreMerged,
    kQualificationExists,
    kQualificationRefused,
    kUnitUnknown,
    kFastTrackNotOpen,
    kPlannerMissing,
    kConditionNotFound,
    kConditionStateWrong,
    kTooManyConditions,
    kTooManyQuestions,
    kRegisterUnknown,
    kEntryNotFound,
    kLevelUnknown,
    kLearnersMaxInvalid,
    kDaysInvalid,
    kRestrictionNotFound,
    kRestrictionEnded,
    kConditionsOpen,
    kActionNotFound,
    kActionStateWrong,
    kAnswerMissing,
    kLinkInvalid,
    kLinkNotFound,
    kSiteNotFound,
    kSiteStateWrong,
    kStaffNotFound,
    kStaffExists,
    kRolesInvalid,
    kCompetenceNotFound,
    kCompetenceStateWrong,
    kOwnEvidence,
    kConflictNotFound,
    kConflictResolved,
    kListFull,
    kRegistrationsRefused,
    kLearnerUnderage,
    kBirthDayInvalid,
    kUlnInvalid,
    kEnrolmentExists,
    kUlnExists,
    kRegistrationLimitReached,
    kRegistrationsStopped,
    kApprovalNotInForce,
    kRegistrationPeriodInvalid,
    kRegistrationNotFound,
    kRegistrationStateWrong,
    kUnitNotInQualification,
    kSelfVerification,
    kStaffNotEligible,
    kAssessmentOutsideRegistration,
    kAchievementsRefused,
    kAchievementNotFound,
    kAwardNotEligible,
    kAwardExists,
    kAwardNotFound,
    kAwardStateWrong,
    kErasureNotFound,
    kErasureBlocked,
    kTransferInvalid,
    kQualityReviewNotFound,
    kQualityReviewRefused,
    kQualityReviewStateWrong,
    kReviewActionNotFound,
    kEvaluationNotFound,
    kRiskPolicyNotFound,
    kRiskPolicyRefused,
    kRecordingFormNotFound,
    kRecordingFormStateWrong,
    kRecordingFormNotApproved,
    kStaffSubjectMissing,
    kEffectiveDateInvalid,
    kApprovalPolicyNotFound,
    kCentreExists,
    kBackdatingRefused,
    kDeadlineNotOfPolicy,
    kPlannerJudgedBefore,
    kTrackerIncomplete,
    kInvolvementNotMet,
    kInvolvementPolicyNotFound,
    kRegionNotServed,
    kRegionUnknown,
};

}  // namespace assay::approval
