# SOCI as Debian packages it: no CMake package there for the static split, so name header and libraries.
find_path(SOCI_INCLUDE_DIR soci/soci.h REQUIRED)
find_library(SOCI_CORE_LIBRARY soci_core REQUIRED)
find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3 REQUIRED)
add_library(Soci::soci INTERFACE IMPORTED)
target_include_directories(Soci::soci SYSTEM INTERFACE ${SOCI_INCLUDE_DIR})
target_link_libraries(Soci::soci INTERFACE ${SOCI_SQLITE3_LIBRARY} ${SOCI_CORE_LIBRARY} PkgConfig::SQLITE)
