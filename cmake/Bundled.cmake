# LAKEGATE_DEPS: where `scripts/setup` puts what no Debian package has, or none that is new enough.
if(DEFINED ENV{LAKEGATE_DEPS})
  set(LAKEGATE_DEPS $ENV{LAKEGATE_DEPS} CACHE PATH "Where scripts/setup puts what no Debian package has" FORCE)
else()
  set(LAKEGATE_DEPS ${CMAKE_SOURCE_DIR}/.deps CACHE PATH "Where scripts/setup puts what no Debian package has")
endif()

# Relative run paths for everything that is linked out of the build folder.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

# TARGET is FOLDER/lib/NAME.so of LAKEGATE_DEPS. It is copied to build/lib and found from build/bin by a relative path, so that the
# folder of the build can be moved or packed as it is.
function(lakegate_bundled_library target folder name)
  if(NOT EXISTS ${LAKEGATE_DEPS}/${folder}/lib/${name}.so)
    message(FATAL_ERROR "No ${name}.so that is new enough is installed, and none is in ${LAKEGATE_DEPS}/${folder}. Run `scripts/setup "
                        "build` (`make build` does so), or set LAKEGATE_DEPS to the folder that has it.")
  endif()
  file(REAL_PATH ${LAKEGATE_DEPS}/${folder}/lib/${name}.so found)
  get_filename_component(so_name ${found} NAME)
  set(copy ${CMAKE_BINARY_DIR}/lib/${so_name})
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  file(COPY_FILE ${found} ${copy} ONLY_IF_DIFFERENT)
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${copy} IMPORTED_SONAME ${so_name})
endfunction()
