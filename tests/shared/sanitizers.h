// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SANITIZERS_H
#define SANITIZERS_H

// HAS_ADDRESS_SANITIZER and HAS_THREAD_SANITIZER are defined if the build uses these sanitizers.
// GCC defines a macro for each; with Clang 14, each is a feature.
#if defined(__SANITIZE_ADDRESS__)
#    define HAS_ADDRESS_SANITIZER
#elif defined(__SANITIZE_THREAD__)
#    define HAS_THREAD_SANITIZER
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define HAS_ADDRESS_SANITIZER
#    elif __has_feature(thread_sanitizer)
#        define HAS_THREAD_SANITIZER
#    endif
#endif

#endif // SANITIZERS_H
