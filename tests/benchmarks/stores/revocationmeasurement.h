// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef REVOCATIONMEASUREMENT_H
#define REVOCATIONMEASUREMENT_H

#include "options.h"
#include "results.h"
#include "stores/certificatefolder.h"
#include "stores/credentialfile.h"

#include <QtCore/qbytearraylist.h>

#include <functional>

// How long a revocation takes to be in force while the event loop of the application is blocked.
class RevocationMeasurement
{
public:
    RevocationMeasurement(const Options &options, Results *results);

    // False, with what went wrong.
    bool run(QString *errorMessage);

private:
    // The rows of a thread mode, in their order; each has a domain of its own.
    enum Kind { Certificate, KeyListLine, PasswordFileLine };

    // Returns whether the peer with the credential of this number is let in by a domain, without
    // an event loop.
    using IsAccepted = std::function<bool(Kind, qint64 number)>;

    bool create(QString *errorMessage);
    bool measure(bool workerThread, QString *errorMessage);
    bool revokeAll(const QString &handler, const IsAccepted &isAccepted, QString *errorMessage);
    bool prepare(Kind kind, qint64 number, QString *errorMessage) const;
    bool revoke(Kind kind, qint64 number, QString *errorMessage) const;
    // What a file says from the credential of this number on.
    QByteArray linesOf(Kind kind, qint64 first) const;

    const qint64 m_count;
    Results &m_results;
    CertificateFolder m_certificates;
    CredentialFile m_keyList;
    CredentialFile m_passwords;
    qint64 m_next = 0; // the credential of each kind that is revoked next
};

#endif // REVOCATIONMEASUREMENT_H
