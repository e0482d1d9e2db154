// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PEOPLE_H
#define PEOPLE_H

#include <QZap/QZapCertificate>

#include <QtCore/qbytearray.h>

// Who knocks: alice and carol, who are known, the first by a password as it is, the other by a
// hash; and mallory, whom no store has ever named.
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
