# Arrow C++ 26 and its Parquet library, as Arrow::arrow_shared and Parquet::parquet_shared.
#
# Debian 12 has no Arrow. A machine that has it installed uses its own; elsewhere `scripts/setup build` has unpacked headers and
# libraries of the pinned pyarrow wheel (they have no other dependencies than glibc and libstdc++).
find_package(Arrow 26 QUIET)
if(Arrow_FOUND)
  find_package(Parquet 26 REQUIRED HINTS ${Arrow_DIR}/..)
  message(STATUS "Arrow ${Arrow_VERSION}: the installed one, ${Arrow_DIR}")
  return()
endif()

lakegate_bundled_library(Arrow::arrow_shared arrow libarrow)
lakegate_bundled_library(Parquet::parquet_shared arrow libparquet)
target_include_directories(Arrow::arrow_shared SYSTEM INTERFACE ${LAKEGATE_DEPS}/arrow/include)
target_link_libraries(Parquet::parquet_shared INTERFACE Arrow::arrow_shared)
message(STATUS "Arrow 26: out of the pinned wheel, ${LAKEGATE_DEPS}/arrow")
