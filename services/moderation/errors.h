// The reasons that this service gives; errors_test.cc holds them against error_reason.proto.
#pragma once
#include <string_view>

namespace assay::moderation {

inline constexpr std::string_view kSeriesNotFound = "SERIES_NOT_FOUND";
inline constexpr std::string_view kSeriesExists = "SERIES_EXISTS";
inline constexpr std::string_view kComponentNotFound = "COMPONENT_NOT_FOUND";
inline constexpr std::string_view kComponentExists = "COMPONENT_EXISTS";
inline constexpr std::string_view kIdInvalid = "ID_INVALID";
inline constexpr std::string_view kMarkScaleInvalid = "MARK_SCALE_INVALID";
inline constexpr std::string_view kPolicyNotFound = "POLICY_NOT_FOUND";
inline constexpr std::string_view kSubmissionNotFound = "SUBMISSION_NOT_FOUND";
inline constexpr std::string_view kSubmissionExists = "SUBMISSION_EXISTS";
inline constexpr std::string_view kSubmissionNotOpen = "SUBMISSION_NOT_OPEN";
inline constexpr std::string_view kSubmissionStateWrong = "SUBMISSION_STATE_WRONG";
inline constexpr std::string_view kSubmissionEmpty = "SUBMISSION_EMPTY";
inline constexpr std::string_view kCentreNotFound = "CENTRE_NOT_FOUND";
inline constexpr std::string_view kApprovalNotInForce = "APPROVAL_NOT_IN_FORCE";
inline constexpr std::string_view kApprovalUnavailable = "APPROVAL_UNAVAILABLE";
inline constexpr std::string_view kMarksRefused = "MARKS_REFUSED";
inline constexpr std::string_view kMarksMissing = "MARKS_MISSING";
inline constexpr std::string_view kCandidateNotFound = "CANDIDATE_NOT_FOUND";
inline constexpr std::string_view kMarkAboveMaximum = "MARK_ABOVE_MAXIMUM";
inline constexpr std::string_view kMarkOffStep = "MARK_OFF_STEP";
inline constexpr std::string_view kReasonMissing = "REASON_MISSING";
inline constexpr std::string_view kNobodyToDraw = "NOBODY_TO_DRAW";
inline constexpr std::string_view kSampleNotFound = "SAMPLE_NOT_FOUND";
inline constexpr std::string_view kModeratorNotFound = "MODERATOR_NOT_FOUND";
inline constexpr std::string_view kModeratorExists = "MODERATOR_EXISTS";
inline constexpr std::string_view kModeratorConflict = "MODERATOR_CONFLICT";
inline constexpr std::string_view kModeratorFull = "MODERATOR_FULL";
inline constexpr std::string_view kNobodyCanTakeIt = "NOBODY_CAN_TAKE_IT";
inline constexpr std::string_view kEvidenceMissing = "EVIDENCE_MISSING";
inline constexpr std::string_view kEvidenceUnavailable = "EVIDENCE_UNAVAILABLE";
inline constexpr std::string_view kMarksOutstanding = "MARKS_OUTSTANDING";
inline constexpr std::string_view kJudgementNotFound = "JUDGEMENT_NOT_FOUND";
inline constexpr std::string_view kFeedbackMissing = "FEEDBACK_MISSING";
inline constexpr std::string_view kResultsNotReady = "RESULTS_NOT_READY";
inline constexpr std::string_view kTooManyCandidates = "TOO_MANY_CANDIDATES";
inline constexpr std::string_view kSubmissionWithdrawn = "SUBMISSION_WITHDRAWN";
inline constexpr std::string_view kSubmissionVoid = "SUBMISSION_VOID";
inline constexpr std::string_view kSubmissionReleased = "SUBMISSION_RELEASED";
inline constexpr std::string_view kReviewNotFound = "REVIEW_NOT_FOUND";
inline constexpr std::string_view kReviewNotDue = "REVIEW_NOT_DUE";
inline constexpr std::string_view kReviewExists = "REVIEW_EXISTS";
inline constexpr std::string_view kReviewWindowClosed = "REVIEW_WINDOW_CLOSED";
inline constexpr std::string_view kReviewStateWrong = "REVIEW_STATE_WRONG";
inline constexpr std::string_view kReviewerUnfit = "REVIEWER_UNFIT";
inline constexpr std::string_view kAppealNotFound = "APPEAL_NOT_FOUND";
inline constexpr std::string_view kAppealExists = "APPEAL_EXISTS";
inline constexpr std::string_view kAppealWindowClosed = "APPEAL_WINDOW_CLOSED";
inline constexpr std::string_view kAppealStateWrong = "APPEAL_STATE_WRONG";
inline constexpr std::string_view kPanelUnfit = "PANEL_UNFIT";
inline constexpr std::string_view kExportRefused = "EXPORT_REFUSED";
inline constexpr std::string_view kPolicyInvalid = "POLICY_INVALID";
inline constexpr std::string_view kPolicyGap = "POLICY_GAP";
inline constexpr std::string_view kPolicyOverlap = "POLICY_OVERLAP";
inline constexpr std::string_view kPolicyKindWrong = "POLICY_KIND_WRONG";
inline constexpr std::string_view kPolicyDateWrong = "POLICY_DATE_WRONG";
inline constexpr std::string_view kPolicyInUse = "POLICY_IN_USE";
inline constexpr std::string_view kPolicyVersionWrong = "POLICY_VERSION_WRONG";
inline constexpr std::string_view kPolicyVersionNotFound = "POLICY_VERSION_NOT_FOUND";
inline constexpr std::string_view kTooManyPolicies = "TOO_MANY_POLICIES";
inline constexpr std::string_view kRiskMissing = "RISK_MISSING";
inline constexpr std::string_view kExclusionInvalid = "EXCLUSION_INVALID";
inline constexpr std::string_view kClaimImpossible = "CLAIM_IMPOSSIBLE";
inline constexpr std::string_view kDrawAlgorithmUnknown = "DRAW_ALGORITHM_UNKNOWN";
inline constexpr std::string_view kModeratorMarkedIt = "MODERATOR_MARKED_IT";
inline constexpr std::string_view kModeratorNotCompetent = "MODERATOR_NOT_COMPETENT";
inline constexpr std::string_view kModeratorNotQualified = "MODERATOR_NOT_QUALIFIED";
inline constexpr std::string_view kModeratorTooJunior = "MODERATOR_TOO_JUNIOR";
inline constexpr std::string_view kModeratorRotationDue = "MODERATOR_ROTATION_DUE";
inline constexpr std::string_view kModeratorUnavailable = "MODERATOR_UNAVAILABLE";
inline constexpr std::string_view kAllocationRunNotFound = "ALLOCATION_RUN_NOT_FOUND";
inline constexpr std::string_view kFieldMaskInvalid = "FIELD_MASK_INVALID";
inline constexpr std::string_view kLearnerNotFound = "LEARNER_NOT_FOUND";
inline constexpr std::string_view kTermDatesDisordered = "TERM_DATES_DISORDERED";
inline constexpr std::string_view kMarkImportNotFound = "MARK_IMPORT_NOT_FOUND";
inline constexpr std::string_view kMarkImportsTooMany = "MARK_IMPORTS_TOO_MANY";
inline constexpr std::string_view kMarkImportTooLarge = "MARK_IMPORT_TOO_LARGE";
inline constexpr std::string_view kMarkImportOffsetWrong = "MARK_IMPORT_OFFSET_WRONG";
inline constexpr std::string_view kMarkImportSequenceWrong = "MARK_IMPORT_SEQUENCE_WRONG";
inline constexpr std::string_view kMarkImportNotOpen = "MARK_IMPORT_NOT_OPEN";
inline constexpr std::string_view kMarkImportMixed = "MARK_IMPORT_MIXED";
inline constexpr std::string_view kMarkImportIncomplete = "MARK_IMPORT_INCOMPLETE";
inline constexpr std::string_view kMarkImportDigestWrong = "MARK_IMPORT_DIGEST_WRONG";
inline constexpr std::string_view kMarkImportHolds = "MARK_IMPORT_HOLDS";
inline constexpr std::string_view kMarkImportInterrupted = "MARK_IMPORT_INTERRUPTED";
inline constexpr std::string_view kNamesDrawn = "NAMES_DRAWN";
inline constexpr std::string_view kStandardisationNotAsked = "STANDARDISATION_NOT_ASKED";
inline constexpr std::string_view kPracticeOutstanding = "PRACTICE_OUTSTANDING";
inline constexpr std::string_view kAttemptsUsedUp = "ATTEMPTS_USED_UP";
inline constexpr std::string_view kScriptsMissing = "SCRIPTS_MISSING";
inline constexpr std::string_view kScriptNotFound = "SCRIPT_NOT_FOUND";
inline constexpr std::string_view kScriptExists = "SCRIPT_EXISTS";
inline constexpr std::string_view kScriptIncomplete = "SCRIPT_INCOMPLETE";
inline constexpr std::string_view kStandingNotFound = "STANDING_NOT_FOUND";

inline constexpr std::string_view kConsortiumNotFound = "CONSORTIUM_NOT_FOUND";
inline constexpr std::string_view kConsortiumExists = "CONSORTIUM_EXISTS";
inline constexpr std::string_view kConsortiumInvalid = "CONSORTIUM_INVALID";
inline constexpr std::string_view kInConsortium = "IN_CONSORTIUM";
inline constexpr std::string_view kConsortiumDrawn = "CONSORTIUM_DRAWN";

inline constexpr std::string_view kReasons[] = {
    kSeriesNotFound,
    kSeriesExists,
    kComponentNotFound,
    kComponentExists,
    kIdInvalid,
    kMarkScaleInvalid,
    kPolicyNotFound,
    kSubmissionNotFound,
    kSubmissionExists,
    kSubmissionNotOpen,
    kSubmissionStateWrong,
    kSubmissionEmpty,
    kCentreNotFound,
    kApprovalNotInForce,
    kApprovalUnavailable,
    kMarksRefused,
    kMarksMissing,
    kCandidateNotFound,
    kMarkAboveMaximum,
    kMarkOffStep,
    kReasonMissing,
    kNobodyToDraw,
    kSampleNotFound,
    kModeratorNotFound,
    kModeratorExists,
    kModeratorConflict,
    kModeratorFull,
    kNobodyCanTakeIt,
    kEvidenceMissing,
    kEvidenceUnavailable,
    kMarksOutstanding,
    kJudgementNotFound,
    kFeedbackMissing,
    kResultsNotReady,
    kTooManyCandidates,
    kSubmissionWithdrawn,
    kSubmissionVoid,
    kSubmissionReleased,
    kReviewNotFound,
    kReviewNotDue,
    kReviewExists,
    kReviewWindowClosed,
    kReviewStateWrong,
    kReviewerUnfit,
    kAppealNotFound,
    kAppealExists,
    kAppealWindowClosed,
    kAppealStateWrong,
    kPanelUnfit,
    kExportRefused,
    kPolicyInvalid,
    kPolicyGap,
    kPolicyOverlap,
    kPolicyKindWrong,
    kPolicyDateWrong,
    kPolicyInUse,
    kPolicyVersionWrong,
    kPolicyVersionNotFound,
    kTooManyPolicies,
    kRiskMissing,
    kExclusionInvalid,
    kClaimImpossible,
    kDrawAlgorithmUnknown,
    kModeratorMarkedIt,
    kModeratorNotCompetent,
    kModeratorNotQualified,
    kModeratorTooJunior,
    kModeratorRotationDue,
    kModeratorUnavailable,
    kAllocationRunNotFound,
    kFieldMaskInvalid,
    kLearnerNotFound,
    kTermDatesDisordered,
    kMarkImportNotFound,
    kMarkImportsTooMany,
    kMarkImportTooLarge,
    kMarkImportOffsetWrong,
    kMarkImportSequenceWrong,
    kMarkImportNotOpen,
    kMarkImportMixed,
    kMarkImportIncomplete,
    kMarkImportDigestWrong,
    kMarkImportHolds,
    kMarkImportInterrupted,
    kNamesDrawn,
    kStandardisationNotAsked,
    kPracticeOutstanding,
    kAttemptsUsedUp,
    kScriptsMissing,
    kScriptNotFound,
    kScriptExists,
    kScriptIncomplete,
    kStandingNotFound,
    kConsortiumNotFound,
    kConsortiumExists,
    kConsortiumInvalid,
    kInConsortium,
    kConsortiumDrawn,
};

// Of single rows; RefusedMark and RecordModeratorMarks list them.
inline constexpr std::string_view kMarkNotANumber = "MARK_NOT_A_NUMBER";
inline constexpr std::string_view kMarkNegative = "MARK_NEGATIVE";
inline constexpr std::string_view kCandidateMissing = "CANDIDATE_MISSING";
inline constexpr std::string_view kCandidateInvalid = "CANDIDATE_INVALID";
inline constexpr std::string_view kCandidateDuplicate = "CANDIDATE_DUPLICATE";
inline constexpr std::string_view kFlagInvalid = "FLAG_INVALID";
inline constexpr std::string_view kMarkForAbsent = "MARK_FOR_ABSENT";
inline constexpr std::string_view kRowMalformed = "ROW_MALFORMED";
inline constexpr std::string_view kCandidateNotInSample = "CANDIDATE_NOT_IN_SAMPLE";
inline constexpr std::string_view kMarkAlreadyRecorded = "MARK_ALREADY_RECORDED";
inline constexpr std::string_view kScriptNotGiven = "SCRIPT_NOT_GIVEN";
inline constexpr std::string_view kTextTooLong = "TEXT_TOO_LONG";
inline constexpr std::string_view kCentreInvalid = "CENTRE_INVALID";
inline constexpr std::string_view kUlnInvalid = "ULN_INVALID";

// Of what a draw or a decision is not; DrawFinding lists them.
inline constexpr std::string_view kPolicyTampered = "POLICY_TAMPERED";
inline constexpr std::string_view kCommitmentTampered = "COMMITMENT_TAMPERED";
inline constexpr std::string_view kCandidatesTampered = "CANDIDATES_TAMPERED";
inline constexpr std::string_view kFactsTampered = "FACTS_TAMPERED";
inline constexpr std::string_view kSeedTampered = "SEED_TAMPERED";
inline constexpr std::string_view kSelectionTampered = "SELECTION_TAMPERED";
inline constexpr std::string_view kJudgementDiffers = "JUDGEMENT_DIFFERS";
inline constexpr std::string_view kResultsDiffer = "RESULTS_DIFFER";

}  // namespace assay::moderation
