# cjose: its pkg-config file wants Jansson's, which only programs that include <jansson.h> need. We do not.
find_path(CJOSE_INCLUDE_DIR cjose/cjose.h REQUIRED)
find_library(CJOSE_LIBRARY cjose REQUIRED)
add_library(Cjose::cjose INTERFACE IMPORTED)
target_include_directories(Cjose::cjose SYSTEM INTERFACE ${CJOSE_INCLUDE_DIR})
target_link_libraries(Cjose::cjose INTERFACE ${CJOSE_LIBRARY})
