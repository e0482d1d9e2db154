// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcurvedomain.h>

#include "authenticator/domains/qzapcurvedomain_p.h"
#include "base/text.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qpointer.h>

#include <utility>

using namespace QZap::Internal;

/*!
    \class QZapCurveDomain
    \inmodule QZap
    \inheaderfile QZap/QZapCurveDomain
    \brief The QZapCurveDomain class holds the CURVE keys that are accepted in a domain.

    The keys come from a directory of certificates, a key list or a QZapCredentialsStore. The user
    id of an accepted peer is the value of \l userIdField, else the user id in the key list or
    store, else what QZapAuthenticator::curveUserId() returns: by default the key's Z85 text.

    A key whose certificate or line has a field \c not-after is refused from that time on: see
    \l{Keys That Expire}.

    \sa QZapAuthenticator::configureCurve(), QZap::secureCurve, QZapCertificate,
        {Security and limitations}, {File Formats}
*/

/*!
    \property QZapCurveDomain::location
    \brief the location of the keys: a path, a \c file: URL, or \l QZap::CurveAllowAny

    Default: empty, and not \l ready. A relative path is resolved against the current directory when
    it is set; in QML, use \c{Qt.resolvedUrl()} for a path relative to the document.

    \list
    \li A \e directory: each regular file in it whose name ends in \c .key, and each other one that
        is a certificate, restricted by \l nameFilters. Backup and other copies, disabled files such
        as \c alice.key.disabled, hidden files and secret certificates are not read: see \l{File
        Formats}. They are listed in QZapAuthenticator::loggingCategory.
    \li A \e{key list}: a file with one key in each line, as 40 characters of Z85, optionally
        followed by a user id.
    \li \c *: every key is accepted. Connections are encrypted, but the peers are unknown.
    \endlist

    Setting another location revokes the previous keys at once, and loads the new ones in another
    thread. Peers that connect meanwhile wait. From then on the location is watched, and changes
    take effect a moment after they have settled, whether or not the event loop runs (see
    \l{File Formats}). If a file cannot be read, its previous contents remain in force, and it is
    tried again; if a file is invalid or removed, its key is revoked. While a file is being written,
    and for ten seconds after the location itself was removed, peers whose key is missing get
    temporary answers. Errors in a file are reported with file and line in \l errorString and by
    QZapAuthenticator::errorOccurred(), and the other keys remain in force. If the location cannot
    be read, the domain is not \l ready.
*/

/*!
    \property QZapCurveDomain::nameFilters
    \brief which files of a directory are read, as wildcards such as \c{*.key}

    Default: empty, which reads all. Setting it reads the directory again.
*/

/*!
    \property QZapCurveDomain::userIdField
    \brief the field of a certificate, or of a line in a key list, that is the user id

    Default: empty. If a peer's key has the field with a value, that is the peer's user id.
    Otherwise, it is the user id in the key list, or what QZapAuthenticator::curveUserId() returns.

    A value that is longer than 255 bytes, not valid UTF-8, contains control characters, or is
    \c anonymous or the key of another peer is invalid as a user id, and is reported with file and
    line. Two keys may have the same user id. A name that is invalid as a field name is refused:
    from then on the domain gives temporary answers until a valid name is set. If no key has the
    field, or a certificate has it outside the section \c metadata, a warning names a similar
    field, or those that exist. Setting it reads the keys again, while peers wait.

    \sa publishedFields
*/

Problem QZapCurveDomainPrivate::locationProblem(const QString &location)
{
    if (location.isEmpty())
        return QStringLiteral("the location of keys is empty");
    const QString path = pathOf(location);
    if (location != QZap::CurveAllowAny && !QFileInfo::exists(path))
        return QStringLiteral("%1 does not exist").arg(quoted(path));
    return {};
}

QString QZapCurveDomainPrivate::pathOf(const QString &location)
{
    return location == QZap::CurveAllowAny ? QString() : absolutePath(location);
}

void QZapCurveDomainPrivate::apply(const QString &newLocation)
{
    Q_Q(QZapCurveDomain);
    const QPointer<QZapCurveDomain> guard(q);
    const bool changed = location != newLocation;
    const QString newPath = pathOf(newLocation);
    const bool isSamePlace = m_path == newPath;
    location = newLocation;
    m_path = newPath;
    if (isSamePlace && m_loader)
        m_loader->reload();
    else
        restart();
    if (guard && changed)
        Q_EMIT q->locationChanged();
}

void QZapCurveDomainPrivate::restart()
{
    const auto content = begin(); // first: the problems are those of the new sources
    setContent(content, sourceProblems(), Error::Configuration);
}

// The loaded keys have been read with other fields, so they are loaded again.
void QZapCurveDomainPrivate::applyFields()
{
    if (location.isEmpty() && !store.isSet())
        return;
    const auto content = begin();
    replaceContent(content, sourceProblems(), Error::Configuration);
}

QList<QZapDomainPrivate::Problem> QZapCurveDomainPrivate::sourceProblems() const
{
    if (!location.isEmpty() && store.isSet()) {
        return {QStringLiteral("both a location and a credentials store are set, so nobody gets "
                               "in: unset one of them")};
    }
    return store.isSet() ? store.problems() : QList<Problem>();
}

std::shared_ptr<const QZapDomainPrivate::DomainPolicy> QZapCurveDomainPrivate::begin()
{
    const auto threads = WorkerPool::shared(WorkerPool::Purpose::Loading); // for the next loader
    stopLoading();
    m_warnings.clear();
    if (store.isSet()) {
        setNote({});
        return beginStore();
    }
    auto content = unconfigured();
    if (location == QZap::CurveAllowAny) {
        content->acceptsAll = true;
        content->state = DomainPolicy::State::Ready;
    } else if (!location.isEmpty()) {
        content->state = DomainPolicy::State::Loading;
        const auto feed = makeFeed();
        content->feed = feed;
        startLoader(feed);
    }
    if (!m_loader)
        setNote({});
    return content;
}

// Without keys if there is also a location, or if the store was destroyed: gives temporary answers.
std::shared_ptr<const QZapDomainPrivate::DomainPolicy> QZapCurveDomainPrivate::beginStore()
{
    Q_Q(QZapCurveDomain);
    auto content = std::make_shared<DomainPolicy>();
    if (!location.isEmpty() || !store.store())
        return content;
    const auto feed = makeFeed();
    content->feed = feed;
    store.start(
        StoreCore::Kind::Keys, {userIdField, publishedFields}, feed, [this] { storeChanged(); }, q);
    const auto current = upToDate(content);
    m_wasStoreReady = isInForce(*current);
    return current;
}

void QZapCurveDomainPrivate::storeChanged()
{
    const auto content = fedContent();
    const bool wasReady = std::exchange(m_wasStoreReady, isInForce(*content));
    setContent(content, sourceProblems(), Error::File, wasReady);
}

// Called in the watching thread.
auto QZapCurveDomainPrivate::sourceOf(const QString &path, const QStringList &nameFilters,
                                      const KeyFields &fields) -> KeyLoader::Source
{
    const bool isDirectory = QFileInfo(path).isDir();
    KeyLoader::Read read;
    if (isDirectory) {
        read = [directory = std::make_shared<KeyDirectory>(path, nameFilters, fields)](
                   const FileChange &change) {
            if (change.isSweep)
                return directory->sweep(change.open);
            return change.everything ? directory->load(change.open)
                                     : directory->update(change.names, change.open);
        };
    } else {
        read = [list = std::make_shared<KeyList>(path, fields)](const FileChange &change) {
            return list->load(!change.open.isEmpty());
        };
    }
    auto readAndLook = [read = std::move(read), path, isDirectory](const FileChange &change) {
        KeyLoad load = read(change);
        if (load.fileError != FileError::None) {
            const QFileInfo now(path); // may take long, so it is not called on an event loop
            load.isOfOtherKind = now.exists() && now.isDir() != isDirectory;
        }
        return load;
    };
    return {isDirectory ? PathKind::Directory : PathKind::File, std::move(readAndLook)};
}

void QZapCurveDomainPrivate::startLoader(const std::shared_ptr<StoreFeed> &feed)
{
    Q_Q(QZapCurveDomain);
    const KeyFields fields{userIdField, publishedFields};
    const auto findSource = [path = m_path, filters = nameFilters, fields] {
        return sourceOf(path, filters, fields);
    };
    m_loader = new KeyLoader(m_path, findSource,
                             {[feed](const KeyLoad &load) { publish(load, feed.get()); },
                              [this](const KeyLoad &load) { loaded(load); },
                              [this](const QString &problem) { report({problem}, Error::File); }},
                             q);
}

// Called in the thread that loads. After a load without keys, the previous ones remain in force,
// and waiting peers continue to wait for a file that is being written to.
void QZapCurveDomainPrivate::publish(const KeyLoad &load, StoreFeed *feed)
{
    auto content = std::make_shared<DomainPolicy>();
    if (load.keys) {
        content->state = DomainPolicy::State::Ready;
        content->keys = load.keys;
        content->isSettling = load.isSettling;
        content->isLost = load.isLost();
    } else {
        const auto before = feed->content();
        if (load.changedMeanwhile || (before && before->state == DomainPolicy::State::Ready))
            return;
    }
    feed->put(std::move(content));
}

void QZapCurveDomainPrivate::loaded(const KeyLoad &load)
{
    if (load.isOfOtherKind)
        return restart();
    warnOnce("QZapCurveDomain", load.warnings, &m_warnings);
    if (load.fileError == FileError::None)
        setNote(load.passedOver.text(m_path), load.passedOver.digest);
    setContent(fedContent(), load.errors, Error::File);
}

/*!
    Constructs a domain named \c * with \a parent, which gives temporary answers until its
    \l location is set.
*/
QZapCurveDomain::QZapCurveDomain(QObject *parent)
    : QZapDomain(std::make_unique<QZapCurveDomainPrivate>(), parent)
{ }

/*!
    Destroys the domain.
*/
QZapCurveDomain::~QZapCurveDomain() = default;

QString QZapCurveDomain::location() const
{
    Q_D(const QZapCurveDomain);
    return d->location;
}

void QZapCurveDomain::setLocation(const QString &location)
{
    Q_D(QZapCurveDomain);
    if (d->location != location || !d->isAt(location))
        d->apply(location);
}

QStringList QZapCurveDomain::nameFilters() const
{
    Q_D(const QZapCurveDomain);
    return d->nameFilters;
}

void QZapCurveDomain::setNameFilters(const QStringList &filters)
{
    Q_D(QZapCurveDomain);
    if (d->nameFilters == filters)
        return;
    d->nameFilters = filters;
    const QPointer<QZapCurveDomain> guard(this);
    if (!d->location.isEmpty())
        d->restart();
    if (guard)
        Q_EMIT nameFiltersChanged();
}

QString QZapCurveDomain::userIdField() const
{
    Q_D(const QZapCurveDomain);
    return d->userIdField;
}

/*!
    \property QZapCurveDomain::store
    \brief the credentials store that the keys come from

    Default: \nullptr. A store is used instead of a \l location. If both are set, the domain gives
    temporary answers, and QZapAuthenticator::errorOccurred() reports a ConfigurationError, until
    one of them is unset. The domain does not own the store, which any number of domains can share,
    even of authenticators in other threads. Once the store is destroyed, the property is \nullptr,
    and peers get temporary answers until it is set again, even if to \nullptr; live sessions
    remain.

    While the first update is under way, peers wait. Setting another store takes effect at once.
*/

QZapCredentialsStore *QZapCurveDomain::store() const
{
    Q_D(const QZapCurveDomain);
    return d->store.store();
}

void QZapCurveDomain::setStore(QZapCredentialsStore *store)
{
    Q_D(QZapCurveDomain);
    if (!d->store.set(store, this))
        return;
    const QPointer<QZapCurveDomain> guard(this);
    d->restart();
    if (guard)
        Q_EMIT storeChanged();
}

void QZapCurveDomain::setUserIdField(const QString &field)
{
    Q_D(QZapCurveDomain);
    const auto change = [d, &field] {
        d->userIdField = field;
        d->applyFields();
    };
    if (d->setClosing(QZapDomainPrivate::Closing::UserIdField, fieldNamesProblem({field, {}}),
                      field != d->userIdField, change)) {
        Q_EMIT userIdFieldChanged();
    }
}
