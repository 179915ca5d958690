#include "services/platform/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace assay::platform {
namespace {

class CounterOf final : public Counter {
 public:
  explicit CounterOf(prometheus::Counter& counter) : counter_(counter) {}
  void Add(double n) override { counter_.Increment(n); }

 private:
  prometheus::Counter& counter_;
};

class GaugeOf final : public Gauge {
 public:
  explicit GaugeOf(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }

 private:
  prometheus::Gauge& gauge_;
};

class HistogramOf final : public Histogram {
 public:
  explicit HistogramOf(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};
  return buckets;
}

prometheus::Labels Copy(Labels labels) {
  prometheus::Labels copy;
  for (const auto& [key, value] : labels) copy.emplace(key, value);
  return copy;
}

class MetricsImpl final : public Metrics {
 public:
  Counter& GetCounter(std::string_view name, std::string_view help, Labels labels) override {
    auto& family = prometheus::BuildCounter()
                       .Name(std::string(name))
                       .Help(std::string(help))
                       .Register(*registry_);
    return Wrap<CounterOf>(counters_, family.Add(Copy(labels)));
  }

  Gauge& GetGauge(std::string_view name, std::string_view help, Labels labels) override {
    auto& family = prometheus::BuildGauge()
                       .Name(std::string(name))
                       .Help(std::string(help))
                       .Register(*registry_);
    return Wrap<GaugeOf>(gauges_, family.Add(Copy(labels)));
  }

  Histogram& GetHistogram(std::string_view name, std::string_view help, Labels labels) override {
    auto& family = prometheus::BuildHistogram()
                       .Name(std::string(name))
                       .Help(std::string(help))
                       .Register(*registry_);
    return Wrap<HistogramOf>(histograms_, family.Add(Copy(labels), Buckets()));
  }

  std::string Text() const override {
    return prometheus::TextSerializer().Serialize(registry_->Collect());
  }

  absl::StatusOr<int> Serve(std::string_view listen) override {
    std::lock_guard lock(mutex_);
    if (exposer_ != nullptr) return absl::FailedPreconditionError("metrics are served already");
    // The library throws if it cannot listen; here an error is a value.
    try {
      exposer_ = std::make_unique<prometheus::Exposer>(std::string(listen), /*num_threads=*/2);
    } catch (const std::runtime_error& error) {
      return absl::UnavailableError(
          absl::StrCat("cannot serve metrics on ", std::string(listen), ": ", error.what()));
    }
    exposer_->RegisterCollectable(registry_);
    const std::vector<int> ports = exposer_->GetListeningPorts();
    if (ports.empty()) return absl::UnavailableError("metrics are served on no port");
    return ports.front();
  }

 private:
  template <typename Wrapper, typename Base, typename Metric>
  Base& Wrap(std::map<const Metric*, std::unique_ptr<Base>>& wrappers, Metric& metric) {
    std::lock_guard lock(mutex_);
    std::unique_ptr<Base>& wrapper = wrappers[&metric];
    if (wrapper == nullptr) wrapper = std::make_unique<Wrapper>(metric);
    return *wrapper;
  }

  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::mutex mutex_;
  std::map<const prometheus::Counter*, std::unique_ptr<Counter>> counters_;
  std::map<const prometheus::Gauge*, std::unique_ptr<Gauge>> gauges_;
  std::map<const prometheus::Histogram*, std::unique_ptr<Histogram>> histograms_;
  std::unique_ptr<prometheus::Exposer> exposer_;  // Last: stops serving first.
};

}  // namespace

std::unique_ptr<Metrics> Metrics::Create() { return std::make_unique<MetricsImpl>(); }

}  // namespace assay::platform
