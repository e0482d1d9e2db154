# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Installs missing packages on Debian and Ubuntu; elsewhere, lists them. Source it after common.sh.

# shellcheck disable=SC2034 # used by those that source this
BUILD_PACKAGES=(g++ cmake ninja-build pkg-config qt6-base-dev libzmq3-dev cppzmq-dev libsodium-dev)
# For the QML module; the last three are imported by documents.
QML_PACKAGES=(qt6-declarative-dev qt6-declarative-dev-tools
    qml6-module-qtqml qml6-module-qtqml-models qml6-module-qtqml-workerscript)
# For the dashboard; its layout is checked with these fonts.
GUI_PACKAGES=(fonts-dejavu-core qml6-module-qtquick qml6-module-qtquick-controls
    qml6-module-qtquick-layouts qml6-module-qtquick-templates qml6-module-qtquick-window)
# For databases: a PostgreSQL server, and Qt's drivers.
SQL_PACKAGES=(postgresql libqt6sql6-psql libqt6sql6-sqlite)
# For the tests; the last ones are Qt Quick Test, pyzmq, czmq, a Kerberos realm, the Prometheus
# client, qdoc, libFuzzer, a fast linker, Valgrind, a PostgreSQL server, and Qt's drivers for it and
# for SQLite.
TEST_PACKAGES=("${BUILD_PACKAGES[@]}" "${QML_PACKAGES[@]}" "${GUI_PACKAGES[@]}" qml6-module-qttest
    python3-zmq libczmq-dev krb5-kdc krb5-admin-server python3-prometheus-client
    qt6-documentation-tools clang libclang-rt-dev lld valgrind
    "${SQL_PACKAGES[@]}")
# For scripts/check.
CHECK_PACKAGES=(clang-format-14 clang-tidy-14 codespell git shellcheck)
BUILD_TOOLS=(cmake ninja c++ pkg-config)
BUILD_LIBRARIES=("libzmq >= 4.3.3" "libsodium >= 1.0.16")

has_apt() {
    local id=
    [[ -r /etc/os-release ]] && id=$(. /etc/os-release && echo " ${ID:-} ${ID_LIKE:-} ")
    [[ $id == *" debian "* || $id == *" ubuntu "* ]] && command -v apt-get >/dev/null
}

# Prints the packages among the arguments that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            echo "$package"
        fi
    done
}

# Runs a command as root, with sudo if necessary; fails if neither is possible.
as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}

check_tools() {
    local tool library missing=()
    for tool in "${BUILD_TOOLS[@]}"; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    for library in "${BUILD_LIBRARIES[@]}"; do
        pkg-config --exists "$library" 2>/dev/null || missing+=("$library")
    done
    [[ ${#missing[@]} -eq 0 ]] || fail "not found: $(printf '%s, ' "${missing[@]}" | sed 's/, $//')"
}

# ensure_packages PACKAGE...
ensure_packages() {
    if has_apt; then
        local missing
        mapfile -t missing < <(missing_packages "$@")
        if [[ ${#missing[@]} -gt 0 ]]; then
            say "Installing ${missing[*]}"
            if ! { apt_get update && apt_get install --no-install-recommends "${missing[@]}"; }; then
                warn "apt-get failed, or it needs root. Going on with what is here; to install it:" \
                    "apt-get install --no-install-recommends ${missing[*]}"
            fi
        fi
    else
        say "This system is neither Debian nor Ubuntu. Needed are the development files of Qt 6.4" \
            "(base), libzmq 4.3.3, cppzmq and libsodium 1.0.16, CMake 3.25, Ninja, pkg-config, a" \
            "C++17 compiler, and for some tests pyzmq. Debian's names for them: $*"
    fi
    check_tools
}

# Prints the first python3 in the path that has pyzmq, which may not be the first one in the path.
python_with_pyzmq() {
    local python
    while read -r python; do
        if "$python" -c 'import zmq.auth' 2>/dev/null; then
            echo "$python"
            return
        fi
    done < <(type -aP python3)
    return 1
}
