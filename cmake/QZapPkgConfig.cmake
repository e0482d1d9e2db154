# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Installs QZap.pc and, with the libraries QZap::Sql and QZap::Test, QZapSql.pc and QZapTest.pc. Their
# paths are relative to the location of the files, so that the installation can be moved, unless a
# folder is absolute.

# qzap_relocatable(<variable> <folder> <base>): sets the variable to the path of the folder for a
# .pc file in the absolute folder <base>.
function(qzap_relocatable variable folder base)
    if(IS_ABSOLUTE "${folder}")
        set(${variable} "${folder}" PARENT_SCOPE)
        return()
    endif()
    cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE)
    file(RELATIVE_PATH relative "${base}" "${folder}")
    set(${variable} "\${pcfiledir}/${relative}" PARENT_SCOPE)
endfunction()

set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
cmake_path(ABSOLUTE_PATH pc_dir BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" NORMALIZE
    OUTPUT_VARIABLE pc_base)
qzap_relocatable(PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}" "${pc_base}")
qzap_relocatable(PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}" "${pc_base}")

# A program that links the static library also links its dependencies.
set(PC_CFLAGS "")
set(PC_LIBS "")
set(PC_REQUIRES "")
if(NOT BUILD_SHARED_LIBS)
    set(PC_CFLAGS " -DQZAP_STATIC")
    set(PC_REQUIRES ", libzmq >= 4.3.3, libsodium >= 1.0.16")
    if(UNIX AND NOT APPLE)
        set(PC_LIBS " -Wl,-z,nodelete")
    endif()
endif()

set(PC_SQL_REQUIRES "")
if(NOT BUILD_SHARED_LIBS)
    set(PC_SQL_REQUIRES ", Qt6Sql >= 6.4")
endif()

foreach(package IN ITEMS QZap QZapSql QZapTest)
    if((package STREQUAL "QZapTest" AND NOT QZAP_BUILD_TEST_LIBRARY)
       OR (package STREQUAL "QZapSql" AND NOT QZAP_BUILD_SQL))
        continue()
    endif()
    configure_file("${PROJECT_SOURCE_DIR}/cmake/${package}.pc.in"
        "${CMAKE_CURRENT_BINARY_DIR}/${package}.pc" @ONLY)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${package}.pc" DESTINATION "${pc_dir}")
endforeach()
