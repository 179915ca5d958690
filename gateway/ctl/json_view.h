// Reading answers: what is absent or of another type reads as empty, never throws.
//
// Example: Int(answer, "rowCount") reads 7 from 7 and from "7" (int64 in JSON).
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace assay::gateway::ctl {

using Json = nlohmann::ordered_json;

// The member `key` of an object; null if there is none.
const Json& At(const Json& object, std::string_view key);
std::string Text(const Json& object, std::string_view key);
std::int64_t Int(const Json& object, std::string_view key);
double Number(const Json& object, std::string_view key);
std::optional<double> MaybeNumber(const Json& object, std::string_view key);
bool Flag(const Json& object, std::string_view key);
// The elements of the array `key`; none if it is not an array.
const Json& Items(const Json& object, std::string_view key);
// Null if the text is not JSON.
Json ParseJson(std::string_view text);

}  // namespace assay::gateway::ctl
