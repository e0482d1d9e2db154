# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds QZap as a static library in another project's tree, installs it, and builds a program against
# that.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

copy_subproject("${WORK_DIR}/source")
build_subproject("${WORK_DIR}/source" "${WORK_DIR}/build"
    "-DCMAKE_INSTALL_PREFIX=${WORK_DIR}/prefix" -DQZAP_INSTALL=ON -DBUILD_SHARED_LIBS=OFF
    -DQZAP_BUILD_TEST_LIBRARY=ON "-DQZAP_BUILD_SQL=${QZAP_BUILD_SQL}")
run("Installing" "${CMAKE_COMMAND}" --install "${WORK_DIR}/build" --config "${CONFIG}")
set(PREFIX "${WORK_DIR}/prefix")
build(consumer "${CMAKE_CURRENT_LIST_DIR}/project"
    "-DQZAP_EXPECTED_VERSION=${QZAP_VERSION}")
run("Running it" "${PROGRAM}")
build(testkit "${CMAKE_CURRENT_LIST_DIR}/testkit")
run("Running it" "${PROGRAM}")
build_with_pkg_config(QZapTest testkit/pkgconfig.cpp)
if(QZAP_BUILD_SQL)
    build(sql "${CMAKE_CURRENT_LIST_DIR}/sql")
    run("Running it" "${PROGRAM}")
    build_with_pkg_config(QZapSql sql/main.cpp)
endif()
expect_package("Qml, which is not built" "REQUIRED COMPONENTS Qml"
    "The component Qml is missing: this QZap was built without it \\(QZAP_BUILD_QML\\)")
