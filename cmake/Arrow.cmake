# Arrow C++ 26 and its Parquet library, as Arrow::arrow_shared and Parquet::parquet_shared.
#
# Debian 12 has no Arrow. A machine that has it installed uses its own; elsewhere `scripts/setup build` has
# unpacked headers and libraries of the pinned pyarrow wheel (they have no other dependencies than glibc and
# libstdc++). Those two libraries are copied to build/lib and found from build/bin by a relative path, so
# that the folder of the build can be moved or packed as it is.

find_package(Arrow 26 QUIET)
if(Arrow_FOUND)
  find_package(Parquet 26 REQUIRED HINTS ${Arrow_DIR}/..)
  message(STATUS "Arrow ${Arrow_VERSION}: the installed one, ${Arrow_DIR}")
  return()
endif()

if(DEFINED ENV{LAKEGATE_DEPS})
  set(LAKEGATE_DEPS $ENV{LAKEGATE_DEPS} CACHE PATH "Where scripts/setup puts what no Debian package has" FORCE)
else()
  set(LAKEGATE_DEPS ${CMAKE_SOURCE_DIR}/.deps CACHE PATH "Where scripts/setup puts what no Debian package has")
endif()

set(arrow_root ${LAKEGATE_DEPS}/arrow)
if(NOT EXISTS ${arrow_root}/lib/libparquet.so)
  message(FATAL_ERROR "No Arrow C++ 26 installed and none in ${arrow_root}. Run `scripts/setup build` (or "
                      "`make build`, which does so), or set LAKEGATE_DEPS to the folder that has it.")
endif()

# Relative run paths for everything that is linked out of the build folder.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

function(lakegate_bundled_library target name)
  file(REAL_PATH ${arrow_root}/lib/${name}.so found)
  get_filename_component(so_name ${found} NAME)
  set(copy ${CMAKE_BINARY_DIR}/lib/${so_name})
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  file(COPY_FILE ${found} ${copy} ONLY_IF_DIFFERENT)
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${copy} IMPORTED_SONAME ${so_name})
  target_include_directories(${target} SYSTEM INTERFACE ${arrow_root}/include)
endfunction()

lakegate_bundled_library(Arrow::arrow_shared libarrow)
lakegate_bundled_library(Parquet::parquet_shared libparquet)
target_link_libraries(Parquet::parquet_shared INTERFACE Arrow::arrow_shared)
message(STATUS "Arrow 26: out of the pinned wheel, ${arrow_root}")
