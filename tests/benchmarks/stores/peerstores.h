// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PEERSTORES_H
#define PEERSTORES_H

#include "stopwatch.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <optional>

// Measure how long other libraries take to load a folder with that many certificates; nullopt if
// they load fewer.
#ifdef QZAP_PYTHON
std::optional<Elapsed> loadWithPyzmq(const QString &folder, qint64 certificates);
#endif
#ifdef QZAP_HAS_CZMQ
// With one look-up, which makes czmq load the folder, of one of the keys in Z85.
std::optional<Elapsed> loadWithCzmq(const QString &folder, const QByteArray &key);
#endif

#endif // PEERSTORES_H
