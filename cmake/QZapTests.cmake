# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

include(CheckLinkerFlag)
# Many tests contain the objects of the library, which lld links in a third of the time.
check_linker_flag(CXX -fuse-ld=lld QZAP_HAS_LLD)

# qzap_add_test(<name> [INTERNAL] [EACH_DISPATCHER] [LIBZMQ_LEAKS]
#               [SOURCES <file>...] [LIBRARIES <target>...] [ARGS <arg>...])
#
# Builds tst_<name> from tst_<name>.cpp and registers it. A test of the public API links to the
# library as a user would; INTERNAL links to its objects instead, for access to hidden classes.
# EACH_DISPATCHER runs it on the event dispatcher of the C library as well as on GLib's.
# LIBZMQ_LEAKS ignores the leaks of libzmq that tests/lsan.supp describes.
function(qzap_add_test name)
    cmake_parse_arguments(arg "INTERNAL;EACH_DISPATCHER;LIBZMQ_LEAKS" "" "SOURCES;LIBRARIES;ARGS" ${ARGN})
    set(target tst_${name})
    add_executable(${target} tst_${name}.cpp ${arg_SOURCES})
    qzap_target_defaults(${target})
    if(arg_INTERNAL)
        target_link_libraries(${target} PRIVATE qzap_objects)
    else()
        target_link_libraries(${target} PRIVATE QZap::QZap)
    endif()
    target_link_libraries(${target} PRIVATE Qt6::Test ${arg_LIBRARIES})
    if(QZAP_HAS_LLD)
        target_link_options(${target} PRIVATE -fuse-ld=lld)
    endif()
    if(NOT MSVC AND Qt6_VERSION VERSION_GREATER_EQUAL 6.5)
        target_compile_options(${target} PRIVATE -Wno-conversion) # in QTRY_... macros
    endif()
    add_test(NAME ${name} COMMAND ${target} ${arg_ARGS})
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "QT_LOGGING_RULES=")
    if(arg_LIBZMQ_LEAKS)
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT_MODIFICATION
            "LSAN_OPTIONS=path_list_append:suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0"
        )
    endif()
    if(arg_EACH_DISPATCHER AND UNIX)
        add_test(NAME ${name}-unix COMMAND ${target} ${arg_ARGS})
        set_tests_properties(${name}-unix PROPERTIES
            ENVIRONMENT "QT_LOGGING_RULES=;QT_NO_GLIB=1"
        )
    endif()
endfunction()
