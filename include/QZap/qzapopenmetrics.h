// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPOPENMETRICS_H
#define QZAPOPENMETRICS_H

#include <QZap/qzapglobal.h>

#include <QtCore/qbytearray.h>

class QZapAuthenticator;

namespace QZap {

[[nodiscard]] QZAP_EXPORT QByteArray openMetrics(const QZapAuthenticator *authenticator);

} // namespace QZap

#endif // QZAPOPENMETRICS_H
