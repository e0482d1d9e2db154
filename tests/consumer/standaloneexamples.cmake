# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds each example as a separate project, against the prefix.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
# Saves time; the examples of this tree are compiled one source at a time.
list(APPEND CONFIGURE_SETTINGS -DCMAKE_UNITY_BUILD=ON)

foreach(example IN ITEMS asyncprovider guardedclient guardedserver makecertificate)
    build(${example} "${QZAP_SOURCE_DIR}/examples/${example}")
    run("Running ${example}" "${PROGRAM}" --version)
    if(NOT RUN_OUTPUT STREQUAL "${example} ${QZAP_VERSION}\n")
        message(FATAL_ERROR "It says ${RUN_OUTPUT}")
    endif()
endforeach()

if(QZAP_BUILD_DASHBOARD)
    build(dashboard "${QZAP_SOURCE_DIR}/examples/dashboard")
    set(ENV{QT_QPA_PLATFORM} offscreen)
    run("Running dashboard" "${PROGRAM}" --version)
    # Qt may print warnings if there is no desktop.
    if(NOT RUN_OUTPUT MATCHES "(^|\n)dashboard ${QZAP_VERSION}\n$")
        message(FATAL_ERROR "It says ${RUN_OUTPUT}")
    endif()
endif()

if(QZAP_BUILD_GATEWAY)
    foreach(example IN ITEMS fleetpeers gateway)
        build(${example} "${QZAP_SOURCE_DIR}/examples/${example}")
        run("Running ${example}" "${PROGRAM}" --version)
        if(NOT RUN_OUTPUT STREQUAL "${example} ${QZAP_VERSION}\n")
            message(FATAL_ERROR "It says ${RUN_OUTPUT}")
        endif()
    endforeach()
endif()

if(QZAP_BUILD_HTTPCREDENTIALS)
    build(httpcredentials "${QZAP_SOURCE_DIR}/examples/httpcredentials")
    # The service does not exist, nor does the server's key.
    execute_process(COMMAND "${PROGRAM}" "http://127.0.0.1:1/" "${WORK_DIR}/server.key_secret"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 60)
    if(NOT result EQUAL 1 OR NOT output MATCHES "server.key_secret")
        message(FATAL_ERROR "It ended with ${result} and said:\n${output}")
    endif()
endif()

build(testing "${QZAP_SOURCE_DIR}/examples/testing")
run("Running testing" "${PROGRAM}")
set(ENV{QT_QPA_PLATFORM} offscreen)
run("Running its tests" "${CMAKE_CTEST_COMMAND}" --test-dir "${WORK_DIR}/testing-build"
    --build-config "${CONFIG}" --output-on-failure)

if(QZAP_BUILD_QML)
    build(embedded "${QZAP_SOURCE_DIR}/examples/embedded")
    # The program finds its rules and the plugin, but not the server's key.
    file(COPY "${QZAP_SOURCE_DIR}/examples/embedded/Rules.qml" DESTINATION "${WORK_DIR}/rules")
    file(MAKE_DIRECTORY "${WORK_DIR}/rules/clients")
    execute_process(COMMAND "${PROGRAM}" "${WORK_DIR}/rules" "tcp://127.0.0.1:*"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 60)
    if(NOT result EQUAL 1 OR NOT output MATCHES "server.key_secret")
        message(FATAL_ERROR "It ended with ${result} and said:\n${output}")
    endif()
endif()
