// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Configures authenticators in several ways. Exits with 0 if each has the documented effect.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

bool failed = false;

void expect(bool condition, const char *what)
{
    if (!condition) {
        qCritical("not so: %s", what);
        failed = true;
    }
}

bool isLetIn(const QZapAuthenticator &authenticator, const QString &domain, const QString &address,
             const QZapCredentials &credentials)
{
    return authenticator.evaluate(domain, address, credentials).status() == QZap::Status::Success;
}

void addresses()
{
    //! [addresses]
    QZapAuthenticator authenticator;
    authenticator.allow({u"10.0.0.0/8"_s, u"fd00::/8"_s, u"ipc:uid=1000"_s});
    //! [addresses]
    const QZapCredentials nobody = QZapCredentials::null();
    expect(isLetIn(authenticator, u"lab"_s, u"10.1.2.3"_s, nobody), "a subnet is allowed");
    expect(!isLetIn(authenticator, u"lab"_s, u"192.0.2.1"_s, nobody), "all else is refused");
    authenticator.setAllowedAddresses({});
    expect(!isLetIn(authenticator, u"lab"_s, u"10.1.2.3"_s, nobody), "an empty list refuses");
    authenticator.resetAllowedAddresses();
    expect(isLetIn(authenticator, u"lab"_s, u"192.0.2.1"_s, nobody), "no list refuses nobody");
}

void lockout()
{
    //! [lockout]
    QZapAuthenticator authenticator;
    authenticator.lockout()->setEnabled(true);
    QObject::connect(authenticator.lockout(), &QZapLockout::lockedOut,
                     [](const QString &address, int milliseconds) {
                         qInfo() << address << "is locked out for" << milliseconds / 1000 << "s";
                     });
    //! [lockout]
    expect(authenticator.lockout()->isEnabled(), "the lockout is enabled");
    expect(authenticator.lockout()->lockedCount() == 0, "nobody is locked out at first");
}

void domains()
{
    //! [domains]
    QZapAuthenticator authenticator;

    // With a function...
    authenticator.configurePlain(u"lab"_s, {{u"alice"_s, u"correct horse"_s}});

    // ...or with an object, which has properties and signals.
    auto *domain = new QZapPlainDomain(&authenticator);
    domain->setName(u"workshop"_s);
    domain->setPasswords({{u"bob"_s, u"battery staple"_s}});
    QObject::connect(domain, &QZapDomain::errorStringChanged,
                     [domain] { qWarning().noquote() << domain->errorString(); });
    authenticator.addDomain(domain);
    //! [domains]

    //! [evaluate]
    const auto credentials = QZapCredentials::plain(u"alice"_s, "correct horse");
    const QZapReply reply = authenticator.evaluate(u"lab"_s, u"192.0.2.7"_s, credentials);
    if (reply.status() != QZap::Status::Success)
        qInfo() << "alice would not get in:" << reply.statusText();
    //! [evaluate]

    //! [counters]
    qInfo() << "running" << authenticator.isRunning() << "accepted" << authenticator.acceptedCount()
            << "refused" << authenticator.rejectedCount() << "try later"
            << authenticator.temporaryCount() << "dropped" << authenticator.droppedCount()
            << "pending" << authenticator.pendingCount();
    //! [counters]

    //! [explain]
    qInfo().noquote() << authenticator.explain(u"lab"_s, u"192.0.2.7"_s, credentials);
    //! [explain]

    expect(reply.status() == QZap::Status::Success, "the lab knows alice");
    expect(!isLetIn(authenticator, u"workshop"_s, u"192.0.2.7"_s, credentials),
           "the workshop does not know alice");
    expect(isLetIn(authenticator, u"workshop"_s, u"192.0.2.7"_s,
                   QZapCredentials::plain(u"bob"_s, "battery staple")),
           "the workshop knows bob");
}

//! [userid]
class Authenticator : public QZapAuthenticator
{
    Q_OBJECT

public:
    using QZapAuthenticator::QZapAuthenticator;

    QString curveUserId(const QByteArray &publicKey) const override
    {
        return u"device-"_s + QString::fromLatin1(publicKey.toHex().first(8));
    }
};
//! [userid]

void userIds()
{
    Authenticator authenticator;
    authenticator.configureCurve(u"lab"_s, QZap::CurveAllowAny);
    const QZapReply reply = authenticator.evaluate(u"lab"_s, u"192.0.2.7"_s,
                                                   QZapCredentials::curve(QByteArray(32, 'x')));
    expect(reply.userId() == "device-78787878"_L1, "a subclass names its peers");
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    addresses();
    lockout();
    domains();
    userIds();
    return failed ? 1 : 0;
}

#include "configuring.moc"
