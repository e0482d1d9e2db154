// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSQLGLOBAL_H
#define QZAPSQLGLOBAL_H

#include <QtCore/qglobal.h>

#if defined(QZAP_STATIC)
#    define QZAPSQL_EXPORT
#elif defined(QZAPSQL_LIBRARY)
#    define QZAPSQL_EXPORT Q_DECL_EXPORT
#else
#    define QZAPSQL_EXPORT Q_DECL_IMPORT
#endif

#endif // QZAPSQLGLOBAL_H
