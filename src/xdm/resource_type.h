// What a document of the public model is in a registry: the model's files do not say it themselves.
#pragma once

#include <string_view>

#include "xdm/document.h"
#include "xdm/resolver.h"

namespace lakegate::xdm {

// A word of `meta:resourceType`: schemas, classes, mixins, datatypes or behaviors. In this order: what the document
// says of itself; the nearest folder it lay in that is called classes, fieldgroups, datatypes … (`folder`, with '/',
// may be empty); the same words within its $id; `meta:intendedToExtend` makes a field group. Failing these, what rests
// on a behaviour is a class where it names that itself, else or in a folder `schemas` a schema; all others are data
// types. `lookup` finds what it is composed of.
std::string_view resource_type_of(const JsonObject& document, std::string_view folder, const Lookup& lookup);

}  // namespace lakegate::xdm
