# cmake -DFOLDER=… [-DPATTERN=…] [-DBYTES=ON] -DOUTPUT=… -DHEADER=… -DFUNCTION=… -P EmbedTexts.cmake
#
# Writes a C++ source that defines `std::span<const std::string_view> FUNCTION()` with the text of every file in
# FOLDER that PATTERN (*.json) fits, in the order of their names; HEADER declares it. FUNCTION is qualified. With BYTES the
# files are no texts, but bytes of any value.
if(NOT PATTERN)
  set(PATTERN *.json)
endif()
file(GLOB files LIST_DIRECTORIES false ${FOLDER}/${PATTERN})
list(SORT files)
set(source "// Made by cmake/EmbedTexts.cmake.\n#include \"${HEADER}\"\n\n#include <array>\n\nnamespace {\n\nusing namespace std::string_view_literals;\n\n")
list(LENGTH files count)
string(APPEND source "constexpr std::array<std::string_view, ${count}> texts = {\n")
foreach(file IN LISTS files)
  if(BYTES)
    file(READ ${file} digits HEX)
    file(SIZE ${file} size)
    string(REGEX REPLACE "(..)" "\\\\x\\1" text ${digits})
    string(APPEND source "    std::string_view(\"${text}\", ${size}),\n")
  else()
    file(READ ${file} text)
    # The suffix counts: a compiler that looks for the end of a long text itself gives up.
    string(APPEND source "    R\"LAKEGATE(${text})LAKEGATE\"sv,\n")
  endif()
endforeach()
string(APPEND source "};\n\n}  // namespace\n\nstd::span<const std::string_view> ${FUNCTION}() { return texts; }\n")
file(WRITE ${OUTPUT} "${source}")
