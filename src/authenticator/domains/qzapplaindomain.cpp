// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapplaindomain.h>

#include "authenticator/domains/qzapplaindomain_p.h"
#include "base/secret.h"
#include "base/text.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qpointer.h>
#include <QtCore/qscopeguard.h>

#include <utility>

using namespace QZap::Internal;

namespace {

std::shared_ptr<DomainPolicy> contentOf(DomainPolicy::State state,
                                        std::shared_ptr<const PasswordStore> passwords = {})
{
    auto content = std::make_shared<DomainPolicy>();
    content->state = state;
    content->passwords = std::move(passwords);
    return content;
}

} // namespace

/*!
    \class QZapPlainDomain
    \inmodule QZap
    \inheaderfile QZap/QZapPlainDomain
    \brief The QZapPlainDomain class holds the users and passwords of a domain.

    The users come from a map that the program sets, from a password file, or from a
    QZapCredentialsStore. Setting a map or a file replaces the other at once. The user id of an
    accepted peer is its user name.

    Passwords are bytes and are compared in constant time. They cannot be read back.

    User names are 1 to 255 bytes in UTF-8 without control characters. \c anonymous, and names that
    are CURVE keys in Z85, are refused: they would look like the user ids of peers of another
    mechanism.

    \note PLAIN sends passwords in clear text over the network.

    \sa QZapAuthenticator::configurePlain(), QZapAuthenticator::configurePlainFile(),
        QZap::securePlain, {Security and limitations}
*/

/*!
    \property QZapPlainDomain::passwordFile
    \brief the file that users and passwords are read from, a path or \c file: URL

    Default: empty. Setting it replaces \l passwords. A relative path is resolved against the
    current directory when it is set; in QML, use \c{Qt.resolvedUrl()} for a path relative to the
    document. The file is read in another thread when it is set, while peers wait, and again
    whenever it has changed, whether or not the event loop runs (see \l{File Formats}). It contains
    one \c{name=password} per line in UTF-8, and comments, which start with \c # at the beginning of
    a line. An invalid line is reported with file and line in \l errorString and by
    QZapAuthenticator::errorOccurred(), and the other lines remain in force. If the file cannot be
    read, the domain is not \l ready.
*/

/*!
    \property QZapPlainDomain::users
    \brief the sorted names of the users

    After the password file has changed, the property is updated by the event loop. The names are
    created when the property is first read; from then on, they are created in the thread that reads
    the file. Those of a \l store are created whenever the property is first read after a change.
*/

/*!
    \property QZapPlainDomain::passwords
    \brief the passwords by user name; write-only, reads as an empty map

    Setting it replaces \l passwordFile. A value is a string, which the peer must send in UTF-8, or
    a QByteArray, of 1 to 255 bytes. Values are taken literally: unlike in a password file, \c{*}
    and text in the format of a hash are passwords. A map with an invalid name or value is refused
    as a whole, and the previous users remain in force. With an empty map, the domain refuses
    everyone.
*/

Result<std::shared_ptr<const PasswordStore>>
QZapPlainDomainPrivate::storeOf(const QVariantMap &passwords)
{
    auto store = std::make_shared<PasswordStore>();
    for (auto it = passwords.begin(); it != passwords.end(); ++it) {
        const QByteArray user = it.key().toUtf8();
        Problem problem = PasswordStore::userNameProblem(user);
        if (!problem && !it.key().isValidUtf16())
            problem = QStringLiteral("the user name is not valid text");
        const bool bytes = it.value().metaType() == QMetaType::fromType<QByteArray>();
        const bool text = it.value().metaType() == QMetaType::fromType<QString>();
        QByteArray password = bytes ? it.value().toByteArray() : it.value().toString().toUtf8();
        const auto wiping = qScopeGuard([&password] { wipe(password); });
        if (!problem && !bytes && !text)
            problem = QStringLiteral("the password is neither a string nor a byte array");
        if (!problem && (password.isEmpty() || password.size() > MaximumTextSize))
            problem = QStringLiteral("the password is empty or longer than 255 bytes");
        if (problem)
            return problem.within(QStringLiteral("user %1: ").arg(quoted(it.key())));
        store->insert(user, password);
    }
    return std::shared_ptr<const PasswordStore>(std::move(store));
}

/*!
    \property QZapPlainDomain::maximumHashMemory
    \brief the memory in MiB that checking one hashed password of the file may take

    Default: 64. Valid values are 1 to 1024; others are refused. A line whose hash takes more is
    reported and ignored, since it could exhaust the server. The number of hashes that are computed
    at a time is at most the number of processors less one. Setting it reads the file again, while
    peers wait.

    \sa QZapPasswordFile::setHashMemory()
*/

Problem QZapPlainDomainPrivate::fileProblem(const QString &file)
{
    if (file.isEmpty())
        return QStringLiteral("the password file's name is empty");
    const QString path = absolutePath(file);
    if (!QFileInfo::exists(path))
        return QStringLiteral("the password file %1 does not exist").arg(quoted(path));
    return {};
}

void QZapPlainDomainPrivate::applyPasswords(std::shared_ptr<const PasswordStore> passwords)
{
    stopLoading();
    m_path.clear();
    m_passwords = passwords;
    if (store.isSet())
        applyStore({});
    else
        apply({}, contentOf(DomainPolicy::State::Ready, passwords), {passwords, nullptr}, {});
}

void QZapPlainDomainPrivate::applySources()
{
    if (m_passwords)
        applyPasswords(m_passwords);
    else
        startFile(passwordFile);
}

void QZapPlainDomainPrivate::applyFile(const QString &file)
{
    const QString path = absolutePath(file);
    if (m_loader && file == passwordFile && path == m_path) {
        m_loader->reload();
        return;
    }
    m_path = path;
    startFile(file);
}

void QZapPlainDomainPrivate::stopLoading()
{
    delete m_loader;
    store.stop();
    m_hashing.reset();
}

void QZapPlainDomainPrivate::startFile(const QString &file)
{
    Q_Q(QZapPlainDomain);
    const auto threads = WorkerPool::shared(WorkerPool::Purpose::Loading); // for the next loader
    delete m_loader;
    store.stop();
    m_warnings.clear();
    m_passwords.reset();
    if (store.isSet()) {
        applyStore(file);
        return;
    }
    if (file.isEmpty()) {
        m_hashing.reset();
        apply(file, contentOf(DomainPolicy::State::Unconfigured), {}, {});
        return;
    }
    const auto fail = [this](const QString &problem) { report({problem}, Error::File); };
    startHashing();
    const QString path = m_path;
    const auto feed = makeFeed();
    m_loader = new PasswordLoader(
        path, PathKind::File,
        [passwords = std::make_shared<PasswordFile>(path, maximumHashMemory * Mebibyte),
         wantsNames = m_wantsNames](const FileChange &change) {
            return passwords->load(!change.open.isEmpty(), *wantsNames);
        },
        {[feed](const PasswordLoad &load) { publish(load, feed.get()); },
         [this](const PasswordLoad &load) { loaded(load); }, fail},
        q);
    auto content = contentOf(DomainPolicy::State::Loading);
    content->feed = feed;
    apply(file, std::move(content), {}, {});
}

void QZapPlainDomainPrivate::startHashing()
{
    Q_Q(QZapPlainDomain);
    if (m_hashing)
        return;
    m_hashing = std::make_unique<PoolKeeper>(
        WorkerPool::shared(WorkerPool::Purpose::Hashing),
        [this](const QString &problem) {
            report({Problem(QStringLiteral("Hashed passwords cannot be checked: ") + problem)},
                   Error::File);
        },
        q);
}

QList<QZapDomainPrivate::Problem> QZapPlainDomainPrivate::sourceProblems() const
{
    if (hasOwnUsers() && store.isSet()) {
        return {QStringLiteral("a credentials store is set besides passwords or a password file, "
                               "so nobody gets in: unset one of them")};
    }
    return store.isSet() ? store.problems() : QList<Problem>();
}

void QZapPlainDomainPrivate::applyStore(const QString &file)
{
    Q_Q(QZapPlainDomain);
    const QPointer<QZapPlainDomain> guard(q);
    const bool wasReady = isReady();
    const bool fileChanged = std::exchange(passwordFile, file) != file;
    const auto content = beginStore();
    apply(file, content, {content->passwords, nullptr}, sourceProblems(), Error::Configuration,
          wasReady);
    if (guard && fileChanged)
        Q_EMIT q->passwordFileChanged();
}

// Without users if there are also others, or if the store was destroyed: gives temporary answers.
std::shared_ptr<const QZapDomainPrivate::DomainPolicy> QZapPlainDomainPrivate::beginStore()
{
    Q_Q(QZapPlainDomain);
    auto content = contentOf(DomainPolicy::State::Unavailable);
    if (hasOwnUsers() || !store.store())
        return content;
    startHashing();
    const auto feed = makeFeed();
    content->feed = feed;
    store.start(
        StoreCore::Kind::Users, {{}, publishedFields}, feed, [this] { storeChanged(); }, q);
    const auto current = upToDate(content);
    m_wasStoreReady = isInForce(*current);
    return current;
}

void QZapPlainDomainPrivate::storeChanged()
{
    const auto content = fedContent();
    const bool wasReady = std::exchange(m_wasStoreReady, isInForce(*content));
    apply(passwordFile, content, {content->passwords, nullptr}, sourceProblems(), Error::File,
          wasReady);
}

// The store has the published fields of each user.
void QZapPlainDomainPrivate::applyFields()
{
    if (!store.isSet())
        return QZapDomainPrivate::applyFields();
    const auto content = beginStore(); // first: the problems are those of the new link
    replaceContent(content, sourceProblems(), Error::Configuration);
}

// Called in the thread that loads. If the file cannot be read, the previous users remain in force.
// An incomplete file does not take effect.
void QZapPlainDomainPrivate::publish(const PasswordLoad &load, StoreFeed *feed)
{
    const auto before = feed->content();
    const bool wasReady = before && before->state == DomainPolicy::State::Ready;
    if (!load.passwords
        && (load.changedMeanwhile || (wasReady && load.fileError == FileError::Unreadable)))
        return;
    auto content =
        contentOf(load.passwords ? DomainPolicy::State::Ready : DomainPolicy::State::Unavailable,
                  load.passwords);
    content->isSettling = load.isSettling;
    content->isLost = load.isLost();
    feed->put(std::move(content));
}

void QZapPlainDomainPrivate::loaded(const PasswordLoad &load)
{
    if (load.changedMeanwhile && !load.passwords)
        return; // it is loaded again
    warnOnce("QZapPlainDomain", load.warnings, &m_warnings);
    const auto content = fedContent();
    const bool isKept = !load.passwords && content->state == DomainPolicy::State::Ready;
    apply(passwordFile, content, isKept ? m_users : Users{load.passwords, load.users}, load.errors);
}

bool QZapPlainDomainPrivate::Users::areSameAs(const Users &other) const
{
    if (store && other.store)
        return store->hasSameUsersAs(*other.store);
    return (!store || store->size() == 0) && (!other.store || other.store->size() == 0);
}

const QStringList &QZapPlainDomainPrivate::users() const
{
    *m_wantsNames = true;
    if (!m_users.names) {
        auto names = std::make_shared<const QStringList>(m_users.store ? m_users.store->users()
                                                                       : QStringList());
        m_users.names = m_loader || store.isSet() ? WorkerPool::releasedOnPool(std::move(names))
                                                  : std::move(names);
    }
    return *m_users.names;
}

void QZapPlainDomainPrivate::apply(const QString &file,
                                   const std::shared_ptr<const DomainPolicy> &content, Users users,
                                   const QList<Problem> &problems, Error kind, bool wasReady)
{
    Q_Q(QZapPlainDomain);
    const QPointer<QZapPlainDomain> guard(q);
    const bool fileChanged = passwordFile != file;
    passwordFile = file;
    const bool usersChanged = !users.areSameAs(m_users);
    if (!usersChanged && m_users.names)
        users.names = m_users.names;
    std::swap(m_users, users);
    setContent(content, problems, kind, wasReady);
    if (guard && fileChanged)
        Q_EMIT q->passwordFileChanged();
    if (guard && usersChanged)
        Q_EMIT q->usersChanged();
}

/*!
    Constructs a domain named \c * with \a parent, which gives temporary answers until \l passwords
    or a \l passwordFile are set.
*/
QZapPlainDomain::QZapPlainDomain(QObject *parent)
    : QZapDomain(std::make_unique<QZapPlainDomainPrivate>(), parent)
{ }

/*!
    Destroys the domain.
*/
QZapPlainDomain::~QZapPlainDomain() = default;

QString QZapPlainDomain::passwordFile() const
{
    Q_D(const QZapPlainDomain);
    return d->passwordFile;
}

void QZapPlainDomain::setPasswordFile(const QString &file)
{
    Q_D(QZapPlainDomain);
    if (d->passwordFile != file || !d->isAt(file) || (file.isEmpty() && d->hasExtraPasswords()))
        d->applyFile(file);
}

QStringList QZapPlainDomain::users() const
{
    Q_D(const QZapPlainDomain);
    return d->users();
}

QVariantMap QZapPlainDomain::passwords() const
{
    return {};
}

/*!
    \property QZapPlainDomain::store
    \brief the credentials store that the users come from

    Default: \nullptr. A store is used instead of \l passwords or a \l passwordFile. If it is set in
    addition to one of them, the domain gives temporary answers, and
    QZapAuthenticator::errorOccurred() reports a ConfigurationError, until the store is unset, or
    \l passwordFile is set to an empty text, which also drops \l passwords. The domain does not own
    the store, which any number of domains can share, even of authenticators in other threads. Once
    the store is destroyed, the property is \nullptr, and peers get temporary answers until it is
    set again, even if to \nullptr; live sessions remain.

    Passwords are compared with hashes, like those in a password file. An expired user is refused if
    the password is correct, and like any wrong password otherwise.

    \sa QZapCredentialsUpdate::upsertUser()
*/

QZapCredentialsStore *QZapPlainDomain::store() const
{
    Q_D(const QZapPlainDomain);
    return d->store.store();
}

void QZapPlainDomain::setStore(QZapCredentialsStore *store)
{
    Q_D(QZapPlainDomain);
    if (!d->store.set(store, this))
        return;
    const QPointer<QZapPlainDomain> guard(this);
    d->applySources();
    if (guard)
        Q_EMIT storeChanged();
}

int QZapPlainDomain::maximumHashMemory() const
{
    Q_D(const QZapPlainDomain);
    return d->maximumHashMemory;
}

void QZapPlainDomain::setMaximumHashMemory(int mebibytes)
{
    Q_D(QZapPlainDomain);
    if (mebibytes < 1 || mebibytes > QZapPlainDomainPrivate::LargestHashMebibytes) {
        d->refuse(QStringLiteral("maximumHashMemory: %1 MiB is not in the range 1 to %2")
                      .arg(mebibytes)
                      .arg(QZapPlainDomainPrivate::LargestHashMebibytes));
        return;
    }
    if (d->maximumHashMemory == mebibytes)
        return;
    d->maximumHashMemory = mebibytes;
    const QPointer<QZapPlainDomain> guard(this);
    if (!d->passwordFile.isEmpty())
        d->startFile(d->passwordFile);
    if (guard)
        Q_EMIT maximumHashMemoryChanged();
}

void QZapPlainDomain::setPasswords(const QVariantMap &passwords)
{
    Q_D(QZapPlainDomain);
    if (auto store = QZapPlainDomainPrivate::storeOf(passwords))
        d->applyPasswords(*std::move(store));
    else
        d->refuse(store.problem());
}
