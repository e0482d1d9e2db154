# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds and runs a user's program with QZap::Sql, against the prefix, and the same with pkg-config.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

build(sql "${CMAKE_CURRENT_LIST_DIR}/sql")
run("Running it" "${PROGRAM}")
build_with_pkg_config(QZapSql sql/main.cpp)
