// Text made comparable for search: case, accents and width do not matter.
//
// Example: Words("Ysgol Dyffryn Nantlle – Pen-y-groes") → ysgol dyffryn nantlle pen y groes
//          Words("St. Thomas à Becket's") → st thomas a beckets
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace assay::platform {

// Case-folded, compatibility-decomposed, without combining marks.
std::string Fold(std::string_view utf8);

// The folded words of a text: runs of letters and digits. Apostrophes are dropped, so that
// "St Mary's" is found by "marys"; everything else parts words.
std::vector<std::string> Words(std::string_view utf8);

}  // namespace assay::platform
