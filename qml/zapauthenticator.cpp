// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapauthenticator.h"

#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapplaindomain.h>

#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qtimer.h>

#include <utility>

using namespace QZap::Internal;

ZapAuthenticator::Data::Data(ZapAuthenticator *owner)
    : ObjectList(owner)
    , m_authenticator(owner)
{ }

void ZapAuthenticator::Data::added(QObject *object)
{
    // A null entry may have been intended to be a domain.
    if (auto *const domain = qobject_cast<QZapDomain *>(object); domain || !object)
        m_authenticator->appendDomain(domain);
}

void ZapAuthenticator::Data::removed(QObject *object)
{
    if (auto *const domain = qobject_cast<QZapDomain *>(object))
        m_authenticator->takeListedDomain(domain);
}

ZapAuthenticator::ZapAuthenticator(QObject *parent)
    : QZapAuthenticator(parent)
    , m_bindingErrors(this, [this](BindingErrors::When when,
                                   const QString &problem) { bindingFailed(when, problem); })
    , m_data(this)
    , m_allowed{&QZapAuthenticator::allowedAddresses, &QZapAuthenticator::setAllowedAddresses,
                &QZapAuthenticator::resetAllowedAddresses}
    , m_denied{&QZapAuthenticator::deniedAddresses, &QZapAuthenticator::setDeniedAddresses,
               &QZapAuthenticator::resetDeniedAddresses}
{
    m_bindingErrors.setGroup(lockout());
    setConfigurationErrorsLogged(false); // tell() reports them with file and line
    connect(this, &QZapAuthenticator::errorOccurred, this, [this](Error, const QString &message) {
        ++m_errorCount;
        tell(message);
    });
}

ZapAuthenticator::~ZapAuthenticator()
{
    // The private thread must not call an object that is being destroyed.
    const QSignalBlocker blocker(this);
    stop();
}

void ZapAuthenticator::setRunning(bool running)
{
    m_isToRun = running;
    if (m_isComplete)
        QZapAuthenticator::setRunning(running);
}

void ZapAuthenticator::setAllowedAddresses(const QStringList &addresses)
{
    assignUnlessInTheWay(m_allowed, m_denied, addresses);
}

void ZapAuthenticator::resetAllowedAddresses()
{
    resetOrRefuse(m_allowed, m_denied);
}

void ZapAuthenticator::setDeniedAddresses(const QStringList &addresses)
{
    assignUnlessInTheWay(m_denied, m_allowed, addresses);
}

void ZapAuthenticator::resetDeniedAddresses()
{
    resetOrRefuse(m_denied, m_allowed);
}

// Until the object is created, a reset may be caused by an error in a binding. It is intended if
// the other list is set instead.
void ZapAuthenticator::resetOrRefuse(AddressList &list, AddressList &other)
{
    list.isUndefined = !m_isComplete || (!m_isSettled && m_bindingErrors.isInHandler());
    if (!list.isUndefined || other.waiting)
        resetInFavourOf(other, list);
}

bool ZapAuthenticator::assign(AddressList &list, const QStringList &addresses)
{
    const int before = m_errorCount;
    (this->*list.set)(addresses);
    return m_errorCount == before;
}

void ZapAuthenticator::assignUnlessInTheWay(AddressList &list, AddressList &other,
                                            const QStringList &addresses)
{
    list.isUndefined = false;
    const bool isInTheWay = !(this->*other.get)().isEmpty();
    list.waiting.reset();
    if (!isInTheWay && assign(list, addresses))
        return;
    list.waiting = addresses;
    list.wasRefused = !isInTheWay; // for example, the other list is set, but empty
    if (isInTheWay && other.isUndefined)
        resetInFavourOf(list, other);
    settleLater();
}

void ZapAuthenticator::resetInFavourOf(AddressList &other, AddressList &list)
{
    // The other list may be set next; everyone would be let in until then.
    hold();
    list.waiting.reset();
    const std::optional<QStringList> next = std::exchange(other.waiting, std::nullopt);
    (this->*list.reset)();
    if (!next || assign(other, *next))
        return;
    // The other list was refused. Without a list, the peers that it is meant to refuse would be let
    // in.
    QZapAuthenticator::setAllowedAddresses({});
}

// If the other list is still set, the assignment fails and reports that.
void ZapAuthenticator::assignWhatWaits()
{
    for (AddressList *list : {&m_allowed, &m_denied}) {
        const std::optional<QStringList> addresses = std::exchange(list->waiting, std::nullopt);
        if (addresses && !list->wasRefused)
            assign(*list, *addresses);
    }
}

// A list to which undefined was assigned lets everyone in.
void ZapAuthenticator::refuseUndefinedLists()
{
    if (m_allowed.isUndefined && deniedAddresses().isEmpty())
        refuseReset("allowedAddresses");
    if (m_denied.isUndefined && allowedAddresses().isEmpty())
        refuseReset("deniedAddresses");
}

QQmlListProperty<QZapDomain> ZapAuthenticator::domainList()
{
    return {
        this,
        nullptr,
        [](DomainList *list, QZapDomain *domain) {
            static_cast<ZapAuthenticator *>(list->object)->appendDomain(domain);
        },
        [](DomainList *list) {
            return static_cast<ZapAuthenticator *>(list->object)->listedDomains().size();
        },
        [](DomainList *list, qsizetype index) {
            return static_cast<ZapAuthenticator *>(list->object)->listedDomains().value(index);
        },
        [](DomainList *list) { static_cast<ZapAuthenticator *>(list->object)->takeDomainsFrom(0); },
        [](DomainList *list, qsizetype index, QZapDomain *domain) {
            auto *const authenticator = static_cast<ZapAuthenticator *>(list->object);
            const QList<QZapDomain *> all = authenticator->listedDomains();
            authenticator->takeDomainsFrom(index);
            authenticator->appendDomain(domain);
            for (QZapDomain *later : all.mid(index + 1))
                authenticator->appendDomain(later);
        },
        [](DomainList *list) {
            auto *const authenticator = static_cast<ZapAuthenticator *>(list->object);
            authenticator->takeDomainsFrom(authenticator->listedDomains().size() - 1);
        }};
}

QQmlListProperty<QObject> ZapAuthenticator::data()
{
    return m_data.property();
}

QList<QZapDomain *> ZapAuthenticator::listedDomains() const
{
    if (m_isComplete)
        return domains();
    QList<QZapDomain *> early;
    for (const QPointer<QZapDomain> &domain : m_earlyDomains) {
        if (domain)
            early += domain;
    }
    return early;
}

void ZapAuthenticator::appendDomain(QZapDomain *domain)
{
    if (!domain) {
        m_lacksDomain = true;
        if (m_isComplete)
            tellOfLackingDomain();
    } else if (m_isComplete) {
        hold(); // the list may be new itself
        addDomain(domain);
    } else if (!m_earlyDomains.contains(domain)) {
        m_earlyDomains += domain; // its name may still be set by a binding
    }
}

void ZapAuthenticator::takeListedDomain(QZapDomain *domain)
{
    hold();
    if (m_isComplete)
        takeDomain(domain);
    else
        m_earlyDomains.removeAll(domain);
}

void ZapAuthenticator::takeDomainsFrom(qsizetype index)
{
    if (index == 0 && std::exchange(m_lacksDomain, false))
        settleLater();
    const QList<QZapDomain *> taken = listedDomains().mid(index);
    for (QZapDomain *domain : taken)
        takeListedDomain(domain);
}

void ZapAuthenticator::classBegin()
{
    m_isComplete = false;
    m_isFromQml = true;
    m_bindingErrors.begin();
    // Peers wait until the engine has reported which bindings have failed.
    setOnHold(true);
    setBeingCreated(true);
    QTimer::singleShot(PatienceTime, this, &ZapAuthenticator::explainWaiting);
}

void ZapAuthenticator::componentComplete()
{
    m_isComplete = true;
    m_bindingErrors.complete();
    settleLater();
    assignWhatWaits();
    refuseUndefinedLists();
    // Must precede the addition of the domains, since it clears the error.
    if (m_isToRun)
        start();
    const QList<QPointer<QZapDomain>> domains = std::exchange(m_earlyDomains, {});
    for (const QPointer<QZapDomain> &domain : domains) {
        if (domain)
            addDomain(domain);
    }
    if (m_lacksDomain)
        tellOfLackingDomain();
    // Reports problems of the domains, which would otherwise not be visible.
    if (const QString problem = configurationProblem(); isRunning() && !problem.isEmpty()) {
        stop();
        reportError(Error::ConfigurationError, problem);
    }
}

void ZapAuthenticator::tellOfLackingDomain()
{
    setOnHold(true);
    reportError(Error::ConfigurationError,
                QStringLiteral("domains: an element is not a domain; nobody gets in until a valid "
                               "list is set"));
}

void ZapAuthenticator::hold()
{
    setOnHold(true);
    settleLater();
}

void ZapAuthenticator::settleLater()
{
    if (!m_isComplete || std::exchange(m_isSettling, true))
        return;
    QMetaObject::invokeMethod(this, &ZapAuthenticator::settle, Qt::QueuedConnection);
}

void ZapAuthenticator::settle()
{
    if (m_bindingErrors.areToCome()) {
        QTimer::singleShot(BindingErrors::AskingInterval, this, &ZapAuthenticator::settle);
        return;
    }
    m_isSettling = false;
    const bool wasSettled = std::exchange(m_isSettled, true);
    m_told.clear();
    const QPointer<ZapAuthenticator> guard(this);
    assignWhatWaits();
    if (guard && !wasSettled)
        refuseUndefinedLists();
    // The problem that prevented the start may have been corrected since.
    if (guard && m_isToRun && !wasSettled && configurationProblem().isEmpty())
        start();
    if (guard)
        setBeingCreated(false);
    if (guard)
        setOnHold(m_lacksDomain);
    if (guard && !wasSettled && m_isFromQml)
        Q_EMIT settledChanged();
}

// Explains why the authenticator is not running yet. A missing domain and errors have been reported
// before.
void ZapAuthenticator::explainWaiting()
{
    if (m_isSettled || !m_isToRun)
        return;
    tell(m_isComplete
             ? QStringLiteral("running: nobody gets in until the QML engine has created all "
                              "objects that it is creating")
             : QStringLiteral("running: the authenticator starts when its own creation is "
                              "complete"));
}

void ZapAuthenticator::bindingFailed(BindingErrors::When when, const QString &problem)
{
    if (when == BindingErrors::When::Creation) {
        setConfigurationProblem(problem);
        stop();
    }
    reportError(Error::ConfigurationError, problem);
}

void ZapAuthenticator::tell(const QString &message)
{
    // The error that was reported when a property was set is also the reason why the authenticator
    // does not start.
    const bool isBeingMade = !m_isComplete || m_isSettling;
    if (isBeingMade && m_told.contains(message))
        return;
    if (isBeingMade)
        m_told += message;
    const QObject *const origin = originOf(message);
    BindingErrors::warn(origin, message + pathHint(origin));
}

// Returns a hint about relative paths: users may expect them to be relative to the document, like
// URLs.
QString ZapAuthenticator::pathHint(const QObject *origin)
{
    QString path;
    if (const auto *const curve = qobject_cast<const QZapCurveDomain *>(origin))
        path = curve->location() == QZap::CurveAllowAny ? QString() : curve->location();
    else if (const auto *const plain = qobject_cast<const QZapPlainDomain *>(origin))
        path = plain->passwordFile();
    const bool isUrl = path.startsWith(QLatin1StringView("file:"), Qt::CaseInsensitive);
    if (path.isEmpty() || isUrl || !QDir::isRelativePath(path) || QFileInfo::exists(path))
        return {};
    return QStringLiteral(" (relative paths start at the current directory; use Qt.resolvedUrl() "
                          "for a path that is relative to the document)");
}

// Returns the domain that the message concerns, or this object.
const QObject *ZapAuthenticator::originOf(const QString &message) const
{
    const QList<QZapDomain *> all = domains();
    for (const QZapDomain *domain : all) {
        const QStringList problems = domain->errorString().split(u'\n', Qt::SkipEmptyParts);
        for (const QString &problem : problems) {
            if (message.endsWith(problem))
                return domain;
        }
    }
    return this;
}
