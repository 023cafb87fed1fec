#include "model/validation_report.h"

namespace lakegate {

std::string_view to_string(FileOrigin origin) {
  switch (origin) {
    case FileOrigin::as_sent: return "as_sent";
    case FileOrigin::normalised: return "normalised";
    case FileOrigin::converted: return "converted";
  }
  return "";
}

std::optional<FileOrigin> parse_file_origin(std::string_view text) {
  for (const FileOrigin origin : {FileOrigin::as_sent, FileOrigin::normalised, FileOrigin::converted}) {
    if (to_string(origin) == text) return origin;
  }
  return std::nullopt;
}

}  // namespace lakegate
