// The texts of core/*.json, embedded by the build.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::xdm {

std::span<const std::string_view> core_documents();

}  // namespace lakegate::xdm
