# librdkafka as Rdkafka::rdkafka, 2.6.1 or later: what is older cannot log in to Kafka 4 by SCRAM (it sends its nonce twice).
#
# A machine with such a one installed uses its own; elsewhere `scripts/setup build` has unpacked the library of the pinned wheel
# (it has no other dependencies than glibc and shows no names but its own). Its header is that of Debian's librdkafka-dev.
pkg_check_modules(RDKAFKA QUIET IMPORTED_TARGET rdkafka>=2.6.1)
if(RDKAFKA_FOUND)
  add_library(Rdkafka::rdkafka ALIAS PkgConfig::RDKAFKA)
  message(STATUS "librdkafka ${RDKAFKA_VERSION}: the installed one")
  return()
endif()

find_path(RDKAFKA_INCLUDE_DIR librdkafka/rdkafka.h REQUIRED)
lakegate_bundled_library(Rdkafka::rdkafka librdkafka librdkafka)
target_include_directories(Rdkafka::rdkafka SYSTEM INTERFACE ${RDKAFKA_INCLUDE_DIR})
message(STATUS "librdkafka: out of the pinned wheel, ${LAKEGATE_DEPS}/librdkafka")
