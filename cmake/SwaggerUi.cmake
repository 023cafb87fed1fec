# LAKEGATE_SWAGGER_UI: the folder with the two compressed files of Swagger UI that become part of the program (/docs).
set(LAKEGATE_SWAGGER_UI ${LAKEGATE_DEPS}/swagger-ui)
if(NOT EXISTS ${LAKEGATE_SWAGGER_UI}/swagger-ui.css.gz)
  message(FATAL_ERROR "No Swagger UI in ${LAKEGATE_SWAGGER_UI}. Run `scripts/setup wheels` (`make build` does so), or set "
                      "LAKEGATE_DEPS to the folder that has it.")
endif()
