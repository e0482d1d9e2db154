// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPHANDLER_H
#define QZAPHANDLER_H

#include "handlers/localhandler.h"
#include "latenessprobe.h"

#include <QtCore/qthread.h>

#include <memory>

class QZapAuthenticator;

// QZapAuthenticator in a thread with an event loop, with or without somebody who listens.
class QZapHandler : public LocalHandler
{
public:
    enum class Listeners { None, Connected };

    explicit QZapHandler(Listeners listeners);
    ~QZapHandler() override;

    QString name() const override;
    bool serves(const Workload & /*workload*/) const override { return true; }
    bool start(const Fixture &fixture, QString *errorMessage) override;
    void stop() override;

    // What a timer in the authenticator's thread met between the two calls.
    void startProbe();
    QList<LatenessProbe::Timeout> stopProbe();

    // From the call that names the large key list to the domain being ready.
    double loadSeconds() const { return m_loadSeconds; }

private:
    bool startInThread(const Fixture &fixture, QString *errorMessage);
    bool waitUntilReady(const char *domain) const;

    Listeners m_listeners;
    QThread m_thread;
    std::unique_ptr<QObject> m_inThread; // for calls into the thread
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<LatenessProbe> m_probe;
    qint64 m_heard = 0;
    double m_loadSeconds = 0;
};

#endif // QZAPHANDLER_H
