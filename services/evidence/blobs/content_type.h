// What a file is, by its first bytes and never by its name (EVD-1).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace assay::evidence {

// As many bytes as ContentTypeOf looks at.
inline constexpr std::size_t kContentTypeBytes = 16 * 1024;

// "application/pdf", "text/plain; charset=utf-8", …; "application/octet-stream" if
// it cannot be told, "application/x-empty" for no bytes. Thread-safe.
std::string ContentTypeOf(std::string_view first_bytes);

}  // namespace assay::evidence
