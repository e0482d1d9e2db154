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

// Measures how long a revocation takes to be in force while the event loop of the application is
// blocked.
class RevocationMeasurement
{
public:
    RevocationMeasurement(const Options &options, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    // The rows of a thread mode, in this order; each has a domain of its own.
    enum Kind { Certificate, KeyListLine, PasswordFileLine };

    // Returns whether a domain accepts the peer with the credential of this number, without an
    // event loop.
    using IsAccepted = std::function<bool(Kind, qint64 number)>;

    bool create(QString *errorMessage);
    bool measure(bool workerThread, QString *errorMessage);
    bool revokeAll(const QString &handler, const IsAccepted &isAccepted, QString *errorMessage);
    bool prepare(Kind kind, qint64 number, QString *errorMessage) const;
    bool revoke(Kind kind, qint64 number, QString *errorMessage) const;
    // Returns the lines of a file, starting with the credential of this number.
    QByteArray linesOf(Kind kind, qint64 first) const;

    const qint64 m_count;
    Results &m_results;
    CertificateFolder m_certificates;
    CredentialFile m_keyList;
    CredentialFile m_passwords;
    qint64 m_next = 0; // the number of the credentials to be revoked next
};

#endif // REVOCATIONMEASUREMENT_H
