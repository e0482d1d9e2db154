// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Includes a public header after macros like those of X11/Xlib.h; see ../includeorder.cmake.

#if defined(AFTER_OTHERS)
#    include <QZap/qzapglobal.h>

#    include <QtCore/QtCore>
#endif

#if defined(DEFINE_NONE)
#    define None 0L
#endif
#if defined(DEFINE_STATUS)
#    define Status int
#endif
#if defined(DEFINE_SUCCESS)
#    define Success 0
#endif

#include QZAP_HEADER
