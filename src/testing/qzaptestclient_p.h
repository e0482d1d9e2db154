// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTCLIENT_P_H
#define QZAPTESTCLIENT_P_H

#include "testing/qzaptestrequest_p.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapreply.h>
#include <QZap/qzaptestclient.h>

#include <QtCore/qbytearraylist.h>
#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <chrono>

QT_FORWARD_DECLARE_CLASS(QEventLoop)

class QZapTestClientPrivate
{
public:
    enum class State { NotAsked, Pending, Answered };
    enum class Until { Answered, Deferred };
    // Whether a request is sent if nothing is configured for its domain.
    enum class Domains { Configured, Any };

    explicit QZapTestClientPrivate(QZapAuthenticator *authenticator);
    Q_DISABLE_COPY_MOVE(QZapTestClientPrivate)

    // Sends the request, and runs the event loop until it is answered or, with Until::Deferred,
    // until a provider has deferred its answer. Gives up after the timeout.
    void ask(const QZapTestRequestPrivate &request, Until until, Domains domains);

    State state() const { return m_state; }
    const QZapReply &reply() const { return m_reply; }
    // Returns whether a provider was asked and has not answered.
    bool isDeferred() const;
    // Returns what has become of the request, as a sentence.
    QString outcome() const;
    QString explanation() const { return m_explanation; }
    // Returns the outcome, followed by other words and by the explanation. Its last line is left
    // out: that answer is not always the outcome, which can depend on a password or a provider.
    QString message(const QString &addition = {}) const;

    static QString statusName(QZap::Status status);

    QPointer<QZapAuthenticator> authenticator;
    QString address = QStringLiteral("127.0.0.1");
    QString domain;
    std::chrono::milliseconds timeout{5000};

private:
    QString whyNotAsked(const QZapTestRequestPrivate &request) const;
    QString domainProblem(const QZapTestRequestPrivate &request) const;
    bool hasDomain(const QString &name) const;
    QString explain(const QZapTestRequestPrivate &request) const;
    QByteArrayList framesOf(const QZapTestRequestPrivate &request) const;
    bool canEncode(const QString &name) const;
    QByteArray encoded(const QString &name) const;
    void decided(const QZapRequest &request, const QZapReply &reply);
    void wait(Until until);
    QString whatItWaitsFor() const;

    QObject m_context; // of signal connections
    QEventLoop *m_loop = nullptr;
    QByteArray m_identity; // distinguishes the request from those of other peers
    QFuture<QByteArrayList> m_future;
    State m_state = State::NotAsked;
    QString m_problem; // why it was not sent
    QZapReply m_reply;
    QString m_explanation;
};

#endif // QZAPTESTCLIENT_P_H
