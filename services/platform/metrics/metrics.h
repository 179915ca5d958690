// Counters, gauges and histograms in Prometheus' text form (prometheus-cpp).
//
// Label values come from fixed sets (method, code), never from ids.
#pragma once
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::platform {

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(double n = 1) = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Thread-safe. What it returns lives as long as it does, and the same name and
// labels give the same object: look up once, keep the reference.
class Metrics {
 public:
  static std::unique_ptr<Metrics> Create();
  virtual ~Metrics() = default;
  virtual Counter& GetCounter(std::string_view name, std::string_view help, Labels labels) = 0;
  virtual Gauge& GetGauge(std::string_view name, std::string_view help, Labels labels) = 0;
  // Buckets for seconds, 100 us to 10 s.
  virtual Histogram& GetHistogram(std::string_view name, std::string_view help, Labels labels) = 0;
  virtual std::string Text() const = 0;
  // Serves /metrics on "host:port" (port 0: any); returns the port bound.
  virtual absl::StatusOr<int> Serve(std::string_view listen) = 0;
};

}  // namespace assay::platform
