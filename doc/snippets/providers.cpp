// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Credentials providers that decide at once and later. Exits with 0 if each has the documented
// effect.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qpromise.h>
#include <QtCore/qset.h>
#include <QtCore/qthreadpool.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

bool failed = false;

// Returns the answer to a PLAIN peer, and runs the event loop until there is one.
QByteArray statusOf(QZapAuthenticator &authenticator, const QByteArray &user)
{
    const QFuture<QByteArrayList> reply = authenticator.handleZapMessage(
        {"1.0", "1", "lab", "192.0.2.7", {}, "PLAIN", user, "secret"});
    while (!reply.isFinished())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return reply.result().value(2);
}

void expect(const QByteArray &status, const QByteArray &expected, const char *what)
{
    if (status != expected) {
        qCritical("not so: %s", what);
        failed = true;
    }
}

void veto()
{
    QZapAuthenticator authenticator;
    authenticator.configurePlain(u"lab"_s, {{u"alice"_s, u"secret"_s}, {u"bob"_s, u"secret"_s}});
    const QSet<QString> onHoliday{u"bob"_s};
    //! [veto]
    QZapCredentialsProvider provider;
    QObject::connect(&provider, &QZapCredentialsProvider::authenticating,
                     [&](const QZapDecision &decision) {
                         if (onHoliday.contains(decision.userId()))
                             decision.reject(u"on holiday"_s);
                         else
                             decision.accept();
                     });
    authenticator.setCredentialsProvider(u"lab"_s, &provider);
    //! [veto]
    expect(statusOf(authenticator, "alice"), "200", "alice gets in");
    expect(statusOf(authenticator, "bob"), "400", "bob is on holiday");
    expect(statusOf(authenticator, "eve"), "400", "nobody knows eve");
}

bool isKnownToTheDirectory(const QZapCredentials &credentials)
{
    return credentials.userName() == "alice"_L1 && credentials.password() == "secret";
}

//! [future]
class DirectoryProvider : public QZapCredentialsProvider
{
    Q_OBJECT

public:
    using QZapCredentialsProvider::QZapCredentialsProvider;

    void authenticate(const QZapDecision &decision) override
    {
        auto promise = std::make_shared<QPromise<bool>>();
        decision.resolve(promise->future());
        QThreadPool::globalInstance()->start([promise, decision] {
            promise->start();
            promise->addResult(isKnownToTheDirectory(decision.credentials()));
            promise->finish();
        });
    }
};
//! [future]

void future()
{
    QZapAuthenticator authenticator;
    DirectoryProvider provider;
    authenticator.setCredentialsProvider(u"lab"_s, &provider);
    expect(statusOf(authenticator, "alice"), "200", "the directory knows alice");
    expect(statusOf(authenticator, "eve"), "400", "the directory does not know eve");
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    veto();
    future();
    return failed ? 1 : 0;
}

#include "providers.moc"
