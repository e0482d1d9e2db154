// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPHANDLER_H
#define QZAPHANDLER_H

#include "handlers/localhandler.h"
#include "latenessprobe.h"
#include "memoryfolder.h"

#include <QtCore/qthread.h>

#include <memory>

class QTimer;
class QZapAuditLog;
class QZapAuthenticator;
class QZapCredentialsProvider;
class QZapGuard;

// QZapAuthenticator in a thread with an event loop.
class QZapHandler : public LocalHandler
{
public:
    enum class Variant {
        Plain,
        Listeners,    // authenticated() and rejected() are connected
        Provider,     // a provider accepts everyone at once
        WorkerThread, // the authenticator answers in its private thread
        Guard,        // a guard exists, so that replies contain sessions
        AuditLog,     // every decision is written to a file, and metrics are read once a second
        SlowAuditLog, // the same, to a pipe that nobody reads
    };

    // The cores that the authenticator runs on.
    enum class Cores { Handlers, Any };

    explicit QZapHandler(Variant variant, Cores cores = Cores::Handlers);
    ~QZapHandler() override;

    QString name() const override;
    Variant variant() const { return m_variant; }
    bool serves(const Workload & /*workload*/) const override { return true; }
    bool start(const Fixture &fixture, QString *errorMessage) override;
    void stop() override;

    // Starts to block the authenticator's thread for this time.
    void block(double seconds);

    // Start and end the measurement of the lateness of a timer in the authenticator's thread.
    void startProbe();
    QList<LatenessProbe::Timeout> stopProbe();

protected:
    // Called in the authenticator's thread.
    virtual bool configure(QZapAuthenticator *authenticator, const Fixture &fixture);

private:
    bool startInThread(const Fixture &fixture, QString *errorMessage);
    void startAudit();

    Variant m_variant;
    Cores m_cores;
    MemoryFolder m_folder; // of the audit log
    int m_reader = -1;     // of the pipe
    QThread m_thread;
    std::unique_ptr<QObject> m_inThread; // used for calls in the thread
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapGuard> m_guard;
    std::unique_ptr<QZapAuditLog> m_auditLog;
    std::unique_ptr<QTimer> m_scraper; // reads the metrics
    std::unique_ptr<LatenessProbe> m_probe;
    qint64 m_heard = 0;
};

#endif // QZAPHANDLER_H
