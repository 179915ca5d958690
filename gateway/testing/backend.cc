#include "gateway/testing/backend.h"

#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "shop_service.pb.h"

namespace assay::gateway::testing {
namespace {

using test::v1::Book;

grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& message) {
  const std::string bytes = message.SerializeAsString();
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

template <typename Message>
Message FromBuffer(grpc::ByteBuffer& buffer) {
  Message message;
  grpc::Slice slice;
  if (buffer.DumpToSingleSlice(&slice).ok()) {
    (void)message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  }
  return message;
}

// "…/error-5-SHELF_MISSING" → that code with that reason; "…/plain-error-13" → no details.
grpc::Status ErrorNamed(const std::string& name) {
  const std::size_t at = name.find("error-");
  if (at == std::string::npos) return grpc::Status::OK;
  const int code = std::atoi(name.c_str() + at + 6);
  const std::size_t dash = name.find('-', at + 6);
  if (dash == std::string::npos) {
    return {static_cast<grpc::StatusCode>(code), "secret: 50% of \xe2\x82\xac"};
  }
  google::rpc::ErrorInfo info;
  info.set_reason(name.substr(dash + 1));
  info.set_domain("shop.example");
  (*info.mutable_metadata())["name"] = name;
  google::rpc::Status status;
  status.set_code(code);
  status.set_message("the shop says no");
  status.add_details()->PackFrom(info);
  return {static_cast<grpc::StatusCode>(code), "the shop says no", status.SerializeAsString()};
}

}  // namespace

class Reactor;

struct TestBackend::Impl {
  std::atomic<std::int64_t> calls{0};
  std::atomic<std::int64_t> cancelled{0};
  std::atomic<std::int64_t> upload_bytes{0};
  std::atomic<std::int64_t> download_bytes{0};
  std::mutex mutex;
  bool released = false;
  std::set<Reactor*> held;
  std::unique_ptr<grpc::CallbackGenericService> service;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(TestBackend::Impl& impl, grpc::GenericCallbackServerContext* context);
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override {
    ++impl_.cancelled;
    alarm_.Cancel();
  }
  void OnDone() override { delete this; }
  void ReadOn() { StartRead(&in_); }

 private:
  void Unary();
  void Reply(const google::protobuf::MessageLite& message);
  void OnUploadMessage();
  void NextPart();
  Book BookNamed(const std::string& name);

  TestBackend::Impl& impl_;
  grpc::GenericCallbackServerContext* context_;
  std::string method_;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
  grpc::Alarm alarm_;
  bool replied_ = false;
  // Uploads.
  test::v1::UploadScanResponse receipt_;
  test::v1::UploadScanRequest first_;
  // Downloads.
  test::v1::DownloadScanRequest download_;
  std::int64_t sent_ = 0;
  test::v1::WatchBooksRequest watch_;
};

namespace {

class Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(TestBackend::Impl& impl) : impl_(impl) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(impl_, context);
  }

 private:
  TestBackend::Impl& impl_;
};

}  // namespace

Reactor::Reactor(TestBackend::Impl& impl, grpc::GenericCallbackServerContext* context)
    : impl_(impl), context_(context) {
  ++impl_.calls;
  method_ = context->method().substr(context->method().rfind('/') + 1);
  receipt_.set_digest(kDigestStart);
  StartRead(&in_);
}

Book Reactor::BookNamed(const std::string& name) {
  Book book;
  book.set_name(name);
  book.set_title("On " + name);
  book.set_pages(321);
  book.add_tags("a");
  book.add_tags("b");
  book.mutable_bought_time()->set_seconds(1'777'626'000);
  // Load tests compare gateways, which pass on more or less metadata.
  if (name.starts_with("shelves/load/")) return book;
  for (const auto& [key, value] : context_->client_metadata()) {
    (*book.mutable_seen_metadata())[std::string(key.data(), key.size())] =
        std::string(value.data(), value.size());
  }
  return book;
}

void Reactor::Reply(const google::protobuf::MessageLite& message) {
  replied_ = true;
  out_ = ToBuffer(message);
  StartWriteAndFinish(&out_, grpc::WriteOptions(), grpc::Status::OK);
}

void Reactor::OnReadDone(bool ok) {
  if (method_ == "UploadScan" || method_ == "ImportBooks") {
    if (ok) return OnUploadMessage();
    if (!replied_ && !context_->IsCancelled()) return Reply(receipt_);
    if (!replied_) Finish(grpc::Status::CANCELLED);
    return;
  }
  if (!ok) return Finish(grpc::Status::CANCELLED);
  Unary();
}

void Reactor::OnUploadMessage() {
  const auto message = FromBuffer<test::v1::UploadScanRequest>(in_);
  if (receipt_.messages() == 0) {
    first_ = message;
    receipt_.set_name(message.name());
    receipt_.set_filename(message.filename());
    receipt_.set_content_type(message.content().content_type());
  }
  receipt_.set_messages(receipt_.messages() + 1);
  const std::string& data = message.content().data();
  receipt_.set_size_bytes(receipt_.size_bytes() + static_cast<std::int64_t>(data.size()));
  receipt_.set_digest(Digest(data, receipt_.digest()));
  impl_.upload_bytes += static_cast<std::int64_t>(data.size());
  if (first_.fail_after() > 0 && receipt_.messages() >= first_.fail_after()) {
    replied_ = true;
    return Finish(ErrorNamed("error-7-NO_MORE"));
  }
  if (first_.hold()) {
    std::lock_guard lock(impl_.mutex);
    if (!impl_.released) {
      impl_.held.insert(this);
      return;
    }
  }
  StartRead(&in_);
}

void Reactor::Unary() {
  if (method_ == "GetBook" || method_ == "DeleteBook" || method_ == "GetCover") {
    const auto request = FromBuffer<test::v1::GetBookRequest>(in_);
    if (grpc::Status error = ErrorNamed(request.name()); !error.ok()) return Finish(error);
    if (method_ == "DeleteBook") return Reply(google::protobuf::Empty());
    if (method_ == "GetCover") {
      google::api::HttpBody body;
      const bool page = request.name().ends_with("/page");
      body.set_content_type(page ? "text/html; charset=utf-8" : "image/png");
      body.set_data(page ? "<!DOCTYPE html><p>Ahoj \xC3\xA9</p>"
                         : std::string("\x89PNG\0bytes", 10));
      return Reply(body);
    }
    if (request.delay_ms() == 0) return Reply(BookNamed(request.name()));
    alarm_.Set(std::chrono::system_clock::now() + std::chrono::milliseconds(request.delay_ms()),
               [this, name = request.name()](bool) { Reply(BookNamed(name)); });
    return;
  }
  if (method_ == "ListBooks") {
    const auto request = FromBuffer<test::v1::ListBooksRequest>(in_);
    test::v1::ListBooksResponse response;
    for (int i = 0; i < request.page_size(); ++i) {
      response.add_books()->set_name(request.parent() + "/books/" + std::to_string(i));
    }
    response.set_next_page_token(request.page_token() + "+");
    return Reply(response);
  }
  if (method_ == "CreateBook") {
    auto request = FromBuffer<test::v1::CreateBookRequest>(in_);
    request.mutable_book()->set_name(request.parent() + "/books/" + request.request_id());
    return Reply(request.book());
  }
  if (method_ == "UpdateBook") return Reply(FromBuffer<test::v1::UpdateBookRequest>(in_).book());
  if (method_ == "LendBook") {
    const auto request = FromBuffer<test::v1::LendBookRequest>(in_);
    Book book = BookNamed(request.name());
    book.set_title("lent to " + request.borrower());
    return Reply(book);
  }
  if (method_ == "PutCover") {
    const auto request = FromBuffer<test::v1::PutCoverRequest>(in_);
    receipt_.set_name(request.name());
    receipt_.set_content_type(request.image().content_type());
    receipt_.set_size_bytes(static_cast<std::int64_t>(request.image().data().size()));
    return Reply(receipt_);
  }
  if (method_ == "Echo" || method_ == "EchoQuery") {
    out_ = in_;
    return StartWriteAndFinish(&out_, grpc::WriteOptions(), grpc::Status::OK);
  }
  if (method_ == "DownloadScan") {
    download_ = FromBuffer<test::v1::DownloadScanRequest>(in_);
    if (download_.fail_after() < 0) return Finish(ErrorNamed("error-15-SCAN_TORN"));
    if (download_.announce()) {
      context_->AddInitialMetadata("x-http-content-length", std::to_string(download_.size_bytes()));
      context_->AddInitialMetadata("x-http-content-disposition",
                                   "attachment; filename=\"scan.bin\"");
      context_->AddInitialMetadata("x-http-etag", "\"e1\"");
    }
    return NextPart();
  }
  if (method_ == "WatchBooks") {
    watch_ = FromBuffer<test::v1::WatchBooksRequest>(in_);
    return NextPart();
  }
  Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""));
}

void Reactor::NextPart() {
  if (method_ == "WatchBooks") {
    if (sent_ == watch_.count()) {
      return Finish(watch_.fail() ? ErrorNamed("error-10-SHELF_MOVED") : grpc::Status::OK);
    }
    Book book;
    book.set_name(watch_.parent() + "/books/" + std::to_string(sent_++));
    out_ = ToBuffer(book);
    return StartWrite(&out_);
  }
  if (download_.fail_after() > 0 && sent_ >= download_.fail_after()) {
    return Finish(ErrorNamed("error-15-SCAN_TORN"));
  }
  if (sent_ == download_.size_bytes()) return Finish(grpc::Status::OK);
  google::api::HttpBody body;
  if (sent_ == 0) body.set_content_type("application/pdf");
  const std::int64_t size = std::min<std::int64_t>(100'000, download_.size_bytes() - sent_);
  std::string& data = *body.mutable_data();
  data.resize(static_cast<std::size_t>(size));
  for (std::int64_t i = 0; i < size; ++i) data[i] = static_cast<char>(sent_ + i);
  sent_ += size;
  impl_.download_bytes += size;
  out_ = ToBuffer(body);
  StartWrite(&out_);
}

void Reactor::OnWriteDone(bool ok) {
  if (replied_) return;
  if (method_ != "DownloadScan" && method_ != "WatchBooks") return;
  if (!ok) return Finish(grpc::Status::CANCELLED);
  NextPart();
}

TestBackend::TestBackend(int port) : impl_(std::make_unique<Impl>()) {
  impl_->service = std::make_unique<Service>(*impl_);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                           &impl_->port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterCallbackGenericService(impl_->service.get());
  impl_->server = builder.BuildAndStart();
}

TestBackend::~TestBackend() { Stop(); }

int TestBackend::port() const { return impl_->port; }
std::string TestBackend::address() const { return "127.0.0.1:" + std::to_string(impl_->port); }
std::int64_t TestBackend::calls() const { return impl_->calls; }
std::int64_t TestBackend::cancelled() const { return impl_->cancelled; }
std::int64_t TestBackend::upload_bytes() const { return impl_->upload_bytes; }

std::int64_t TestBackend::download_bytes() const { return impl_->download_bytes; }

void TestBackend::Release() {
  std::set<Reactor*> held;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->released = true;
    held.swap(impl_->held);
  }
  for (Reactor* reactor : held) reactor->ReadOn();
}

void TestBackend::Stop() {
  if (impl_->server == nullptr) return;
  Release();
  impl_->server->Shutdown(std::chrono::system_clock::now());
  impl_->server->Wait();
  impl_->server.reset();
}

void TestBackend::Drain() {
  if (impl_->server == nullptr) return;
  impl_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(10));
  impl_->server->Wait();
  impl_->server.reset();
}

std::uint64_t Digest(std::string_view bytes, std::uint64_t digest) {
  for (const char c : bytes) {
    digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  }
  return digest;
}

}  // namespace assay::gateway::testing
