# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Installs the build into an empty prefix, moves the prefix, and checks its contents.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

run("Installing" "${CMAKE_COMMAND}" --install "${QZAP_BINARY_DIR}"
    --config "${CONFIG}" --prefix "${WORK_DIR}/prefix")
# A package that contains its prefix could not be moved.
file(REMOVE_RECURSE "${PREFIX}")
file(RENAME "${WORK_DIR}/prefix" "${PREFIX}")

set(headers "${PREFIX}/include/QZap")
file(GLOB installed RELATIVE "${headers}" "${headers}/*")
set(public "${QZAP_SOURCE_DIR}/include/QZap")
file(GLOB expected RELATIVE "${public}" "${public}/*")
if(NOT QZAP_BUILD_SQL)
    list(FILTER expected EXCLUDE REGEX "^[Qq][Zz]ap[Ss]ql")
endif()
if(NOT expected OR NOT installed STREQUAL expected)
    message(FATAL_ERROR "Installed are the headers ${installed}, but public are ${expected}")
endif()

# Nothing private, and nothing of the tests or examples.
set(meant "^include/QZap/|/cmake/QZap/QZap[A-Za-z-]*\\.cmake$|/(lib)?QZap(Sql|Test)?\\.|/pkgconfig/QZap(Sql|Test)?\\.pc$|^share/licenses/QZap/")
if(QZAP_BUILD_TOOLS)
    string(APPEND meant "|^bin/qzap(\\.exe)?$|^share/man/man1/qzap\\.1$")
endif()
if(QZAP_BUILD_QML)
    set(plugin "(lib)?qzap_qml\\.[a-z]+")
    string(APPEND meant "|^${QZAP_INSTALL_QMLDIR}/QZap/(qmldir|qzap_qml\\.qmltypes|${plugin})$")
    set(plugin "(lib)?qzap_qmltest\\.[a-z]+")
    string(APPEND meant
        "|^${QZAP_INSTALL_QMLDIR}/QZap/Test/(qmldir|qzap_qmltest\\.qmltypes|${plugin})$")
endif()
file(GLOB_RECURSE files RELATIVE "${PREFIX}" "${PREFIX}/*")
foreach(file IN LISTS files)
    if(NOT file MATCHES "${meant}")
        message(FATAL_ERROR "${file} is installed: is it meant to be?")
    endif()
endforeach()

# A user needs neither ZeroMQ's headers nor libsodium's. The test "consumer" detects indirect
# includes; this detects those that the preprocessor skips.
foreach(header IN LISTS installed)
    file(STRINGS "${headers}/${header}" includes REGEX "^[ \t]*#[ \t]*include.*(zmq|sodium)")
    if(includes)
        message(FATAL_ERROR "${header}: ${includes}")
    endif()
endforeach()

if(QZAP_BUILD_TOOLS)
    foreach(locale IN ITEMS C C.UTF-8)
        run("Running qzap in the locale ${locale}" "${CMAKE_COMMAND}" -E env "LC_ALL=${locale}"
            "${PREFIX}/bin/qzap" --version)
        if(NOT RUN_OUTPUT STREQUAL "qzap ${QZAP_VERSION}\n")
            message(FATAL_ERROR "It says ${RUN_OUTPUT}")
        endif()
    endforeach()
    run("Making keys with it" "${PREFIX}/bin/qzap" keygen --directory "${WORK_DIR}" alice)
    run("Checking them with it" "${PREFIX}/bin/qzap" check --strict "${WORK_DIR}/alice.key")
    if(NOT EXISTS "${PREFIX}/share/man/man1/qzap.1")
        message(FATAL_ERROR "The manual page of qzap is not installed")
    endif()
endif()
