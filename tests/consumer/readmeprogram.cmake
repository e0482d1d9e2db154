# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds the program in README.md with the CMakeLists.txt there, against the prefix.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

file(READ "${QZAP_SOURCE_DIR}/README.md" readme)

# extract(LANGUAGE FILE): writes the first code block of that language.
function(extract language file)
    set(fence "\n```${language}\n")
    string(FIND "${readme}" "${fence}" begin)
    if(begin EQUAL -1)
        message(FATAL_ERROR "README.md has no ${language} block")
    endif()
    string(LENGTH "${fence}" length)
    math(EXPR begin "${begin} + ${length}")
    string(SUBSTRING "${readme}" ${begin} -1 text)
    string(FIND "${text}" "\n```\n" end)
    string(SUBSTRING "${text}" 0 ${end} text)
    file(WRITE "${WORK_DIR}/telemetry/${file}" "${text}\n")
endfunction()

extract(cmake CMakeLists.txt)
extract(cpp main.cpp)
build(telemetry "${WORK_DIR}/telemetry")

# Without the files that it names it must say so, and not serve.
execute_process(COMMAND "${PROGRAM}" WORKING_DIRECTORY "${WORK_DIR}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 60)
if(NOT result EQUAL 1 OR NOT output MATCHES "server.key_secret")
    message(FATAL_ERROR "It ended with ${result} and said:\n${output}")
endif()
