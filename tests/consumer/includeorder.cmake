# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Compiles public headers after macros that replace names in them, such as those of X11/Xlib.h: the
# first error of the compiler must explain the required order.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

# The headers that use one of these names outside of comments.
set(affected "")
file(GLOB headers RELATIVE "${QZAP_SOURCE_DIR}/include/QZap" "${QZAP_SOURCE_DIR}/include/QZap/*.h")
foreach(header IN LISTS headers)
    file(READ "${QZAP_SOURCE_DIR}/include/QZap/${header}" text)
    string(REGEX REPLACE "//[^\n]*|#[^\n]*" "" text "${text}")
    if(text MATCHES "(^|[^A-Za-z0-9_])(None|Status|Success)([^A-Za-z0-9_]|$)")
        list(APPEND affected "${header}")
    endif()
endforeach()
if(NOT "qzap.h" IN_LIST affected)
    message(FATAL_ERROR "qzap.h is not among what uses these names: ${affected}")
endif()

list(JOIN affected "," joined) # a ";" would end the argument
run("Configuring" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/refused" -B "${WORK_DIR}"
    ${CONFIGURE_SETTINGS} "-DQZAP_INCLUDE_DIR=${QZAP_SOURCE_DIR}/include"
    "-DQZAP_AFFECTED_HEADERS=${joined}")
run("Compiling without macros" "${CMAKE_COMMAND}" --build "${WORK_DIR}" --target WITHOUT_MACROS)

list(TRANSFORM affected PREPEND AFTER_OTHERS_)
foreach(target IN ITEMS AFTER_NONE AFTER_STATUS AFTER_SUCCESS ${affected})
    execute_process(
        COMMAND "${CMAKE_COMMAND}" --build "${WORK_DIR}" --target "${target}"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 120
    )
    if(result EQUAL 0)
        message(FATAL_ERROR "${target} compiles")
    endif()
    string(REGEX MATCH " error: [^\n]*" first "${output}") # not "-Werror "
    if(NOT first MATCHES "include QZap before .*X11/Xlib\\.h")
        message(FATAL_ERROR "${target} is refused for another reason first:\n${output}")
    endif()
    message(STATUS "${target} is refused")
endforeach()
