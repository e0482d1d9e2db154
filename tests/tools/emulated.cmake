# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# Runs PROGRAM, the command qzap with its emulator, on files and on a database in WORK_DIR. Set HAS_SQL
# if it can edit databases.

cmake_policy(VERSION 3.25)

file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")
file(WRITE "${WORK_DIR}/password" "open sesame\n")

# expect(EXIT_CODE PATTERN ARGUMENT...): runs the command with the arguments, and with a password on its
# standard input. Its exit code must be the given one, and its output and errors must match the pattern.
function(expect exit_code pattern)
    execute_process(COMMAND ${PROGRAM} ${ARGN}
        WORKING_DIRECTORY "${WORK_DIR}" INPUT_FILE "${WORK_DIR}/password"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 120
    )
    if(NOT result EQUAL exit_code OR NOT output MATCHES "${pattern}")
        list(JOIN ARGN " " arguments)
        message(FATAL_ERROR "qzap ${arguments}: exit code ${result} instead of ${exit_code}, or the "
            "output does not match ${pattern}:\n${output}")
    endif()
endfunction()

expect(0 "^qzap [0-9.]+\n$" --version)
expect(2 "Unknown option" check --unknown)

expect(0 "alice.key_secret\n.......+\n$" keygen alice --metadata name=Alice)
expect(3 "exist" keygen alice)
expect(0 "public certificate, 1 metadata field, no errors" check alice.key)
file(READ "${WORK_DIR}/alice.key" certificate)
string(REPLACE "public-key = \"" "public-key = \"x" certificate "${certificate}")
file(WRITE "${WORK_DIR}/mallory.key" "${certificate}")
expect(1 "mallory.key:[0-9]+: public-key has 41 characters" check mallory.key)

expect(0 "" passwd users alice)
expect(0 "" passwd --memory 8 users bob)
expect(0 "" passwd --remove users bob)
expect(0 "password file, 1 user, no errors" check users)
file(STRINGS "${WORK_DIR}/users" lines REGEX "^alice *=")
if(NOT lines MATCHES "\\$argon2id\\$")
    message(FATAL_ERROR "The password is not hashed: ${lines}")
endif()

if(HAS_SQL)
    expect(0 "" store init --database fleet.db)
    expect(0 "" store add --database fleet.db --domain plant --user carol --memory 8)
    expect(0 "carol" store list --database fleet.db --domain plant)
    expect(0 "" store revoke --database fleet.db --domain plant --user carol)
endif()
