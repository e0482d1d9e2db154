# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

include(CheckLinkerFlag)
# Many tests contain objects of the library, which lld links in a third of the time.
check_linker_flag(CXX -fuse-ld=lld QZAP_HAS_LLD)

# The headers of Qt and of the standard library that most tests include take half of the time that a
# test is compiled. The tests precompile them once; CMAKE_DISABLE_PRECOMPILE_HEADERS switches that off.
function(qzap_precompile_headers)
    file(CONFIGURE OUTPUT precompiled.cpp CONTENT "")
    add_library(qzap_test_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp")
    set_target_properties(qzap_test_headers PROPERTIES AUTOMOC OFF)
    target_link_libraries(qzap_test_headers PRIVATE Qt6::Core Qt6::Test cppzmq)
    target_precompile_headers(qzap_test_headers PRIVATE
        <QtCore/qcoreapplication.h>
        <QtCore/qdatetime.h>
        <QtCore/qdir.h>
        <QtCore/qfile.h>
        <QtCore/qhash.h>
        <QtCore/qscopeguard.h>
        <QtCore/qtemporarydir.h>
        <QtCore/qthread.h>
        <QtCore/qtimer.h>
        <QtTest/qsignalspy.h>
        <QtTest/qtest.h>
        <functional>
        <memory>
        <optional>
        <thread>
        <vector>
        <zmq.hpp>
    )
    qzap_test_defaults(qzap_test_headers)
endfunction()

# qzap_test_defaults(<target>): the compile options of tests, which are those of their precompiled
# headers.
function(qzap_test_defaults target)
    qzap_target_defaults(${target})
    if(NOT MSVC)
        # Qt Test does not need these, which differ between tests: to find files, and to print addresses.
        target_compile_options(${target} PRIVATE
            -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR -UQT_NETWORK_LIB
        )
        # CMake's option for programs differs from the one for libraries. Qt adds this one for some
        # architectures only.
        target_compile_options(${target} PRIVATE ${CMAKE_CXX_COMPILE_OPTIONS_PIC})
        if(Qt6_VERSION VERSION_GREATER_EQUAL 6.5)
            target_compile_options(${target} PRIVATE -Wno-conversion) # in QTRY_... macros
        endif()
    endif()
endfunction()

# qzap_moc_test(<target> <source>)
#
# Generates the .moc file that the source includes. AUTOMOC would add two steps and an empty source
# to each test, which take a third of its build. moc reads neither headers nor definitions here:
# what is in a class may not depend on macros, which the test house checks.
function(qzap_moc_test target source)
    cmake_path(REPLACE_EXTENSION source LAST_ONLY .moc OUTPUT_VARIABLE moc)
    qt_generate_moc("${source}" "${moc}")
    set_property(SOURCE "${source}" APPEND
        PROPERTY OBJECT_DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/${moc}"
    )
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
    set_target_properties(${target} PROPERTIES AUTOMOC OFF)
endfunction()

# qzap_add_test(<name> [INTERNAL] [EACH_DISPATCHER] [LIBZMQ_LEAKS] [NOT_EMULATED]
#               [SOURCES <file>...] [LIBRARIES <target>...] [ARGS <arg>...])
#
# Builds tst_<name> from tst_<name>.cpp and registers it. A test of the public API links to the
# library as a user would; INTERNAL links to qzap_internals instead, for access to hidden classes.
# Other SOURCES are not read by moc: fixtures with Q_OBJECT are in libraries.
# EACH_DISPATCHER runs it on the event dispatcher of the C library as well as on GLib's.
# LIBZMQ_LEAKS ignores the leaks of libzmq that tests/lsan.supp describes.
# NOT_EMULATED does not run it in an emulator: in QEMU's user mode, connections cannot be ended, since
# they have no SO_COOKIE, and QProcess cannot start programs.
function(qzap_add_test name)
    set(options INTERNAL EACH_DISPATCHER LIBZMQ_LEAKS NOT_EMULATED)
    cmake_parse_arguments(arg "${options}" "" "SOURCES;LIBRARIES;ARGS" ${ARGN})
    set(target tst_${name})
    add_executable(${target} tst_${name}.cpp ${arg_SOURCES})
    qzap_test_defaults(${target})
    qzap_moc_test(${target} tst_${name}.cpp)
    if(NOT MSVC)
        target_precompile_headers(${target} REUSE_FROM qzap_test_headers)
    endif()
    # Fixtures use the library, so they precede it: GNU ld reads an archive only once.
    target_link_libraries(${target} PRIVATE Qt6::Test ${arg_LIBRARIES})
    if(arg_INTERNAL)
        target_link_libraries(${target} PRIVATE qzap_internals PkgConfig::libzmq)
    else()
        target_link_libraries(${target} PRIVATE QZap::QZap)
    endif()
    if(QZAP_HAS_LLD)
        target_link_options(${target} PRIVATE -fuse-ld=lld)
    endif()
    add_test(NAME ${name} COMMAND ${target} ${arg_ARGS})
    # Qt writes a warning if the encoding is not UTF-8, and tests compare what programs write.
    set(environment "QT_LOGGING_RULES=;LC_ALL=C.UTF-8")
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "${environment}")
    if(arg_LIBZMQ_LEAKS)
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT_MODIFICATION
            "LSAN_OPTIONS=path_list_append:suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0"
        )
    endif()
    if(arg_EACH_DISPATCHER AND UNIX)
        add_test(NAME ${name}-unix COMMAND ${target} ${arg_ARGS})
        set_tests_properties(${name}-unix PROPERTIES
            ENVIRONMENT "${environment};QT_NO_GLIB=1"
        )
    endif()
    if(arg_NOT_EMULATED AND CMAKE_CROSSCOMPILING_EMULATOR)
        set_tests_properties(${name} PROPERTIES DISABLED ON)
    endif()
endfunction()
