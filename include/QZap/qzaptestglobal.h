// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTGLOBAL_H
#define QZAPTESTGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QZAP_STATIC)
#    define QZAPTEST_EXPORT
#elif defined(QZAPTEST_LIBRARY)
#    define QZAPTEST_EXPORT Q_DECL_EXPORT
#else
#    define QZAPTEST_EXPORT Q_DECL_IMPORT
#endif

#endif // QZAPTESTGLOBAL_H
