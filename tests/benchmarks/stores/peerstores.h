// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PEERSTORES_H
#define PEERSTORES_H

#include "stopwatch.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <optional>

// These functions measure how long other libraries take to load a folder of certificates. They
// return nullopt if a library loads fewer certificates.
#ifdef QZAP_PYTHON
std::optional<Elapsed> loadWithPyzmq(const QString &folder, qint64 certificates);
#endif
#ifdef QZAP_HAS_CZMQ
// Includes one look-up of the key, in Z85, which makes czmq load the folder.
std::optional<Elapsed> loadWithCzmq(const QString &folder, const QByteArray &key);
#endif

#endif // PEERSTORES_H
