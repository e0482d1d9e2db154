# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Functions for all scripts. Source it after `set -euo pipefail`.

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

# Prints the preset for development. With CI set in the environment, warnings are errors.
development_preset() {
    if [[ ${CI:-false} == false ]]; then echo dev; else echo ci; fi
}

# build_preset PRESET [TARGET...]: configures the preset and builds the targets, by default all.
build_preset() {
    local preset=$1 targets=()
    shift
    [[ $# -eq 0 ]] || targets=(--target "$@")
    cd "$ROOT" || return
    say "Configuring the $preset preset in build/$preset"
    cmake --preset "$preset" --log-level=STATUS >&2
    say "Building ${*:-everything}"
    cmake --build --preset "$preset" --parallel "$(processors)" "${targets[@]}" >&2
}

build_for_development() {
    build_preset "$(development_preset)"
}

# change_base: prints the default base of changes: the commit where this branch left origin/main; if
# there is none or it is the last commit, the parent of the last commit; without a parent, an empty
# tree.
change_base() {
    local base
    base=$(git -C "$ROOT" merge-base HEAD origin/main 2>/dev/null || true)
    if [[ -z $base || $base == "$(git -C "$ROOT" rev-parse HEAD)" ]]; then
        base=$(git -C "$ROOT" rev-parse --quiet --verify 'HEAD~1^{commit}' ||
            git -C "$ROOT" hash-object -t tree /dev/null)
    fi
    echo "$base"
}

# require_tree COMMIT: fails if the argument is neither a commit nor a tree.
require_tree() {
    git -C "$ROOT" cat-file -e "$1^{tree}" 2>/dev/null || fail "$1 is not a commit"
}

# changed_since COMMIT: prints the files that differ from the commit, including untracked ones.
changed_since() {
    git -C "$ROOT" diff --name-only --diff-filter=d --no-renames "$1" --
    git -C "$ROOT" ls-files --others --exclude-standard
}

# clang_program NAME: prints the program of version 14: other versions format and check the project
# differently.
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

# Qt programs warn about a locale that is not UTF-8, such as that of an empty environment.
ensure_utf8() {
    [[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8
}
