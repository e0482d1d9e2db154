# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds QZap as a part of another project: in a path with a space and brackets, with unity builds
# switched on, and installed to absolute folders that are not below the prefix.

include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")

set(number "[1]")
if(QT_VERSION VERSION_GREATER_EQUAL 6.8)
    set(number 1) # find_package(Qt6) itself fails in a path with brackets
endif()
set(source "${WORK_DIR}/source ${number}")
set(build "${WORK_DIR}/build ${number}")
copy_subproject("${source}")
build_subproject("${source}" "${build}"
    "-DCMAKE_INSTALL_PREFIX=${WORK_DIR}/prefix"
    -DQZAP_INSTALL=ON
    "-DQZAP_BUILD_QML=${QZAP_BUILD_QML}"
)

run("Installing without the library for tests" "${CMAKE_COMMAND}" --install "${build}"
    --config "${CONFIG}")
set(PREFIX "${WORK_DIR}/prefix")
expect_package("Test, which is not built" "REQUIRED COMPONENTS Test"
    "The component Test is missing: this QZap was built without it \\(QZAP_BUILD_TEST_LIBRARY\\)")
file(GLOB_RECURSE files "${PREFIX}/*Test*" "${PREFIX}/*qzaptest*")
if(files)
    message(FATAL_ERROR "Installed is also ${files}")
endif()

# install_to(LIBDIR QMLDIR): installs to these folders, and loads the plugin from there.
function(install_to libdir qmldir)
    set(what "libraries in ${libdir}, QML modules in ${qmldir}")
    file(REMOVE_RECURSE "${WORK_DIR}/prefix" "${WORK_DIR}/libraries" "${WORK_DIR}/imports")
    run("Installing ${what}" "${CMAKE_COMMAND}" -S "${source}" -B "${build}"
        "-DCMAKE_INSTALL_LIBDIR=${libdir}" "-DQZAP_INSTALL_QMLDIR=${qmldir}")
    run("Building for it" "${CMAKE_COMMAND}" --build "${build}" --config "${CONFIG}" --parallel 2)
    run("Installing" "${CMAKE_COMMAND}" --install "${build}" --config "${CONFIG}")
    cmake_path(ABSOLUTE_PATH libdir BASE_DIRECTORY "${WORK_DIR}/prefix")
    run("Configuring a program" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/qml"
        -B "${WORK_DIR}/program" ${CONFIGURE_SETTINGS} "-DQZap_DIR=${libdir}/cmake/QZap")
    run("Building it" "${CMAKE_COMMAND}" --build "${WORK_DIR}/program" --config "${CONFIG}")
    find_program(program qmlconsumer PATHS "${WORK_DIR}/program" "${WORK_DIR}/program/${CONFIG}"
        NO_DEFAULT_PATH NO_CACHE REQUIRED)
    run("Running it" "${program}")
    if(NOT RUN_OUTPUT MATCHES "It is running")
        message(FATAL_ERROR "${what}: it said:\n${RUN_OUTPUT}")
    endif()
endfunction()

if(QZAP_BUILD_QML)
    unset(ENV{QML_IMPORT_PATH})
    unset(ENV{QML2_IMPORT_PATH})
    unset(ENV{LD_LIBRARY_PATH})
    install_to(lib "${WORK_DIR}/imports/qml")
    install_to("${WORK_DIR}/libraries/a/b" "${WORK_DIR}/imports/qml")
    install_to("${WORK_DIR}/libraries/a/b" qml)
    install_to(lib/x/y qml)
endif()
