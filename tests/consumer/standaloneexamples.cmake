# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds each example as the project of its own that it is, against the prefix.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

foreach(example IN ITEMS asyncprovider guardedclient guardedserver makecertificate)
    build(${example} "${QZAP_SOURCE_DIR}/examples/${example}")
    run("Running ${example}" "${PROGRAM}" --version)
    if(NOT RUN_OUTPUT STREQUAL "${example} ${QZAP_VERSION}\n")
        message(FATAL_ERROR "It says ${RUN_OUTPUT}")
    endif()
endforeach()
