# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# qzap_normalize_includes(<target>)
#
# Converts the options -isystem of an imported target of pkg_check_modules() to include directories.
# CMake itself does so only when a build directory is first configured, so the next configuration
# would change all compile commands, and all sources would be compiled again.
function(qzap_normalize_includes target)
    get_target_property(options ${target} INTERFACE_COMPILE_OPTIONS)
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(NOT options)
        return()
    endif()
    if(NOT directories)
        set(directories "")
    endif()
    set(others "")
    set(isDirectory FALSE)
    foreach(option IN LISTS options)
        if(isDirectory)
            list(APPEND directories "${option}")
            set(isDirectory FALSE)
        elseif(option STREQUAL "-isystem")
            set(isDirectory TRUE)
        else()
            list(APPEND others "${option}")
        endif()
    endforeach()
    list(REMOVE_DUPLICATES directories)
    set_target_properties(${target} PROPERTIES
        INTERFACE_COMPILE_OPTIONS "${others}"
        INTERFACE_INCLUDE_DIRECTORIES "${directories}"
    )
endfunction()
