# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Counts the instructions and system calls of a request, compares them with the stored figures, and
# fails if one has grown by more than 3 %.
#
#   cmake -DPROGRAM=<qzap_benchmark_requests> -DVALGRIND=<valgrind> -DFIGURES=<figures.txt>
#         -DTOOLCHAIN=<text> [-DKEEP=ON] -P countrequests.cmake
#
# Instructions differ between compilers and versions of Qt and libzmq, so there are figures for each
# combination. KEEP writes the new figures to the file.

cmake_minimum_required(VERSION 3.25)

set(tolerance 3) # per cent
set(scenarios
    "null raw" "null silent" "null listeners" "null guard" "null audit"
    "plain raw" "plain silent" "plain listeners" "plain guard" "plain audit"
    "curve raw" "curve silent" "curve listeners" "curve guard" "curve audit"
)

# Sets <variable> to the match of the regular expression in the output of the command.
function(run variable expression)
    execute_process(COMMAND ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
    )
    if(NOT result EQUAL 0 OR NOT output MATCHES "${expression}")
        list(JOIN ARGN " " command)
        message(FATAL_ERROR "${command} failed:\n${output}")
    endif()
    set(${variable} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

# Sets <instructions> to the number of instructions of a request, and <calls> to the number of
# system calls of 1,000 requests.
function(count scenario instructions calls)
    string(REPLACE " " ";" arguments "${scenario}")
    run(requests "requests ([0-9]+)" "${PROGRAM}" ${arguments})
    run(made "system calls ([0-9]+)" "${PROGRAM}" ${arguments})
    run(executed "Collected : ([0-9]+)" "${VALGRIND}" --tool=callgrind --callgrind-out-file=/dev/null
        --toggle-collect=answerCounted "${PROGRAM}" ${arguments}
    )
    math(EXPR executed "${executed} / ${requests}")
    math(EXPR made "${made} * 1000 / ${requests}")
    set(${instructions} ${executed} PARENT_SCOPE)
    set(${calls} ${made} PARENT_SCOPE)
endfunction()

# Adds a line to `failures` if the figure has grown.
macro(compare what now kept)
    math(EXPR limit "${kept} * (100 + ${tolerance}) / 100")
    if(${now} GREATER limit)
        list(APPEND failures "${scenario}: ${now} ${what}, more than ${tolerance} % above ${kept}")
    endif()
endmacro()

if(NOT VALGRIND)
    message("Skipped: Valgrind was not found (Debian: apt-get install valgrind)")
    return()
endif()
file(STRINGS "${FIGURES}" lines)
set(others "${lines}")
list(FILTER others EXCLUDE REGEX "^${TOOLCHAIN} ")
if(lines STREQUAL others AND NOT KEEP)
    message("Skipped: no figures are kept for ${TOOLCHAIN}; build the target keep_request_counts")
    return()
endif()

set(failures)
set(kept_lines)
message("scenario: instructions a request, system calls of 1,000 requests (kept); relation to raw")
foreach(scenario IN LISTS scenarios)
    count("${scenario}" instructions calls)
    list(APPEND kept_lines "${TOOLCHAIN} ${scenario} ${instructions} ${calls}")
    if(scenario MATCHES " raw$")
        set(raw ${instructions})
    endif()
    math(EXPR relation "${instructions} * 100 / ${raw}")
    set(known ${lines})
    list(FILTER known INCLUDE REGEX "^${TOOLCHAIN} ${scenario} ")
    if(known MATCHES " ([0-9]+) ([0-9]+)$")
        set(kept_instructions ${CMAKE_MATCH_1})
        set(kept_calls ${CMAKE_MATCH_2})
        compare("instructions a request" ${instructions} ${kept_instructions})
        compare("system calls of 1,000 requests" ${calls} ${kept_calls})
        message("${scenario}: ${instructions}, ${calls} (${kept_instructions}, ${kept_calls}); ${relation} %")
    else()
        message("${scenario}: ${instructions}, ${calls} (none); ${relation} %")
    endif()
endforeach()

if(KEEP)
    list(JOIN others "\n" text)
    list(JOIN kept_lines "\n" kept)
    file(WRITE "${FIGURES}" "${text}\n${kept}\n")
elseif(failures)
    list(JOIN failures "\n  " text)
    message(FATAL_ERROR "A request costs more than before:\n  ${text}\n"
        "If that has to be, build the target keep_request_counts and say why in the commit.")
endif()
