# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds and runs a user's program with the QML module, against the prefix: the plugin must find the
# library there, wherever the prefix was moved to.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

unset(ENV{QML_IMPORT_PATH})
unset(ENV{QML2_IMPORT_PATH})
unset(ENV{LD_LIBRARY_PATH})

build(qmlconsumer "${CMAKE_CURRENT_LIST_DIR}/qml")
run("Running it" "${PROGRAM}")
if(NOT RUN_OUTPUT MATCHES "It is running")
    message(FATAL_ERROR "It said:\n${RUN_OUTPUT}")
endif()

# The files of the module that QML tools read.
set(module "${PREFIX}/${QZAP_INSTALL_QMLDIR}/QZap")
file(STRINGS "${module}/qzap_qml.qmltypes" types REGEX "exports: \\[\"QZap/")
list(LENGTH types count)
if(count LESS 10)
    message(FATAL_ERROR "qmltypes has ${count} types only: ${types}")
endif()
foreach(file IN ITEMS qmldir qzap_qml.qmltypes)
    file(READ "${module}/${file}" text)
    if(text MATCHES "${QZAP_SOURCE_DIR}|${QZAP_BINARY_DIR}")
        message(FATAL_ERROR "${file} knows where it was built")
    endif()
endforeach()
