// The two macros of the tree besides ASSAY_CHECK: pass an error on.
#pragma once
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define ASSAY_CONCAT_INNER_(a, b) a##b
#define ASSAY_CONCAT_(a, b) ASSAY_CONCAT_INNER_(a, b)

#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_(ASSAY_CONCAT_(status_or_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_(holder, target, expression) \
  auto holder = (expression);                         \
  if (!holder.ok()) return holder.status();           \
  target = std::move(*holder)
