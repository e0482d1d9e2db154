# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds and runs a user's tests with QZap::Test, against the prefix, and a program with pkg-config.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

build(testkit "${CMAKE_CURRENT_LIST_DIR}/testkit")
run("Running it" "${PROGRAM}")
build_with_pkg_config(QZapTest testkit/pkgconfig.cpp)
