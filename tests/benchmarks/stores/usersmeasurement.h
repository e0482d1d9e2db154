// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef USERSMEASUREMENT_H
#define USERSMEASUREMENT_H

#include "latenessrecorder.h"
#include "options.h"
#include "results.h"
#include "stores/credentialfile.h"

class QZapAuthenticator;

// Measures how long a password file with many users takes to load, to load again after one user has
// changed, and to be freed, and how this delays the event loop while a slot reads the names of the
// users. Runs in a thread that is not bound to cores, so that the loaders are not bound either.
class UsersMeasurement
{
public:
    UsersMeasurement(const Options &options, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    // The activity during a measurement of the event loop.
    enum Turn { Idle, Loading, Reloading, Freeing };

    bool measureRound(int round, QString *errorMessage);
    bool reload(const QZapAuthenticator &authenticator, int round, QString *errorMessage);

    const int m_rounds;
    Results &m_results;
    CredentialFile m_file;
    QByteArray m_text; // of the file
    LatenessRecorder m_lateness;
    Users m_figures;
};

#endif // USERSMEASUREMENT_H
