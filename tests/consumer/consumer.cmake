# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds and runs the project beside this file as a user's program, against the prefix.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

build(consumer "${CMAKE_CURRENT_LIST_DIR}/project"
    "-DQZAP_EXPECTED_VERSION=${QZAP_VERSION}" "-DQZAP_HEADERS=${PREFIX}/include/QZap")
run("Running it" "${PROGRAM}")
