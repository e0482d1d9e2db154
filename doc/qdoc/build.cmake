# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Builds the HTML into an empty folder, and fails on any warning, on a page that is missing and on a
# public member without documentation.
#
# cmake -DQDOC=<program> -DCONFIG=<qdocconf> -DHEADERS=<include folder> -DPAGES=<folder of qdoc files>
#       -DWORK=<folder for the headers that qdoc reads> -DOUTPUT=<folder> -P build.cmake

foreach(variable QDOC CONFIG HEADERS PAGES WORK OUTPUT)
    if(NOT DEFINED ${variable})
        message(FATAL_ERROR "${variable} is not set")
    endif()
endforeach()

# If its output folder exists, qdoc does nothing and reports success.
file(REMOVE_RECURSE "${WORK}" "${OUTPUT}")

# The headers without what qdoc 6.4 cannot parse: it reads the star in "QList<T *> name" as the
# property's name. Conditions on templates are removed for readability.
set(pages "qzap.html" "qzap-module.html" "qzap-qmlmodule.html" "qzap-test-qmlmodule.html")
file(GLOB headers "${HEADERS}/QZap/*")
foreach(header IN LISTS headers)
    get_filename_component(name "${header}" NAME)
    file(READ "${header}" text)
    string(REGEX REPLACE ", (QZap::)?IfHandle<[A-Z]> = true>" ">" text "${text}")
    string(REGEX REPLACE "(Q_PROPERTY\\(QList<[A-Za-z]+) \\*>" "\\1*>" text "${text}")
    file(WRITE "${WORK}/QZap/${name}" "${text}")
    # The forwarding headers are named after the classes.
    if(name MATCHES "^QZap[A-Z][A-Za-z]*$")
        string(TOLOWER "${name}.html" page)
        list(APPEND pages "${page}")
    endif()
endforeach()

file(GLOB files "${PAGES}/*.qdoc")
foreach(file IN LISTS files)
    file(STRINGS "${file}" lines REGEX "\\\\page ")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE ".*\\\\page +([^ ]+).*" "\\1" page "${line}")
        list(APPEND pages "${page}")
    endforeach()
    file(STRINGS "${file}" lines REGEX "\\\\qmltype ")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE ".*\\\\qmltype +([A-Za-z]+).*" "\\1" type "${line}")
        # The types of QZap.Test have a file of their own.
        set(module qzap)
        if(file MATCHES "/qmltesttypes\\.qdoc$")
            set(module qzap-test)
        endif()
        string(TOLOWER "qml-${module}-${type}.html" page)
        list(APPEND pages "${page}")
    endforeach()
endforeach()

execute_process(
    COMMAND "${QDOC}" --outputdir "${OUTPUT}" "${CONFIG}"
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output
)
if(NOT result EQUAL 0 OR output MATCHES "(warning|error): ")
    message(FATAL_ERROR "qdoc (exit code ${result}):\n${output}")
endif()

foreach(page IN LISTS pages)
    if(NOT EXISTS "${OUTPUT}/${page}")
        list(APPEND missing "${page}")
    endif()
endforeach()
if(missing)
    message(FATAL_ERROR "qdoc has not written: ${missing}\n${output}")
endif()

# qdoc does not report a member without documentation, but omits it from its index.
file(READ "${OUTPUT}/qzap.index" index)
file(GLOB headers "${WORK}/QZap/*.h")
foreach(header IN LISTS headers)
    file(READ "${header}" text)
    string(REGEX MATCH "class QZAP(SQL|TEST)?_EXPORT (QZap[A-Za-z]+)" match "${text}")
    set(scope "${CMAKE_MATCH_2}")
    if(NOT match)
        set(scope "QZap")
    endif()
    string(REGEX REPLACE "\nprivate:\n.*" "" text "${text}")
    string(REGEX REPLACE "#ifndef Q_QDOC[^#]*#endif" "" text "${text}")
    string(REGEX REPLACE "//[^\n]*|#[^\n]*" "" text "${text}")
    string(REGEX MATCHALL "[ *&][a-z][A-Za-z]*(\\(|[ \n]+READ )" members "${text}")
    foreach(member IN LISTS members)
        string(REGEX REPLACE "^.([A-Za-z]+).*" "\\1" member "${member}")
        string(FIND "${index}" " fullname=\"${scope}::${member}\"" position)
        if(position EQUAL -1)
            list(APPEND undocumented "${scope}::${member}")
        endif()
    endforeach()
endforeach()
if(undocumented)
    list(REMOVE_DUPLICATES undocumented)
    message(FATAL_ERROR "Without documentation: ${undocumented}")
endif()

list(LENGTH pages count)
message(STATUS "Documentation: ${OUTPUT}/index.html (${count} pages checked)")
