# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds the program in README.md with the CMakeLists.txt there, against the prefix.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

file(READ "${QZAP_SOURCE_DIR}/README.md" readme)

# extract(LANGUAGE FILE): writes the first code block of that language to the file, and removes it.
function(extract language file)
    set(fence "\n```${language}\n")
    string(FIND "${readme}" "${fence}" begin)
    if(begin EQUAL -1)
        message(FATAL_ERROR "README.md has no ${language} block")
    endif()
    string(LENGTH "${fence}" length)
    string(SUBSTRING "${readme}" 0 ${begin} before)
    math(EXPR begin "${begin} + ${length}")
    string(SUBSTRING "${readme}" ${begin} -1 text)
    string(FIND "${text}" "\n```\n" end)
    string(SUBSTRING "${text}" ${end} -1 after)
    string(SUBSTRING "${text}" 0 ${end} text)
    file(WRITE "${WORK_DIR}/${file}" "${text}\n")
    set(readme "${before}${after}" PARENT_SCOPE)
endfunction()

# If one of its files is missing, the program must report that and exit.
function(check_program folder missing)
    execute_process(COMMAND "${CMAKE_COMMAND}" -E env "QML_IMPORT_PATH=${PREFIX}/${QZAP_INSTALL_QMLDIR}"
        "${PROGRAM}" WORKING_DIRECTORY "${folder}"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 60)
    if(NOT result EQUAL 1 OR NOT output MATCHES "${missing}")
        message(FATAL_ERROR "It ended with ${result} and said:\n${output}")
    endif()
endfunction()

extract(cmake telemetry/CMakeLists.txt)
extract(cpp telemetry/main.cpp)
build(telemetry "${WORK_DIR}/telemetry")
check_program("${WORK_DIR}" "server.key_secret")

set(all "${readme}")
if(QZAP_BUILD_QML)
    extract(qml rules/Rules.qml)
    extract(cpp rules/main.cpp)
    extract(cmake rules/besides.cmake)
    file(READ "${WORK_DIR}/telemetry/CMakeLists.txt" project)
    string(REPLACE "project(telemetry" "project(rules" project "${project}")
    file(READ "${WORK_DIR}/rules/besides.cmake" besides)
    string(APPEND project "\n${besides}")
    string(REPLACE "(telemetry " "(rules " project "${project}")
    file(WRITE "${WORK_DIR}/rules/CMakeLists.txt" "${project}")
    file(MAKE_DIRECTORY "${WORK_DIR}/rules/clients")
    build(rules "${WORK_DIR}/rules")
    check_program("${WORK_DIR}/rules" "server.key_secret")
    file(MAKE_DIRECTORY "${WORK_DIR}/norules")
    check_program("${WORK_DIR}/norules" "Rules.qml is not loaded")
    # This restriction is refused.
    file(READ "${WORK_DIR}/rules/Rules.qml" rules)
    string(REPLACE "192.0.2.0/24" "192.0.2.0/99" rules "${rules}")
    file(WRITE "${WORK_DIR}/badrules/Rules.qml" "${rules}")
    check_program("${WORK_DIR}/badrules" "Rules.qml is not in force")
endif()

# The program with the tests of rules.
string(FIND "${all}" "\n### Test your rules\n" begin)
string(SUBSTRING "${all}" ${begin} -1 readme)
extract(cpp tests/main.cpp)
extract(cmake tests/CMakeLists.txt)
build(tst_rules "${WORK_DIR}/tests")
run("Running it" "${PROGRAM}")
