#include "services/platform/rpc/serving.h"

#include <grpc/support/time.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/error/to_grpc.h"
#include "services/platform/log/log.h"

namespace assay::platform::rpc_internal {
namespace {

constexpr std::string_view kTraceKey = "x-request-id";
constexpr std::size_t kTraceMax = 128;

bool IsTrace(std::string_view text) {
  return !text.empty() && text.size() <= kTraceMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == '-';
         });
}

// The token of "Bearer TOKEN" (RFC 6750; the scheme in any case), or "".
std::string_view BearerOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return "";
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if (absl::ascii_tolower(static_cast<unsigned char>(authorization[i])) != kScheme[i]) return "";
  }
  authorization.remove_prefix(kScheme.size());
  while (!authorization.empty() && authorization.front() == ' ') authorization.remove_prefix(1);
  return authorization;
}

// The storage room never gives reasons; these are the ones that a client can act on.
absl::Status WithReason(const absl::Status& status) {
  if (status.ok() || !ReasonOf(status).empty()) return status;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return Error(absl::StatusCode::kUnavailable, "UNAVAILABLE",
                   "something this call needs is not there; try again after a moment");
    case absl::StatusCode::kAborted:
      return Error(absl::StatusCode::kUnavailable, "UNAVAILABLE",
                   "too many calls changed the same rows at once; try again after a moment");
    case absl::StatusCode::kResourceExhausted:
      return Error(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                   "too much waits already; try again after a moment");
    case absl::StatusCode::kDeadlineExceeded:
      return Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                   "the call's time was over before it was done");
    case absl::StatusCode::kCancelled:
      return Error(absl::StatusCode::kCancelled, "CANCELLED", "the caller went away");
    default:
      return status;
  }
}

bool IsMutation(Kind kind) {
  return kind == Kind::kWrite || kind == Kind::kAskThenWrite || kind == Kind::kUpload;
}

constexpr std::array<std::string_view, 17> kCodes = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

std::string_view View(grpc::string_ref ref) { return {ref.data(), ref.size()}; }

}  // namespace

Serving::Serving(Shared& shared, Method& method, grpc::CallbackServerContext& context)
    : shared_(shared),
      method_(method),
      context_(context),
      start_(std::chrono::steady_clock::now()) {
  call_.method = method_.what.method;
  call_.now = shared_.options.clock.Now();
  call_.cancelled = [this] { return !StillWanted().ok(); };
}

absl::Status Serving::Admit() {
  std::string_view trace;
  std::string_view authorization;
  for (const auto& [key, value] : context_.client_metadata()) {
    // The first value counts; a second is neither merged nor preferred.
    if (View(key) == kTraceKey && trace.empty()) trace = View(value);
    if (View(key) == "authorization" && authorization.empty()) authorization = View(value);
  }
  TakeTrace(trace);
  TakeDeadline();
  RETURN_IF_ERROR(StillWanted());
  RETURN_IF_ERROR(Authenticate(authorization));
  return Authorise();
}

void Serving::TakeTrace(std::string_view wanted) {
  if (IsTrace(wanted)) {
    call_.trace = wanted;
  } else {
    call_.trace = shared_.options.ids.NextId(call_.now);
  }
  context_.AddInitialMetadata(std::string(kTraceKey), call_.trace);
}

void Serving::TakeDeadline() {
  const gpr_timespec wanted = context_.raw_deadline();
  if (gpr_time_cmp(wanted, gpr_inf_future(wanted.clock_type)) == 0) {
    call_.deadline = call_.now + method_.deadline_default;
    return;
  }
  const gpr_timespec left = gpr_time_sub(wanted, gpr_now(wanted.clock_type));
  call_.deadline =
      call_.now +
      std::min(absl::Seconds(left.tv_sec) + absl::Nanoseconds(left.tv_nsec), method_.deadline_max);
}

absl::Status Serving::StillWanted() const {
  if (shared_.options.clock.Now() >= call_.deadline) {
    return Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                 "the call's time was over before it was done");
  }
  if (context_.IsCancelled()) {
    return Error(absl::StatusCode::kCancelled, "CANCELLED", "the caller went away");
  }
  return absl::OkStatus();
}

absl::Status Serving::Authenticate(std::string_view authorization) {
  const std::string_view token = BearerOf(authorization);
  if (token.empty()) {
    return Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING",
                 "send a bearer token in the authorization header");
  }
  ASSIGN_OR_RETURN(call_.principal, shared_.options.authenticator.Authenticate(token));
  call_.bearer = token;
  return absl::OkStatus();
}

absl::Status Serving::Authorise() const {
  for (const std::string& role : method_.roles) {
    if (call_.principal->Has(role)) return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
               "none of the caller's roles may call this method")
      .With("method", method_.what.method);
}

absl::Status Serving::Guard(absl::FunctionRef<absl::Status()> handler) const {
  try {
    return handler();
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("exception: ", thrown.what()));
  }
}

grpc::Status Serving::End(const absl::Status& status) {
  if (status.ok()) {
    Record(status, grpc::Status::OK);
    return grpc::Status::OK;
  }
  const absl::Status known = WithReason(status);
  grpc::Status sent = ToGrpc(known, shared_.options.error_domain, call_.trace);
  context_.AddTrailingMetadata(std::string(kTraceKey), call_.trace);
  Record(known, sent);
  return sent;
}

void Serving::Record(const absl::Status& status, const grpc::Status& sent) {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
  const auto code = static_cast<std::size_t>(sent.error_code());
  std::atomic<Counter*>& slot = method_.requests[code];
  Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &shared_.options.metrics.GetCounter(
        "assay_rpc_requests_total", "Calls answered, by method and code.",
        {{"method", method_.what.method}, {"code", kCodes[code]}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Add();
  method_.seconds->Observe(taken.count());

  const bool internal = sent.error_code() == grpc::StatusCode::INTERNAL;
  const Severity severity = internal                                        ? Severity::kError
                            : status.ok() && !IsMutation(method_.what.kind) ? Severity::kDebug
                                                                            : Severity::kInfo;
  if (!LogEnabled(severity)) return;
  const std::string_view tenant = call_.principal ? call_.tenant() : std::string_view();
  const std::string_view subject = call_.principal ? call_.subject() : std::string_view();
  const double milliseconds = taken.count() * 1000;
  if (internal) {
    Log(severity, "rpc.call",
        {{"method", method_.what.method},
         {"code", kCodes[code]},
         {"reason", "INTERNAL"},
         {"milliseconds", milliseconds},
         {"tenant", tenant},
         {"subject", subject},
         {"trace", call_.trace},
         {"reference", call_.trace},
         {"error", status.ToString()}});
    return;
  }
  Log(severity, "rpc.call",
      {{"method", method_.what.method},
       {"code", kCodes[code]},
       {"reason", ReasonOf(status)},
       {"milliseconds", milliseconds},
       {"tenant", tenant},
       {"subject", subject},
       {"trace", call_.trace}});
}

absl::Status Parse(const grpc::ByteBuffer& bytes, Message& message) {
  grpc::Slice slice;
  bool parsed;
  if (bytes.TrySingleSlice(&slice).ok()) {
    parsed = message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  } else {
    // The reader only reads, yet takes its buffer by pointer.
    grpc::ProtoBufferReader reader(const_cast<grpc::ByteBuffer*>(&bytes));
    parsed = reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
  }
  if (parsed) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat("the bytes are not a ", message.GetDescriptor()->full_name()));
}

void Serialise(const Message& message, grpc::ByteBuffer& bytes) {
  bytes.Clear();  // The writer takes an empty buffer only, and a command may be run again.
  bool own_buffer;
  grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, &bytes, &own_buffer);
}

}  // namespace assay::platform::rpc_internal
