// The order in which documents that refer to each other can be taken over: what is referred to comes first.
#pragma once

#include <span>
#include <vector>

#include "xdm/document.h"

namespace lakegate::xdm {

inline constexpr size_t circle_documents_max = 100;  // that a registry takes: they have to come in one request

// Indexes into `documents`, in groups: documents that refer to each other in a circle are one group, any other document
// is a group of its own, and each group stands after all that it refers to. What is free keeps the order given.
// References to documents that are not there, and to itself, count for nothing; of two with one $id the first counts.
std::vector<std::vector<size_t>> dependency_order(std::span<const JsonObject* const> documents);

}  // namespace lakegate::xdm
