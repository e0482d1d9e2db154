// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Reports macros that replace names of the public API. It has no include guard, so that each header
// that uses one of these names checks them again.

#if defined(None) || defined(Status) || defined(Success)
#    error "include QZap before headers that define None, Status or Success, such as X11/Xlib.h"
#endif
