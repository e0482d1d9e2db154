# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# The target coverage reports how many lines of each file in src/ have been executed since the target
# coverage-reset was built, and fails if it is less than 90 % in total.

string(REGEX MATCH "^[0-9]+" qzap_compiler_major "${CMAKE_CXX_COMPILER_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    find_program(QZAP_GCOV NAMES llvm-cov-${qzap_compiler_major} llvm-cov)
    set(qzap_gcov "${QZAP_GCOV} gcov")
else()
    find_program(QZAP_GCOV NAMES gcov-${qzap_compiler_major} gcov)
    set(qzap_gcov "${QZAP_GCOV}")
endif()
find_program(QZAP_GCOVR gcovr)
mark_as_advanced(QZAP_GCOV QZAP_GCOVR)
if(NOT QZAP_GCOV OR NOT QZAP_GCOVR)
    message(FATAL_ERROR "gcovr or the compiler's gcov was not found (Debian: apt-get install gcovr)")
endif()

add_custom_target(coverage
    COMMAND "${QZAP_GCOVR}" --root "${PROJECT_SOURCE_DIR}" --filter "${PROJECT_SOURCE_DIR}/src/"
        --gcov-executable "${qzap_gcov}" --sort-percentage --print-summary --fail-under-line 90
        "${PROJECT_BINARY_DIR}/src"
    USES_TERMINAL VERBATIM
)
add_custom_target(coverage-reset
    COMMAND find "${PROJECT_BINARY_DIR}/src" -name "*.gcda" -delete
    VERBATIM
)
