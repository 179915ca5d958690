#include "services/platform/rpc/stream.h"

#include <grpcpp/alarm.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "services/platform/error/error.h"

namespace assay::platform::rpc_internal {
namespace {

absl::Status Busy() {
  return Error(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
               "too many calls wait already; try again after a moment");
}
absl::Status Gone() {
  return Error(absl::StatusCode::kCancelled, "CANCELLED", "the caller went away");
}
absl::Status TooLate() {
  return Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
               "the call's time was over before it was done");
}

// What both directions share: the deadline's alarm, and deletion when gRPC and the
// alarm have both let go. `Reactor` is the gRPC base class.
template <typename Reactor>
class Stream : public Reactor {
 public:
  Stream(Shared& shared, Method& method, grpc::CallbackServerContext& context)
      : serving_(shared, method, context) {}

  void OnDone() override {
    alarm_.Cancel();
    Release();
  }

  void OnCancel() override {
    std::unique_lock lock(mutex_);
    if (stop_.ok()) stop_ = Gone();
    Advance(std::move(lock));
  }

 protected:
  // Does what comes next; may end the call, so it lets go of the lock and nothing
  // follows it.
  virtual void Advance(std::unique_lock<std::mutex> lock) = 0;
  // The deadline passed; `lock` is held.
  virtual void OnDeadline() {}

  void SetAlarm() {
    ++holders_;
    const absl::Duration left = serving_.call().deadline - serving_.call().now;
    // Real time: gRPC keeps the alarm.
    alarm_.Set(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(left),
               [this](bool passed) {
                 if (passed) {
                   std::unique_lock lock(mutex_);
                   if (stop_.ok()) stop_ = TooLate();
                   OnDeadline();
                   Advance(std::move(lock));
                 }
                 Release();
               });
  }

  // Ends the call; the lock is let go of first, because gRPC may delete this at once.
  void End(std::unique_lock<std::mutex> lock, const absl::Status& status) {
    ended_ = true;
    lock.unlock();
    this->Finish(serving_.End(status));
  }

  Pool& pool() const { return serving_.shared().pool; }

  Serving serving_;
  std::mutex mutex_;
  absl::Status stop_;   // Why the call must end early.
  bool ended_ = false;  // End() was called.

 private:
  void Release() {
    if (holders_.fetch_sub(1) == 1) delete this;
  }

  grpc::Alarm alarm_;
  std::atomic<int> holders_ = 1;  // gRPC until OnDone, the alarm until it has run.
};

// At most one message is being taken and one more is read ahead, so a slow disk
// slows the sender down and a fast one never waits for the network.
class UploadCall final : public Stream<grpc::ServerReadReactor<grpc::ByteBuffer>> {
 public:
  UploadCall(Shared& shared, Method& method, grpc::CallbackServerContext& context,
             grpc::ByteBuffer& response)
      : Stream(shared, method, context), response_(response) {}

  void Start() {
    absl::Status status = serving_.Admit();
    std::unique_lock lock(mutex_);
    if (!status.ok()) return End(std::move(lock), status);
    SetAlarm();
    message_.reset(serving_.method().what.request->New());
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    std::unique_lock lock(mutex_);
    if (ok) {
      waiting_ = true;
    } else if (!ended_) {
      // "No more" and "connection lost" look the same here. Sending the headers now
      // tells them apart: it fails on a stream that was reset, so that half of an
      // upload is never taken for the whole.
      StartSendInitialMetadata();
    }
    Advance(std::move(lock));
  }

  void OnSendInitialMetadataDone(bool ok) override {
    std::unique_lock lock(mutex_);
    if (ok) {
      complete_ = true;
    } else if (stop_.ok()) {
      stop_ = Gone();
    }
    Advance(std::move(lock));
  }

 private:
  void Advance(std::unique_lock<std::mutex> lock) override {
    if (ended_ || busy_) return;
    if (!stop_.ok()) {
      // Destroying a sink may touch the disk.
      if (sink_ != nullptr) pool().SubmitNextStep([sink = std::move(sink_)] {});
      return End(std::move(lock), stop_);
    }
    if (waiting_) {
      waiting_ = false;
      busy_ = true;
      current_.Swap(&incoming_);
      incoming_.Clear();
      StartRead(&incoming_);
      if (sink_ != nullptr) {
        pool().SubmitNextStep([this] { TakeOne(); });
      } else if (!pool().Submit([this] { TakeOne(); })) {
        busy_ = false;
        End(std::move(lock), Busy());
      }
      return;
    }
    if (complete_) {
      busy_ = true;
      pool().SubmitNextStep([this] { Complete(); });
    }
  }

  void TakeOne() {
    absl::Status status = serving_.StillWanted();
    if (status.ok()) status = Parse(current_, *message_);
    if (status.ok()) {
      status = serving_.Guard([this]() -> absl::Status {
        if (sink_ == nullptr) {
          auto sink = serving_.method().what.open_sink(serving_.call(), *message_);
          if (!sink.ok()) return std::move(sink).status();
          sink_ = *std::move(sink);
        }
        return sink_->Take(*message_);
      });
    }
    Done(status);
  }

  void Complete() {
    absl::Status status = serving_.StillWanted();
    if (status.ok() && sink_ == nullptr) {
      status = Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                     "the stream ended before its first message");
    }
    if (status.ok()) {
      status = serving_.Guard([this] {
        return sink_->Finish([this](const Message& message) { Serialise(message, response_); });
      });
    }
    sink_.reset();
    if (!status.ok()) return Done(status);
    std::unique_lock lock(mutex_);
    End(std::move(lock), status);
  }

  void Done(const absl::Status& status) {
    if (!status.ok()) sink_.reset();
    std::unique_lock lock(mutex_);
    busy_ = false;
    if (stop_.ok()) stop_ = status;
    Advance(std::move(lock));
  }

  grpc::ByteBuffer& response_;
  grpc::ByteBuffer incoming_;  // gRPC's while a read is outstanding.
  bool waiting_ = false;       // incoming_ holds a message.
  bool complete_ = false;      // The client has sent everything.
  bool busy_ = false;          // The pool works on what follows.
  grpc::ByteBuffer current_;
  std::unique_ptr<Message> message_;  // One for all, so that its buffers are reused.
  std::unique_ptr<Sink> sink_;
};

// The next message is made while the one before it is sent.
class DownloadCall final : public Stream<grpc::ServerWriteReactor<grpc::ByteBuffer>> {
 public:
  using Stream::Stream;

  void Start(const grpc::ByteBuffer& bytes) {
    absl::Status status = serving_.Admit();
    if (status.ok()) {
      request_.reset(serving_.method().what.request->New());
      status = Parse(bytes, *request_);
    }
    std::unique_lock lock(mutex_);
    if (!status.ok()) return End(std::move(lock), status);
    SetAlarm();
    busy_ = true;
    if (!pool().Submit([this] { Produce(); })) {
      busy_ = false;
      End(std::move(lock), Busy());
    }
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!ok && stop_.ok()) stop_ = Gone();
    Advance(std::move(lock));
  }

 private:
  // A write that waits for a reader who stopped reading ends only if the call does.
  void OnDeadline() override {
    if (writing_) serving_.context().TryCancel();
  }

  void Advance(std::unique_lock<std::mutex> lock) override {
    if (ended_) return;
    if (!stop_.ok()) {
      if (busy_ || writing_) return;
      if (source_ != nullptr) pool().SubmitNextStep([source = std::move(source_)] {});
      return End(std::move(lock), stop_);
    }
    if (ready_ && !writing_) {
      ready_ = false;
      writing_ = true;
      sending_.Swap(&made_);
      made_.Clear();
      StartWrite(&sending_);
      if (!exhausted_) {
        busy_ = true;
        pool().SubmitNextStep([this] { Produce(); });
      }
      return;
    }
    if (exhausted_ && !busy_ && !writing_) End(std::move(lock), absl::OkStatus());
  }

  // The names under which the gateway looks for them.
  void Announce(const DownloadHead& head) {
    if (head.bytes.has_value()) {
      serving_.context().AddInitialMetadata("x-http-content-length", std::to_string(*head.bytes));
    }
    std::string disposition = ContentDisposition(head.filename);
    if (!disposition.empty()) {
      serving_.context().AddInitialMetadata("x-http-content-disposition", std::move(disposition));
    }
  }

  void Produce() {
    bool more = false;
    absl::Status status = serving_.StillWanted();
    if (status.ok()) {
      status = serving_.Guard([&]() -> absl::Status {
        if (source_ == nullptr) {
          auto source = serving_.method().what.open_source(serving_.call(), *request_);
          if (!source.ok()) return std::move(source).status();
          source_ = *std::move(source);
          Announce(source_->head());
        }
        absl::StatusOr<bool> next =
            source_->Next([this](const Message& message) { Serialise(message, made_); });
        if (!next.ok()) return std::move(next).status();
        more = *next;
        return absl::OkStatus();
      });
    }
    if (!status.ok() || !more) source_.reset();
    std::unique_lock lock(mutex_);
    busy_ = false;
    ready_ = more;
    exhausted_ = !more;
    if (stop_.ok()) stop_ = status;
    Advance(std::move(lock));
  }

  std::unique_ptr<Message> request_;
  std::unique_ptr<Source> source_;
  grpc::ByteBuffer made_;     // The pool's while busy_.
  grpc::ByteBuffer sending_;  // gRPC's while writing_.
  bool ready_ = false;        // made_ holds a message.
  bool writing_ = false;
  bool busy_ = false;       // The pool makes the next message.
  bool exhausted_ = false;  // There is no next message.
};

}  // namespace

grpc::ServerReadReactor<grpc::ByteBuffer>* ServeUpload(Shared& shared, Method& method,
                                                       grpc::CallbackServerContext& context,
                                                       grpc::ByteBuffer& response) {
  auto* call = new UploadCall(shared, method, context, response);
  call->Start();
  return call;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeDownload(Shared& shared, Method& method,
                                                          grpc::CallbackServerContext& context,
                                                          const grpc::ByteBuffer& request) {
  auto* call = new DownloadCall(shared, method, context);
  call->Start(request);
  return call;
}

}  // namespace assay::platform::rpc_internal
