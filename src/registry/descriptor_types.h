// The words of a descriptor's @type, contract/schema-registry.md "Resources".
#pragma once

#include <array>
#include <string_view>

namespace lakegate::registry::descriptor_type {

inline constexpr std::string_view identity = "xdm:descriptorIdentity";
inline constexpr std::string_view display = "xdm:alternateDisplayInfo";
inline constexpr std::string_view reference = "xdm:descriptorReferenceIdentity";
inline constexpr std::string_view one_to_one = "xdm:descriptorOneToOne";
inline constexpr std::string_view relationship = "xdm:descriptorRelationship";

inline constexpr std::string_view deprecated = "xdm:descriptorDeprecated";

// In the order in which lists group them.
inline constexpr std::array<std::string_view, 9> all = {identity,
                                                        display,
                                                        reference,
                                                        one_to_one,
                                                        relationship,
                                                        "xdm:descriptorPrimaryKey",
                                                        "xdm:descriptorVersion",
                                                        "xdm:descriptorTimestamp",
                                                        deprecated};

// Whether it names a second schema, its destination.
inline constexpr bool leads_elsewhere(std::string_view type) { return type == one_to_one || type == relationship; }

}  // namespace lakegate::registry::descriptor_type
