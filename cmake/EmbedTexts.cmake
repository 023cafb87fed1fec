# cmake -DFOLDER=… [-DPATTERN=…] -DOUTPUT=… -DHEADER=… -DFUNCTION=… -P EmbedTexts.cmake
#
# Writes a C++ source that defines `std::span<const std::string_view> FUNCTION()` with the text of every file in
# FOLDER that PATTERN (*.json) fits, in the order of their names; HEADER declares it. FUNCTION is qualified.
if(NOT PATTERN)
  set(PATTERN *.json)
endif()
file(GLOB files LIST_DIRECTORIES false ${FOLDER}/${PATTERN})
list(SORT files)
set(source "// Made by cmake/EmbedTexts.cmake.\n#include \"${HEADER}\"\n\n#include <array>\n\nnamespace {\n\n")
list(LENGTH files count)
string(APPEND source "constexpr std::array<std::string_view, ${count}> texts = {\n")
foreach(file IN LISTS files)
  file(READ ${file} text)
  string(APPEND source "    R\"LAKEGATE(${text})LAKEGATE\",\n")
endforeach()
string(APPEND source "};\n\n}  // namespace\n\nstd::span<const std::string_view> ${FUNCTION}() { return texts; }\n")
file(WRITE ${OUTPUT} "${source}")
