// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPGLOBAL_H
#define QZAPGLOBAL_H

#include <QZap/qzapincludeorder.h>

#include <QtCore/qglobal.h>

#if defined(QZAP_STATIC)
#    define QZAP_EXPORT
#elif defined(QZAP_LIBRARY)
#    define QZAP_EXPORT Q_DECL_EXPORT
#else
#    define QZAP_EXPORT Q_DECL_IMPORT
#endif

#endif // QZAPGLOBAL_H
