// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "testing/qzaptestclient_p.h"

#include "testing/peeraddress_p.h"

#include <QZap/qzapdomain.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <atomic>
#include <utility>

using QZap::DecisionStage;
using QZap::Mechanism;

namespace {

constexpr qsizetype MaximumTextSize = 255; // in bytes, as in a request of libzmq

QByteArray nextIdentity()
{
    static std::atomic<quint64> count{0};
    return "QZapTestClient-" + QByteArray::number(++count);
}

QString nameOf(const QZapCredentials &credentials)
{
    return credentials.mechanism() == Mechanism::Gssapi ? credentials.principal()
                                                        : credentials.userName();
}

} // namespace

QZapTestClientPrivate::QZapTestClientPrivate(QZapAuthenticator *newAuthenticator)
    : authenticator(newAuthenticator)
    , m_problem(QStringLiteral("the client has asked nothing yet"))
{
    if (!authenticator)
        return;
    QObject::connect(
        authenticator, &QZapAuthenticator::decided, &m_context,
        [this](const QZapRequest &request, const QZapReply &reply) { decided(request, reply); });
}

void QZapTestClientPrivate::decided(const QZapRequest &request, const QZapReply &reply)
{
    if (m_state != State::Pending || request.identity() != m_identity)
        return;
    m_reply = reply;
    m_state = State::Answered;
    if (m_loop)
        m_loop->quit();
}

QString QZapTestClientPrivate::whyNotAsked(const QZapTestRequestPrivate &request) const
{
    if (!QCoreApplication::instance())
        return QStringLiteral("there is no application; use QTEST_GUILESS_MAIN()");
    if (!authenticator)
        return QStringLiteral("the client has no authenticator, or it was destroyed");
    if (authenticator->thread() != QThread::currentThread())
        return QStringLiteral("the authenticator lives in another thread than the test");
    if (!request.problem.isEmpty())
        return request.problem;
    const Mechanism mechanism = request.credentials.mechanism();
    if (request.domain.isEmpty()
        && (mechanism == Mechanism::Null || mechanism == Mechanism::Curve)) {
        return QStringLiteral("libzmq asks nobody about the peers of a %1 socket without a domain, "
                              "and lets all of them in. Secure the socket by QZap::secure%2(), and "
                              "name its domain in the test by domain()")
            .arg(mechanism == Mechanism::Null ? QStringLiteral("NULL") : QStringLiteral("CURVE"),
                 mechanism == Mechanism::Null ? QStringLiteral("Null") : QStringLiteral("Curve"));
    }
    if (request.domain.toUtf8().size() > MaximumTextSize)
        return QStringLiteral("no socket has a domain of more than 255 bytes");
    if (!canEncode(nameOf(request.credentials)))
        return QStringLiteral("the encoding of the authenticator cannot represent the name");
    if (encoded(request.credentials.userName()).size() > MaximumTextSize)
        return QStringLiteral("no peer has a user name of more than 255 bytes");
    if (request.credentials.password().size() > MaximumTextSize)
        return QStringLiteral("no peer has a password of more than 255 bytes");
    return peerAddressProblem(request.address);
}

bool QZapTestClientPrivate::hasDomain(const QString &name) const
{
    const QList<QZapDomain *> domains = authenticator->domains();
    return std::any_of(domains.cbegin(), domains.cend(),
                       [&name](const QZapDomain *each) { return each->name() == name; });
}

// A refusal by nothing but a misspelt name proves nothing. If there are no domains at all, other
// rules are tested.
QString QZapTestClientPrivate::domainProblem(const QZapTestRequestPrivate &request) const
{
    const QString &name = request.domain;
    if (request.isUnconfigured) {
        return hasDomain(name)
                   ? QStringLiteral("the domain \"%1\" is configured; name it by domain()")
                         .arg(name)
                   : QString();
    }
    if (authenticator->domains().isEmpty()
        || authenticator->isConfigured(name, request.credentials.mechanism()))
        return {};
    if (name.isEmpty()) {
        return QStringLiteral("the request names no domain; name it by domain() or, if the socket "
                              "really has none, write unconfiguredDomain(\"\")");
    }
    return QStringLiteral("the domain \"%1\" is not configured; correct its name or, if it is "
                          "meant, write unconfiguredDomain(\"%1\")")
        .arg(name);
}

bool QZapTestClientPrivate::canEncode(const QString &name) const
{
    return authenticator->encoding() == QZapAuthenticator::Encoding::Latin1
               ? QString::fromLatin1(name.toLatin1()) == name
               : name.isValidUtf16();
}

QByteArray QZapTestClientPrivate::encoded(const QString &name) const
{
    return authenticator->encoding() == QZapAuthenticator::Encoding::Latin1 ? name.toLatin1()
                                                                            : name.toUtf8();
}

QByteArrayList QZapTestClientPrivate::framesOf(const QZapTestRequestPrivate &request) const
{
    const QZapCredentials &credentials = request.credentials;
    QByteArrayList frames{"1.0", "1", request.domain.toUtf8(), request.address.toUtf8(),
                          m_identity};
    switch (credentials.mechanism()) {
    case Mechanism::Plain:
        frames << "PLAIN" << encoded(credentials.userName()) << credentials.password();
        break;
    case Mechanism::Curve:
        frames << "CURVE" << credentials.publicKey();
        break;
    case Mechanism::Gssapi:
        frames << "GSSAPI" << encoded(credentials.principal());
        break;
    case Mechanism::Null:
    case Mechanism::Unknown:
        frames << "NULL";
        break;
    }
    return frames;
}

QString QZapTestClientPrivate::explain(const QZapTestRequestPrivate &request) const
{
    return authenticator->explain(request.domain, request.address, request.credentials);
}

void QZapTestClientPrivate::ask(const QZapTestRequestPrivate &request, Until until, Domains domains)
{
    m_future = {};
    m_reply = {};
    m_explanation.clear();
    m_state = State::NotAsked;
    m_problem = whyNotAsked(request);
    if (!m_problem.isEmpty())
        return;
    m_explanation = explain(request); // the answer can change the state that led to it
    if (domains == Domains::Configured)
        m_problem = domainProblem(request);
    if (!m_problem.isEmpty())
        return;
    m_identity = nextIdentity();
    m_state = State::Pending;
    m_future = authenticator->handleZapMessage(framesOf(request));
    wait(until);
    const bool hasWaited = m_future.progressValue() > static_cast<int>(DecisionStage::Checking);
    if (hasWaited && authenticator)
        m_explanation = explain(request);
}

void QZapTestClientPrivate::wait(Until until)
{
    QEventLoop loop;
    QFutureWatcher<QByteArrayList> watcher;
    if (until == Until::Deferred) {
        QObject::connect(&watcher, &QFutureWatcherBase::progressValueChanged, &loop, [this, &loop] {
            if (isDeferred())
                loop.quit();
        });
    }
    watcher.setFuture(m_future);
    QObject::connect(authenticator, &QObject::destroyed, &loop, &QEventLoop::quit);
    QTimer::singleShot(timeout, &loop, &QEventLoop::quit);
    const bool isDone = until == Until::Deferred && isDeferred();
    QEventLoop *const outer = std::exchange(m_loop, &loop);
    if (!isDone)
        loop.exec(QEventLoop::ExcludeUserInputEvents);
    m_loop = outer;
}

bool QZapTestClientPrivate::isDeferred() const
{
    return m_state == State::Pending && !m_future.isFinished()
           && m_future.progressValue() == static_cast<int>(DecisionStage::Deferred);
}

QString QZapTestClientPrivate::statusName(QZap::Status status)
{
    const char *const key =
        QMetaEnum::fromType<QZap::Status>().valueToKey(static_cast<int>(status));
    return QStringLiteral("%1 (%2)").arg(static_cast<int>(status)).arg(QLatin1StringView(key));
}

QString QZapTestClientPrivate::whatItWaitsFor() const
{
    if (m_future.isFinished())
        return QStringLiteral("the authenticator has not reported its decision");
    switch (static_cast<DecisionStage>(m_future.progressValue())) {
    case DecisionStage::Checking:
        break;
    case DecisionStage::Loading:
        return QStringLiteral("the domain is being loaded, or the configuration is being changed");
    case DecisionStage::Hashing:
        return QStringLiteral("the password is still being checked against a hash");
    case DecisionStage::Deferred:
        return QStringLiteral("a credentials provider was asked, has deferred its answer, and must "
                              "give it");
    }
    return QStringLiteral("a credentials provider in another thread has not returned");
}

QString QZapTestClientPrivate::outcome() const
{
    if (m_state == State::NotAsked)
        return QStringLiteral("It was not sent: %1.").arg(m_problem);
    if (m_state == State::Pending) {
        if (!authenticator)
            return QStringLiteral("It was not answered: the authenticator was destroyed.");
        return QStringLiteral("It was not answered within %1 ms: %2.")
            .arg(timeout.count())
            .arg(whatItWaitsFor());
    }
    QString verb = QStringLiteral("was refused");
    if (m_reply.status() == QZap::Status::Success)
        return QStringLiteral("It was accepted as \"%1\".").arg(m_reply.userId());
    if (!m_reply.isEnforced())
        verb = QStringLiteral("breaks the rules, but was let in because of reportOnly");
    else if (m_reply.status() == QZap::Status::TemporaryError)
        verb = QStringLiteral("was turned away for now");
    return QStringLiteral("It %1, with the status %2 and the reason \"%3\".")
        .arg(verb, statusName(m_reply.status()), m_reply.statusText());
}

QString QZapTestClientPrivate::message(const QString &addition) const
{
    QString text = outcome() + addition;
    QStringList sentences = m_explanation.split(u'\n', Qt::SkipEmptyParts);
    if (!sentences.isEmpty())
        sentences.removeLast();
    for (const QString &sentence : std::as_const(sentences))
        text += QStringLiteral("\n  ") + sentence;
    return text;
}
