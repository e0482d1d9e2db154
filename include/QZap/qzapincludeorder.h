// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Refuses macros that replace names of the public interface. No include guard: each header that
// uses one of these names checks them anew.

#if defined(None) || defined(Status) || defined(Success)
#    error "include QZap before headers that define None, Status or Success, such as X11/Xlib.h"
#endif
