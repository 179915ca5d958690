// The text forms that protobuf's JSON gives to numbers, bytes and well-known types.
//
// Strict where libprotobuf 3.21 is not: two-digit months, at most nine decimals, no
// overflow by a time zone, base64 of both alphabets. Parsers return false for what
// the form does not allow; nothing is rounded or cut.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::gateway {

// Whole numbers may be written with a fraction or exponent that comes to nothing
// ("1e5", "100.0"), as JSON's one number type asks; they stay exact up to 64 bits.
bool ParseInt64(std::string_view text, std::int64_t* value);
bool ParseUint64(std::string_view text, std::uint64_t* value);
bool ParseInt32(std::string_view text, std::int32_t* value);
bool ParseUint32(std::string_view text, std::uint32_t* value);
// A JSON number within range. "NaN", "Infinity", "-Infinity" are the caller's matter.
bool ParseDouble(std::string_view text, double* value);
bool ParseFloat(std::string_view text, float* value);
// Also takes "NaN", "Infinity", "-Infinity".
bool ParseQuotedDouble(std::string_view text, double* value);
bool ParseQuotedFloat(std::string_view text, float* value);

// Standard and URL alphabets, with or without padding.
bool DecodeBase64(std::string_view text, std::string* bytes);
void AppendBase64(std::string_view bytes, std::string* out);

struct SecondsNanos {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};
// RFC 3339, upper-case T and Z, years 0001 to 9999.
bool ParseTimestamp(std::string_view text, SecondsNanos* value);
bool AppendTimestamp(SecondsNanos value, std::string* out);
// "1.5s", within 10,000 years.
bool ParseDuration(std::string_view text, SecondsNanos* value);
bool AppendDuration(SecondsNanos value, std::string* out);
// "a,bC.d" ↔ {"a", "b_c.d"}; false for paths that would not come back the same.
bool ParseFieldMask(std::string_view text, std::vector<std::string>* paths);
bool AppendFieldMaskPath(std::string_view path, std::string* out);

// Shortest text that reads back as the same number.
void AppendDouble(double value, std::string* out);
void AppendFloat(float value, std::string* out);

bool IsUtf8(std::string_view text);

}  // namespace assay::gateway
