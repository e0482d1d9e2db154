# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Formats the manual page with all warnings enabled, and fails on any warning.

execute_process(COMMAND "${GROFF}" -mandoc -Tutf8 -P-cbou -ww "${MANUAL}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors TIMEOUT 60)
if(NOT result EQUAL 0 OR NOT errors STREQUAL "" OR NOT output MATCHES "EXIT STATUS")
    message(FATAL_ERROR "groff (exit code ${result}): ${errors}")
endif()
