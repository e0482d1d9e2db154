# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Compiles mistakes that the compiler must refuse, since they would crash: a pointer to a cppzmq
# object is used as a ZeroMQ handle.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

run("Configuring" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/refused" -B "${WORK_DIR}"
    ${CONFIGURE_SETTINGS} "-DQZAP_INCLUDE_DIR=${QZAP_SOURCE_DIR}/include")

# The same code without the mistake must compile, otherwise, the errors below would prove nothing.
run("Compiling without a mistake" "${CMAKE_COMMAND}" --build "${WORK_DIR}" --target NO_MISTAKE)

file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/refused/mistakes.cpp" mistakes
    REGEX "^#(el)?if defined\\([A-Z_]+\\)")
list(LENGTH mistakes count)
if(count EQUAL 0)
    message(FATAL_ERROR "mistakes.cpp has no mistakes")
endif()
foreach(line IN LISTS mistakes)
    string(REGEX REPLACE "^.*defined\\(([A-Z_]+)\\).*$" "\\1" mistake "${line}")
    execute_process(
        COMMAND "${CMAKE_COMMAND}" --build "${WORK_DIR}" --target "${mistake}"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 120
    )
    if(result EQUAL 0)
        message(FATAL_ERROR "${mistake} compiles")
    endif()
    # GCC; Clang; MSVC.
    if(NOT output MATCHES "use of deleted function|deleted (member function|function|constructor)|attempting to reference a deleted")
        message(FATAL_ERROR "${mistake} is refused for another reason:\n${output}")
    endif()
    message(STATUS "${mistake} is refused")
endforeach()
