# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Common to all scripts. Source it after `set -euo pipefail`.

# shellcheck disable=SC2034 # used by those that source this
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() {
    printf '==> %s\n' "$*" >&2
}

warn() {
    printf 'warning: %s\n' "$*" >&2
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

processors() {
    nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}

# clang_program NAME: prints the program of version 14, which the project is formatted and checked
# with: others differ.
clang_program() {
    local program
    for program in "$1-14" "$1"; do
        if command -v "$program" >/dev/null; then
            [[ $("$program" --version) == *"version 14."* ]] ||
                warn "$program is not version 14, so it may find other things"
            echo "$program"
            return
        fi
    done
    fail "$1 was not found (Debian: apt-get install $1-14)"
}

# Qt programs warn of a locale that is not UTF-8, such as that of an empty environment.
ensure_utf8() {
    [[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8
}
