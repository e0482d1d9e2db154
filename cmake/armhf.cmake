# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT

# A toolchain file for 32-bit ARM with hardware floating point (Debian's armhf), with Debian's cross
# compiler and multiarch packages. Programs run in qemu's user mode.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++)
# Omits notes on the calling conventions of GCC 6, and a warning of GCC 12: on ARM, destructors return
# "this", which it takes for a use after delete.
set(CMAKE_CXX_FLAGS_INIT "-Wno-psabi -Wno-use-after-free")
set(CMAKE_CROSSCOMPILING_EMULATOR /usr/bin/qemu-arm-static)

# moc and rcc run on the build system.
execute_process(COMMAND dpkg-architecture -qDEB_BUILD_MULTIARCH
    OUTPUT_VARIABLE qzap_build_multiarch OUTPUT_STRIP_TRAILING_WHITESPACE
)
set(QT_HOST_PATH /usr CACHE PATH "Where Qt's tools are")
set(QT_HOST_PATH_CMAKE_DIR "/usr/lib/${qzap_build_multiarch}/cmake" CACHE PATH
    "Where the packages of Qt's tools are")

set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/arm-linux-gnueabihf/pkgconfig:/usr/share/pkgconfig)
