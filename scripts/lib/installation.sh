# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Creates minimal installations of Debian in directories, with debootstrap. Source it after common.sh.

# require_installer: fails if this user and system cannot create and enter installations.
require_installer() {
    local program
    [[ $(id -u) -eq 0 ]] || fail "only root can create and enter an installation (try sudo)"
    for program in debootstrap git unshare; do
        command -v "$program" >/dev/null ||
            fail "$program was not found (Debian: apt-get install debootstrap git util-linux)"
    done
}

# enter_own_mounts ARGUMENT...: restarts the calling script with its arguments. Later mounts are
# visible only to the script and its children, and are removed when these end, even if they crash.
enter_own_mounts() {
    if [[ -z ${QZAP_HAS_OWN_MOUNTS:-} ]]; then
        QZAP_HAS_OWN_MOUNTS=1 exec unshare --mount --propagation private -- "$0" "$@"
    fi
}

# apt_proxy: prints the proxy that apt uses for HTTP, if any.
apt_proxy() {
    local proxy=
    eval "$(apt-config shell proxy Acquire::http::Proxy 2>/dev/null)"
    [[ $proxy == DIRECT ]] || echo "${proxy:-${http_proxy:-}}"
}

# find_mirror SUITE: prints the first of apt's HTTP sources that has the suite.
find_mirror() {
    if [[ -n ${QZAP_DEBIAN_MIRROR:-} ]]; then
        echo "$QZAP_DEBIAN_MIRROR"
        return
    fi
    command -v apt-get >/dev/null || fail "apt was not found: name a mirror by QZAP_DEBIAN_MIRROR"
    # apt itself prints its sources, which have several formats, and its proxies.
    local uris uri release
    # shellcheck disable=SC2016 # apt expands it
    mapfile -t uris < <(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
        grep -E '^https?://' | awk '!seen[$0]++')
    release=$(mktemp)
    for uri in "${uris[@]}"; do
        if /usr/lib/apt/apt-helper download-file "${uri%/}/dists/$1/Release" "$release" \
            >/dev/null 2>&1; then
            rm -f "$release"
            echo "$uri"
            return
        fi
    done
    rm -f "$release"
    fail "none of apt's sources has $1: name a mirror by QZAP_DEBIAN_MIRROR"
}

# make_installation SUITE DIRECTORY: installs a minimal SUITE in the directory, which must be empty or
# contain an earlier installation, which is removed.
make_installation() {
    local suite=$1 root=$2 mirror proxy options=(--variant=minbase)
    [[ -e /usr/share/debootstrap/scripts/$suite ]] || fail "debootstrap does not know the suite $suite"
    mirror=$(find_mirror "$suite")
    proxy=$(apt_proxy)
    [[ $mirror != https:* ]] || options+=(--include=ca-certificates)
    # .made-by-qzap marks a directory that may be removed, .complete a complete installation.
    if [[ -e $root ]]; then
        [[ -e $root/.made-by-qzap || -z $(ls -A "$root") ]] ||
            fail "$root exists, and was not created by this script"
        say "Removing what is in $root"
        rm -rf --one-file-system "$root"
    fi
    mkdir -p "$root"
    touch "$root/.made-by-qzap"
    say "Installing a minimal $suite in $root, from $mirror"
    http_proxy=$proxy debootstrap "${options[@]}" "$suite" "$root" "$mirror" >&2
    if [[ -n $proxy ]]; then
        echo "Acquire::http::Proxy \"$proxy\";" >"$root/etc/apt/apt.conf.d/80proxy"
    fi
    # Packages must not start services.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    touch "$root/.complete"
}

# mount_installation DIRECTORY: mounts file systems in the installation, as container runtimes do.
mount_installation() {
    mount -t proc proc "$1/proc"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$1/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
    cp -L /etc/resolv.conf "$1/etc/resolv.conf"
    printf '127.0.0.1 localhost %s\n::1 localhost\n' "$(hostname)" >"$1/etc/hosts"
}

# copy_last_commit DIRECTORY: replaces /srv/qzap in the installation with the files of the last
# commit. Files that have not changed keep their modification times, for incremental builds.
copy_last_commit() {
    local git=(git -c "safe.directory=$ROOT" -C "$ROOT") sources=$1/srv/qzap file
    [[ -z $("${git[@]}" status --porcelain) ]] || warn "uncommitted changes are left out"
    rm -rf --one-file-system "$sources.new"
    mkdir "$sources.new"
    "${git[@]}" archive HEAD | tar -x --no-same-owner -C "$sources.new"
    while IFS= read -r -d '' file; do
        if cmp -s "$sources/$file" "$sources.new/$file"; then
            touch -r "$sources/$file" "$sources.new/$file"
        fi
    done < <(cd "$sources.new" && find . -type f -print0)
    rm -rf --one-file-system "$sources"
    mv "$sources.new" "$sources"
}

# prepare_installation SUITE DIRECTORY [REUSE]: creates the installation, with the last commit in
# /srv/qzap. If REUSE is not empty, a complete installation in the directory is reused.
prepare_installation() {
    if [[ -n ${3:-} && -e $2/.complete ]]; then
        say "Using the $1 in $2"
    else
        make_installation "$1" "$2"
    fi
    mount_installation "$2"
    copy_last_commit "$2"
}

# exec_in_installation DIRECTORY COMMAND...: replaces this process with the command, which runs in
# the installation without a locale and with an otherwise empty environment.
exec_in_installation() {
    exec chroot "$1" /usr/bin/env -i HOME=/root \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"
}
