// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LIVETEST_H
#define LIVETEST_H

#include "authenticatortest.h"

#include <QZap/qzapcertificate.h>

#include <QtCore/qfuture.h>

// Base class of tests of credentials in files. Each test function gets an authenticator.
class LiveTest : public AuthenticatorTest
{
    Q_OBJECT

protected Q_SLOTS:
    void init() override;
    void cleanup() override;

protected:
    // Returns whether a peer with this key would be accepted now.
    bool isAccepted(const QZapCertificate &certificate) const;
    // Returns the reply to a raw request.
    QFuture<QByteArrayList> ask(const QByteArray &mechanism, const QByteArrayList &credentials);

    std::unique_ptr<QZapAuthenticator> m_authenticator;
};

#endif // LIVETEST_H
