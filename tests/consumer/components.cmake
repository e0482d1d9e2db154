# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Tests which components and versions find_package(QZap) finds, and its messages about the others.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

set(major_minor "")
string(REGEX MATCH "^([0-9]+)\\.([0-9]+)" major_minor "${QZAP_VERSION}")
set(major "${CMAKE_MATCH_1}")
set(minor "${CMAKE_MATCH_2}")
math(EXPR next_major "${major} + 1")
math(EXPR next_minor "${minor} + 1")

set(all "There is QZap::QZap.*There is QZap::Test")

# Components.
expect_package("the library alone" "REQUIRED" "There is QZap::QZap")
expect_package("the component Test" "REQUIRED COMPONENTS Test" "Test: TRUE.*${all}")
expect_package("a required unknown component" "REQUIRED COMPONENTS Tests"
    "The component Tests is missing: QZap has only the components Qml, Sql and Test")
expect_package("two missing components" "REQUIRED COMPONENTS Tests Test Gui"
    "component Tests is missing: .*component Gui is missing: ")
expect_package("an optional unknown component" "REQUIRED OPTIONAL_COMPONENTS Gui Test"
    "QZap: (TRUE|1), Qml: , Test: TRUE.*${all}")
expect_package("without REQUIRED" "COMPONENTS Gui"
    "QZap: (FALSE|0).*Why: The component Gui is missing")
expect_package("Test without Qt Test" "REQUIRED COMPONENTS Test"
    "The component Test is missing: Qt6Test was not found"
    -DCMAKE_DISABLE_FIND_PACKAGE_Qt6Test=ON)
expect_package("the library without Qt Test" "REQUIRED OPTIONAL_COMPONENTS Test"
    "QZap: (TRUE|1), Qml: , Test: FALSE" -DCMAKE_DISABLE_FIND_PACKAGE_Qt6Test=ON)
if(QZAP_BUILD_QML)
    expect_package("both components" "REQUIRED COMPONENTS Qml Test" "Qml: TRUE, Test: TRUE.*${all}")
    expect_package("Qml without Qt Qml" "REQUIRED COMPONENTS Qml"
        "The component Qml is missing: Qt6Qml was not found"
        -DCMAKE_DISABLE_FIND_PACKAGE_Qt6Qml=ON)
else()
    expect_package("Qml, which was not built" "REQUIRED COMPONENTS Qml"
        "The component Qml is missing: this QZap was built without it")
endif()

if(QZAP_BUILD_SQL)
    expect_package("the component Sql" "REQUIRED COMPONENTS Sql"
        "Sql: TRUE.*There is QZap::QZap.*There is QZap::Sql")
    expect_package("Sql without the headers of Qt SQL" "REQUIRED COMPONENTS Sql" "Sql: TRUE"
        -DCMAKE_DISABLE_FIND_PACKAGE_Qt6Sql=ON)
else()
    expect_package("Sql, which was not built" "REQUIRED COMPONENTS Sql"
        "The component Sql is missing: this QZap was built without it")
endif()

# Versions.
foreach(request IN ITEMS
    "${major}.${minor}"
    "${QZAP_VERSION} EXACT"
    "${major}.${minor}...<${next_major}"
    "${major}.${minor}...${major}.${next_minor}"
    "${major}.${minor}...${QZAP_VERSION}"
    "0.0...<${next_major}"
)
    expect_package("the version ${request}" "${request} REQUIRED" "There is QZap::QZap")
endforeach()
foreach(request IN ITEMS
    "${major}.${next_minor}"
    "${next_major}"
    "${QZAP_VERSION}.1"
    "${major}.${next_minor}...<${next_major}"
    "0.0...<${QZAP_VERSION}"
    "${next_major}...<${next_major}.5"
)
    expect_package("the version ${request}" "${request} REQUIRED"
        "Could not find a configuration file for package \"QZap\".*${QZAP_VERSION}")
endforeach()
