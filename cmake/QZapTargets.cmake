# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# qzap_group_by_folder(<target>)
#
# Lets a unity build compile the sources of a folder together. Names that are local to a file are
# therefore unique in its folder. Programs have only a few sources, which are compiled separately.
function(qzap_group_by_folder target)
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "LIBRARY$")
        return()
    endif()
    get_target_property(directory ${target} SOURCE_DIR)
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    foreach(source IN LISTS sources)
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${directory}" NORMALIZE)
        cmake_path(GET source PARENT_PATH folder)
        cmake_path(RELATIVE_PATH folder BASE_DIRECTORY "${directory}")
        string(MAKE_C_IDENTIFIER "${folder}" group)
        set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${group}")
    endforeach()
endfunction()

# The compile options of every target of this project. They do not affect consumers.
function(qzap_target_defaults target)
    target_compile_definitions(${target} PRIVATE
        QT_NO_CAST_FROM_ASCII
        QT_NO_CAST_TO_ASCII
        QT_NO_CAST_FROM_BYTEARRAY
        QT_NO_URL_CAST_FROM_STRING
        QT_NO_KEYWORDS
        QT_NO_FOREACH
        QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
        QT_STRICT_ITERATORS
        QT_DISABLE_DEPRECATED_BEFORE=0x060400
    )
    if(CMAKE_SIZEOF_VOID_P EQUAL 4 AND NOT WIN32)
        # Without these, files above 2 GiB, with times after 2038 or with inode numbers of more than
        # 32 bits would cause errors.
        target_compile_definitions(${target} PRIVATE _FILE_OFFSET_BITS=64 _TIME_BITS=64)
    endif()
    set_target_properties(${target} PROPERTIES
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        POSITION_INDEPENDENT_CODE ON
        UNITY_BUILD_MODE GROUP # by folder, if a parent project sets UNITY_BUILD
    )
    qzap_group_by_folder(${target})
    if(MSVC)
        target_compile_options(${target} PRIVATE /W4)
    else()
        target_compile_options(${target} PRIVATE
            -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
            -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wundef -Wvla -Wformat=2
        )
    endif()
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # In macros of Qt, such as Q_LOGGING_CATEGORY and QTEST_MAIN.
        target_compile_options(${target} PRIVATE -Wno-gnu-zero-variadic-macro-arguments)
    endif()
    foreach(sanitizer IN LISTS QZAP_SANITIZERS)
        target_compile_options(${target} PRIVATE -fsanitize=${sanitizer} -fno-omit-frame-pointer)
        if(sanitizer STREQUAL "undefined")
            target_compile_options(${target} PRIVATE -fno-sanitize-recover=undefined)
        endif()
        target_link_options(${target} PRIVATE -fsanitize=${sanitizer})
    endforeach()
    if(QZAP_COVERAGE)
        get_target_property(directory ${target} SOURCE_DIR)
        set(measured "${QZap_SOURCE_DIR}/src")
        cmake_path(IS_PREFIX measured "${directory}" is_measured)
        if(is_measured)
            target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
        endif()
        target_link_options(${target} PRIVATE --coverage)
    endif()
endfunction()

# qzap_glob(<variable> <directory> <pattern>...)
#
# Sets the variable to the files below the directory that match the patterns. It is an error if
# there are none. file(GLOB) alone would treat brackets in the path of the source tree as a pattern.
macro(qzap_glob variable directory)
    string(REGEX REPLACE "([[*?])" "[\\1]" qzap_glob_escaped "${directory}")
    set(qzap_glob_patterns ${ARGN})
    list(TRANSFORM qzap_glob_patterns PREPEND "${qzap_glob_escaped}/")
    file(GLOB_RECURSE ${variable} CONFIGURE_DEPENDS ${qzap_glob_patterns})
    if(NOT ${variable})
        message(FATAL_ERROR "No file in ${directory} matches ${ARGN}")
    endif()
endmacro()
