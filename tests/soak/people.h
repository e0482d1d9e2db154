// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PEOPLE_H
#define PEOPLE_H

#include <QZap/QZapCertificate>

#include <QtCore/qbytearray.h>

// The credentials of the peers: alice has a password in clear text, carol has a hashed one, and
// mallory is in no store.
struct People
{
    static constexpr char Password[] = "secret";

    People()
        : server(QZapCertificate::generate())
        , alice(QZapCertificate::generate())
        , bob(QZapCertificate::generate())
        , mallory(QZapCertificate::generate())
    { }

    QZapCertificate server;
    QZapCertificate alice;
    QZapCertificate bob;
    QZapCertificate mallory;
};

#endif // PEOPLE_H
