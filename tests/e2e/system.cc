#include "tests/e2e/system.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/time/clock.h"

namespace assay::e2e {
namespace {

using platform::testing::Child;

const std::map<std::string, std::vector<std::string>>& Asks() {
  static const std::map<std::string, std::vector<std::string>> asks = {
      {"approval", {"moderation"}},
      {"evidence", {}},
      {"moderation", {"approval", "evidence"}},
      {"notifications", {}}};
  return asks;
}

std::string Tail(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  return all.size() > 3000 ? all.substr(all.size() - 3000) : all;
}

}  // namespace

bool Eventually(double seconds, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poll(nullptr, 0, 5);
  }
  return true;
}

std::unique_ptr<System> System::Start() {
  auto system = std::unique_ptr<System>(new System());
  auto redis = platform::testing::RedisServer::Start();
  if (!redis.ok()) {
    ADD_FAILURE() << redis.status();
    return nullptr;
  }
  system->redis_ = *std::move(redis);
  auto key = platform::LoadOrMakeKey(system->dir_ / "keys");
  if (!key.ok()) {
    ADD_FAILURE() << key.status();
    return nullptr;
  }
  system->key_ = *std::move(key);
  for (const auto& [name, asks] : Asks()) {
    system->parts_.push_back({name, platform::testing::FreePort(), nullptr});
  }
  system->parts_.push_back({"gateway", platform::testing::FreePort(), nullptr});
  system->base_ = "http://127.0.0.1:" + std::to_string(system->part("gateway").port);
  for (const Part& part : system->parts_) {
    if (!system->Launch(part.name)) return nullptr;
  }
  for (const Part& part : system->parts_) {
    if (!system->WaitReady(part.name)) return nullptr;
  }
  return system->Reached() ? std::move(system) : nullptr;
}

System::~System() = default;

System::Part& System::part(const std::string& name) {
  for (Part& part : parts_) {
    if (part.name == name) return part;
  }
  std::abort();
}

int System::port(const std::string& service) const {
  return const_cast<System*>(this)->part(service).port;
}

bool System::Launch(const std::string& name) {
  Part& p = part(name);
  const std::string ready = dir_ / (name + ".ready");
  std::remove(ready.c_str());
  const std::string jwks = "file:" + (dir_ / "keys/jwks.json");
  const std::string local = "127.0.0.1:";
  std::vector<std::string> argv = {
      std::string(ASSAY_BIN) + "/assay-" + name, "--listen=" + local + std::to_string(p.port),
      "--issuer=assay-embedded", "--jwks=" + jwks, "--port_file=" + ready};
  if (name == "gateway") {
    std::string backends;
    for (const Part& other : parts_) {
      if (other.name == "gateway") continue;
      backends += (backends.empty() ? "assay." : ",assay.") + other.name + ".v1=" + local +
                  std::to_string(other.port);
    }
    argv.push_back("--backends=" + backends);
    argv.push_back("--descriptors=" ASSAY_DESCRIPTORS);
    argv.push_back("--header_timeout=2s");
    argv.push_back("--threads=1");  // One loop, so that /healthz speaks for all connections.
  } else {
    argv.push_back("--data_dir=" + dir_.path());
    argv.push_back("--redis=" + redis_->uri());
    for (const std::string& asked : Asks().at(name)) {
      argv.push_back("--" + asked + "_address=" + local + std::to_string(part(asked).port));
    }
  }
  auto child = Child::Start(argv, dir_ / (name + ".log"));
  if (!child.ok()) {
    ADD_FAILURE() << name << ": " << child.status();
    return false;
  }
  p.child = *std::move(child);
  return true;
}

bool System::WaitReady(const std::string& name) {
  const std::string ready = dir_ / (name + ".ready");
  Part& p = part(name);
  const bool up =
      Eventually(30, [&] { return std::ifstream(ready).good() || !p.child->Running(); });
  if (up && p.child->Running()) return true;
  ADD_FAILURE() << name << " did not become ready:\n" << Tail(dir_ / (name + ".log"));
  return false;
}

void System::Kill(const std::string& name) {
  Part& p = part(name);
  p.child->Signal(SIGKILL);
  p.child->Wait();
}

bool System::Restart(const std::string& name) {
  return Launch(name) && WaitReady(name) && Reached();
}

// The gateway may have looked for a service before it listened, and waits a moment then.
bool System::Reached() {
  HttpReply health;
  const bool all = Eventually(20, [&] {
    health = Get("/healthz", "");
    return health.status == 200 && health.body.find("\"down\"") == std::string::npos;
  });
  EXPECT_TRUE(all) << "the gateway does not reach every service: " << health.body;
  return all;
}

int System::Stop(const std::string& name) {
  Part& p = part(name);
  p.child->Signal(SIGTERM);
  return p.child->Wait();
}

std::string System::Token(platform::Principal principal, absl::Duration lifetime) const {
  if (principal.tenant.empty()) principal.tenant = "demo";
  if (principal.subject.empty()) principal.subject = "users/test";
  auto token = platform::MintToken(
      *key_, {.issuer = "assay-embedded", .principal = principal, .lifetime = lifetime},
      absl::Now());
  EXPECT_TRUE(token.ok()) << token.status();
  return token.ok() ? *token : "";
}

HttpReply System::Post(const std::string& path, const nlohmann::json& body,
                       const std::string& token) const {
  return Call({.method = "POST", .path = path, .body = body.dump(), .token = token});
}

HttpReply System::Get(const std::string& path, const std::string& token) const {
  return Call({.path = path, .token = token});
}

}  // namespace assay::e2e
