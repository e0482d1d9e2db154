// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "configurator.h"

#include "questionmaker.h"

#include <QZap/QZapCurveDomain>
#include <QZap/QZapPlainDomain>

#include <QtCore/qdir.h>
#include <QtCore/qpointer.h>

#include <memory>

using QZap::Mechanism;

namespace {

QString vault()
{
    return QString::fromLatin1(QuestionMaker::vault());
}

QVariantMap passwords()
{
    return {{QStringLiteral("alice"), QString::fromLatin1(People::Password)}};
}

QString openDomain(Dice *dice)
{
    return dice->of(QStringList{QStringLiteral("lab"), QStringLiteral("office"),
                                QString::fromLatin1(QuestionMaker::anyKey()), QStringLiteral("*")});
}

QString anyDomain(Dice *dice)
{
    return dice->oneIn(3) ? vault() : openDomain(dice);
}

} // namespace

Configurator::Configurator(const StoreFiles &files, Zoo &zoo)
    : m_files(files)
    , m_zoo(zoo)
{ }

void Configurator::prepare(QZapAuthenticator *authenticator) const
{
    authenticator->configureNull(vault(), false);
    authenticator->configurePlain(vault(), passwords());
    authenticator->configureCurve(vault(), m_files.keys());
}

void Configurator::change(QZapAuthenticator *authenticator, Dice *dice) const
{
    switch (dice->below(9)) {
    case 0:
    case 1:
        changeAddresses(authenticator, dice);
        break;
    case 2:
        changeLimits(authenticator, dice);
        break;
    case 3:
        changePlain(authenticator, dice);
        break;
    case 4:
        changeCurve(authenticator, dice);
        break;
    case 5:
        changeOthers(authenticator, dice);
        break;
    case 6:
        changeDomain(authenticator, dice);
        break;
    case 7:
        useRelativePath(authenticator, dice);
        break;
    default:
        clash(authenticator, dice);
        break;
    }
}

void Configurator::changeAddresses(QZapAuthenticator *authenticator, Dice *dice)
{
    const QString address = dice->of(QStringList{
        QStringLiteral("10.0.0.1"), QStringLiteral("10.0.0.0/8"), QStringLiteral("fd00::/8"),
        QStringLiteral("192.0.2.7"), QStringLiteral("127.0.0.1"), QStringLiteral("nonsense")});
    switch (dice->below(9)) {
    case 0:
        authenticator->allow(address);
        break;
    case 1:
        authenticator->deny(address);
        break;
    case 2:
        authenticator->removeAllowed(address);
        break;
    case 3:
        authenticator->removeDenied(address);
        break;
    case 4:
        authenticator->setAllowedAddresses({address, QStringLiteral("10.0.0.2")});
        break;
    case 5:
        authenticator->setDeniedAddresses({address});
        break;
    case 6:
        authenticator->setLockdown(dice->oneIn(3));
        break;
    default: // more often than the others: otherwise nobody would ever be accepted
        authenticator->resetAllowedAddresses();
        authenticator->resetDeniedAddresses();
        authenticator->setLockdown(false);
        break;
    }
}

void Configurator::changeLimits(QZapAuthenticator *authenticator, Dice *dice)
{
    switch (dice->below(6)) {
    case 0:
        authenticator->setDecisionTimeout(dice->of({-1, 1, 10, 100, 300}));
        break;
    case 1:
        authenticator->setMaximumPendingDecisions(dice->of({-1, 0, 3, 100, 10000}));
        break;
    case 2:
        authenticator->setMaximumPendingPerAddress(dice->of({-1, 0, 1, 5, 64}));
        break;
    case 3:
        authenticator->setMaximumHeldConnections(dice->of({-1, 0, 1, 100}));
        break;
    case 4:
        authenticator->setEncoding(dice->flip() ? QZapAuthenticator::Encoding::Utf8
                                                : QZapAuthenticator::Encoding::Latin1);
        break;
    default:
        authenticator->setLoggingCategory(
            dice->of(QStringList{QString(), QStringLiteral("qzap"), QStringLiteral("qzap.soak")}));
        break;
    }
}

void Configurator::changePlain(QZapAuthenticator *authenticator, Dice *dice) const
{
    const QString domain = anyDomain(dice);
    switch (dice->below(4)) {
    case 0:
        authenticator->configurePlain(domain, passwords());
        break;
    case 1:
        authenticator->configurePlain(domain, {{QStringLiteral("a=b"), QString()}}); // refused
        break;
    case 2:
        authenticator->configurePlainFile(domain, QStringLiteral("/nowhere")); // refused
        break;
    default:
        authenticator->configurePlainFile(domain, m_files.users());
        break;
    }
}

void Configurator::changeCurve(QZapAuthenticator *authenticator, Dice *dice) const
{
    const QString domain = anyDomain(dice);
    if (dice->oneIn(4)) {
        authenticator->configureCurve(QString::fromLatin1(QuestionMaker::anyKey()),
                                      QZap::CurveAllowAny);
    } else if (dice->oneIn(4)) {
        authenticator->configureCurve(domain, QStringLiteral("/nowhere")); // refused
    } else {
        authenticator->configureCurve(domain, dice->flip() ? m_files.keys() : m_files.keyList());
    }
}

void Configurator::changeOthers(QZapAuthenticator *authenticator, Dice *dice)
{
    const QString domain = openDomain(dice);
    switch (dice->below(4)) {
    case 0:
        authenticator->configureNull(domain, dice->flip());
        break;
    case 1:
        authenticator->configureGssapi(domain, {QStringLiteral("alice@EXAMPLE.ORG")});
        break;
    case 2:
        authenticator->configureNull(QString(), true); // refused
        break;
    default:
        authenticator->removeDomain(domain, dice->of({Mechanism::Null, Mechanism::Plain,
                                                      Mechanism::Curve, Mechanism::Gssapi}));
        break;
    }
}

void Configurator::changeDomain(QZapAuthenticator *authenticator, Dice *dice) const
{
    const QList<QZapDomain *> domains = authenticator->domains();
    if (domains.isEmpty())
        return;
    QZapDomain *const domain = dice->of(domains);
    switch (dice->below(4)) {
    case 0:
        domain->setPublishedFields(dice->of(QList<QStringList>{
            {},
            {QStringLiteral("Mechanism")},
            {QStringLiteral("team"), QStringLiteral("Domain"), QStringLiteral("name")}}));
        break;
    case 1:
        domain->setCredentialsProvider(dice->flip() ? m_zoo.any(dice) : nullptr);
        break;
    case 2:
        if (auto *const curve = qobject_cast<QZapCurveDomain *>(domain)) {
            curve->setUserIdField(dice->flip() ? QStringLiteral("team") : QString());
            curve->setNameFilters(dice->flip() ? QStringList{QStringLiteral("*.key")}
                                               : QStringList{QStringLiteral("a*.key")});
        }
        break;
    default:
        if (domain->name() != vault())
            delete domain;
        break;
    }
}

// Checks that a name whose domain is removed from a running authenticator remains closed.
bool Configurator::keepsOutWithoutDomain(QZapAuthenticator *authenticator, Dice *dice,
                                         const QZapCredentials &mallory) const
{
    if (!authenticator->isRunning())
        return true;
    const Mechanism mechanism = dice->of({Mechanism::Null, Mechanism::Plain, Mechanism::Curve});
    if (dice->flip())
        authenticator->removeDomain(vault(), mechanism);
    else
        delete authenticator->domain(vault(), mechanism);
    const auto status = [&](const QZapCredentials &credentials) {
        return authenticator->evaluate(vault(), QStringLiteral("10.0.0.1"), credentials).status();
    };
    const bool keepsOut = status(mallory) != QZap::Status::Success
                          && status(QZapCredentials::null()) != QZap::Status::Success;
    prepare(authenticator);
    return keepsOut;
}

// Sets the location of keys to a relative path. In a different current directory, this path would
// contain mallory's key.
void Configurator::useRelativePath(QZapAuthenticator *authenticator, Dice *dice) const
{
    const QString before = QDir::currentPath();
    QDir::setCurrent(m_files.directory());
    authenticator->configureCurve(anyDomain(dice), QStringLiteral("keys"));
    QDir::setCurrent(dice->flip() ? m_files.decoys() : before);
}

// Adds two domains of the same name, neither of which lets anybody in.
void Configurator::clash(QZapAuthenticator *authenticator, Dice *dice)
{
    auto second = std::make_unique<QZapPlainDomain>();
    second->setName(anyDomain(dice));
    second->setPasswords(passwords());
    QZapPlainDomain *const domain = second.release();
    authenticator->addDomain(domain);
    if (domain->name() == vault() || dice->flip())
        delete domain;
}

void Configurator::changeProvider(QZapAuthenticator *authenticator, Dice *dice) const
{
    switch (dice->below(6)) {
    case 0:
        m_zoo.destroyOne(dice);
        break;
    case 1:
        authenticator->setCredentialsProvider(QString(), nullptr); // refused
        break;
    case 2:
        authenticator->setCredentialsProvider(anyDomain(dice), nullptr);
        break;
    default:
        authenticator->setCredentialsProvider(anyDomain(dice), m_zoo.any(dice));
        break;
    }
}

bool Configurator::agreesWithFiles(const QZapAuthenticator &authenticator,
                                   const QZapCertificate &certificate) const
{
    const QZap::Status status = authenticator
                                    .evaluate(vault(), QStringLiteral("10.0.0.1"),
                                              QZapCredentials::curve(certificate.publicKey()))
                                    .status();
    return status
           == (m_files.hasKey(certificate.publicKey()) ? QZap::Status::Success
                                                       : QZap::Status::AuthenticationFailure);
}

// Repeats the calls that may have been refused with valid arguments, since a refused call keeps
// everybody out.
void Configurator::repair(QZapAuthenticator *authenticator) const
{
    prepare(authenticator);
    authenticator->configureNull(QStringLiteral("lab"), true);
    authenticator->configurePlainFile(QStringLiteral("lab"), m_files.users());
    authenticator->setCredentialsProvider(QStringLiteral("office"), nullptr);
    authenticator->takeDomain(nullptr);
    const QList<QPointer<QZapDomain>> domains(authenticator->domains().cbegin(),
                                              authenticator->domains().cend());
    for (const QPointer<QZapDomain> &domain : domains) {
        if (domain && authenticator->domain(domain->name(), domain->mechanism()) != domain)
            delete domain;
    }
    for (QZapDomain *const domain : authenticator->domains()) {
        if (auto *const curve = qobject_cast<QZapCurveDomain *>(domain))
            curve->setNameFilters({QStringLiteral("*.key")});
    }
    authenticator->resetAllowedAddresses();
    authenticator->resetDeniedAddresses();
    authenticator->setLockdown(false);
    authenticator->setDecisionTimeout(100);
    authenticator->setMaximumPendingDecisions(1000);
    authenticator->setMaximumPendingPerAddress(64);
    authenticator->setMaximumHeldConnections(64);
    authenticator->setLoggingCategory(QStringLiteral("qzap"));
}
