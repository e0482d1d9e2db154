# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# cmake -DQMLLINT=<program> -DIMPORT_PATH=<folder of modules> -DSOURCE_DIR=<this project>
#       -DWORK_DIR=<folder> [-DDASHBOARD_IMPORT_PATH=<folder of its module>] -P qmllint.cmake

# lint(NAME RESULT FILE...): checks the files.
function(lint result output)
    execute_process(COMMAND "${QMLLINT}" -I "${IMPORT_PATH}" ${ARGN}
        RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text
    )
    set(${result} "${code}" PARENT_SCOPE)
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files
    "${SOURCE_DIR}/doc/snippets/*.qml" "${SOURCE_DIR}/examples/*.qml" "${SOURCE_DIR}/tests/*.qml"
)
if(DASHBOARD_IMPORT_PATH) # the dashboard has a module of its own
    list(APPEND files -I "${DASHBOARD_IMPORT_PATH}")
else()
    list(FILTER files EXCLUDE REGEX "/examples/dashboard/")
endif()
lint(result output ${files})
if(NOT result EQUAL 0 OR output MATCHES "Warning:|Error:")
    message(FATAL_ERROR "qmllint (exit code ${result}):\n${output}")
endif()

# qmllint must know the module's types well enough to detect mistakes: otherwise, its silence above
# would prove nothing.
file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")
set(mistakes
    "ZapAuthenticator { nothing: true }"
    "ZapAuthenticator { id: root\nfunction f() { return root.nothing } }"
    "ZapAuthenticator { id: root\nfunction f() { return root.decisionTimeouts } }"
    "ZapAuthenticator { onNothing: {} }"
    "ZapAuthenticator { ZapCurveDomain { place: '/' } }"
    "ZapAuthenticator { ZapNullDomain { location: '/' } }"
    "ZapAuthenticators { }"
    "ZapGuard { lockdown: true }"
    "ZapGuard { id: root\nfunction f() { return root.connections } }"
    "ZapGuard { onRevoke: {} }"
    "ZapConnectionModel { authenticator: null }"
    "ZapConnectionModel { id: root\nfunction f() { return root.rows } }"
)
set(number 0)
foreach(mistake IN LISTS mistakes)
    math(EXPR number "${number} + 1")
    set(file "${WORK_DIR}/Mistake${number}.qml")
    file(WRITE "${file}" "import QZap\n${mistake}\n")
    lint(result output "${file}")
    if(NOT output MATCHES "Warning:|Error:")
        message(FATAL_ERROR "qmllint sees no mistake in: ${mistake}")
    endif()
endforeach()

list(LENGTH files count)
message(STATUS "${count} files checked, ${number} mistakes found")
