# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Common to the scripts of this folder. Settings are passed by -D, see CMakeLists.txt.

cmake_policy(VERSION 3.25)

foreach(name IN ITEMS GENERATOR CXX_COMPILER QZAP_SOURCE_DIR QZAP_BINARY_DIR WORK_DIR PREFIX)
    if("${${name}}" STREQUAL "")
        message(FATAL_ERROR "${name} is not set: this script is run by ctest")
    endif()
endforeach()

# No other QZap may be found, and compiler messages must be in English. The encoding is UTF-8, since
# Qt warns about others.
unset(ENV{CMAKE_PREFIX_PATH})
unset(ENV{QZap_DIR})
unset(ENV{QZap_ROOT})
set(ENV{LC_ALL} C.UTF-8)

set(CONFIGURE_SETTINGS
    -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}"
    "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}"
    "-DCMAKE_COMPILE_WARNING_AS_ERROR=${WARNING_AS_ERROR}"
    "-DCMAKE_BUILD_TYPE=${CONFIG}"
    -DCMAKE_CXX_FLAGS_DEBUG=-O0 # without debug information, to save time
    "-DQt6_DIR=${Qt6_DIR}"
    "-Dcppzmq_DIR=${cppzmq_DIR}"
    -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
    -DCMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY=OFF
)
# An instrumented library needs an instrumented program.
if(QZAP_SANITIZERS)
    list(APPEND CONFIGURE_SETTINGS "-DCMAKE_CXX_FLAGS=-fsanitize=${QZAP_SANITIZERS}")
endif()

# Files of an earlier run would conceal missing ones.
file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")

# run(WHAT COMMAND...): runs the command and sets RUN_OUTPUT to its output; if the command fails,
# fails with the output.
function(run what)
    message(STATUS "${what}")
    execute_process(COMMAND ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 1500
    )
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${what}: failed (${result})\n${output}")
    endif()
    set(RUN_OUTPUT "${output}" PARENT_SCOPE)
endfunction()

# build(NAME SOURCE [SETTING...]): builds the project NAME against the prefix; sets PROGRAM to its
# program with that name.
function(build name source)
    set(build "${WORK_DIR}/${name}-build")
    run("Configuring ${name}" "${CMAKE_COMMAND}" -S "${source}" -B "${build}"
        ${CONFIGURE_SETTINGS} "-DCMAKE_PREFIX_PATH=${PREFIX}" ${ARGN})
    file(STRINGS "${build}/CMakeCache.txt" found REGEX "^QZap_DIR:")
    string(FIND "${found}" "=${PREFIX}/" position)
    if(position EQUAL -1)
        message(FATAL_ERROR "${name} found another QZap than the one in ${PREFIX}: ${found}")
    endif()
    run("Building ${name}" "${CMAKE_COMMAND}" --build "${build}" --config "${CONFIG}" --parallel 2)
    find_program(program "${name}" PATHS "${build}" "${build}/${CONFIG}"
        NO_DEFAULT_PATH NO_CACHE REQUIRED)
    set(PROGRAM "${program}" PARENT_SCOPE)
endfunction()

# copy_subproject(SOURCE): creates the project in the folder subproject, with QZap in its tree.
function(copy_subproject source)
    set(here "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
    file(COPY "${here}/subproject/CMakeLists.txt" "${here}/project/main.cpp"
        DESTINATION "${source}")
    foreach(name IN ITEMS CMakeLists.txt LICENSES cmake doc include qml src)
        file(COPY "${QZAP_SOURCE_DIR}/${name}" DESTINATION "${source}/qzap")
    endforeach()
endfunction()

# build_subproject(SOURCE BUILD SETTING...): builds the project and runs its program.
function(build_subproject source build)
    run("Configuring the subproject" "${CMAKE_COMMAND}" -S "${source}" -B "${build}"
        ${CONFIGURE_SETTINGS} ${ARGN})
    run("Building it" "${CMAKE_COMMAND}" --build "${build}" --config "${CONFIG}" --parallel 2)
    find_program(program subproject PATHS "${build}" "${build}/${CONFIG}"
        NO_DEFAULT_PATH NO_CACHE REQUIRED)
    run("Running it" "${program}")
endfunction()

# expect_package(WHAT REQUEST OUTPUT SETTING...): finds the package in the prefix with these arguments
# of find_package(), and compares the output.
function(expect_package what request expected)
    message(STATUS "Finding ${what}")
    set(build "${WORK_DIR}/components")
    file(REMOVE_RECURSE "${build}")
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/components" -B "${build}"
            ${CONFIGURE_SETTINGS} "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DQZAP_REQUEST=${request}" ${ARGN}
        OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 120
    )
    string(REGEX REPLACE "[ \n]+" " " joined "${output}") # CMake breaks lines
    if(NOT joined MATCHES "${expected}")
        message(FATAL_ERROR "${what}: expected is ${expected}, but CMake said:\n${output}")
    endif()
endfunction()

# build_with_pkg_config(PACKAGE SOURCE): builds and runs a program with the flags that pkg-config prints
# for the package.
function(build_with_pkg_config package source)
    find_program(pkg_config NAMES pkg-config pkgconf NO_CACHE REQUIRED)
    file(GLOB_RECURSE file "${PREFIX}/QZap.pc")
    cmake_path(GET file PARENT_PATH folder)
    set(environment "PKG_CONFIG_PATH=${folder}:$ENV{PKG_CONFIG_PATH}")
    run("Asking pkg-config for the version" "${CMAKE_COMMAND}" -E env "${environment}"
        "${pkg_config}" --modversion QZap ${package})
    if(NOT RUN_OUTPUT STREQUAL "${QZAP_VERSION}\n${QZAP_VERSION}\n")
        message(FATAL_ERROR "It says ${RUN_OUTPUT}")
    endif()
    run("Asking pkg-config for flags" "${CMAKE_COMMAND}" -E env "${environment}"
        "${pkg_config}" --cflags --libs ${package})
    separate_arguments(flags UNIX_COMMAND "${RUN_OUTPUT}")
    set(sanitizers "")
    if(QZAP_SANITIZERS)
        set(sanitizers "-fsanitize=${QZAP_SANITIZERS}")
    endif()
    set(program "${WORK_DIR}/${package}-pkgconfig")
    run("Building with them" "${CXX_COMPILER}" -std=c++17 -fPIC ${sanitizers}
        "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${source}" -o "${program}" ${flags}
        "-Wl,-rpath,${folder}/..")
    run("Running it" "${program}")
endfunction()
