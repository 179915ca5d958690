// A file that is part of the binary, so that a service finds its data wherever it runs. The
// functions that give them are made by assay_embed (services/assay_room.cmake).
#pragma once
#include <span>
#include <string_view>

namespace assay::platform {

struct EmbeddedFile {
  std::string_view name, text;
};

}  // namespace assay::platform
