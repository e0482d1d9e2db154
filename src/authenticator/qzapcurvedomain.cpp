// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcurvedomain.h>

#include "authenticator/qzapcurvedomain_p.h"
#include "credentials/keydirectory.h"
#include "credentials/keylistfile.h"
#include "protocol/text.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qpointer.h>

using namespace QZap::Internal;

/*!
    \class QZapCurveDomain
    \inmodule QZap
    \inheaderfile QZap/QZapCurveDomain
    \brief The QZapCurveDomain class holds the CURVE keys that get into a domain.

    The keys come from a directory of certificates or from a key list. A peer that is let in has as
    user id what the key list names, else what QZapAuthenticator::curveUserId() says: by default the
    key's Z85 text.

    \sa QZapAuthenticator::configureCurve(), QZap::secureCurve, QZapCertificate,
        {Security and limitations}, {File Formats}
*/

/*!
    \property QZapCurveDomain::location
    \brief the place of the keys: a path, a \c file: URL, or \l QZap::CurveAllowAny

    Default: empty, and not \l ready.

    \list
    \li A \e directory: each regular file in it whose name ends in \c .key, and each other one that
        is a certificate, narrowed by \l nameFilters. Backup copies, hidden files and secret
        certificates are not read.
    \li A \e{key list}: a file with one key in a line, as 40 characters of Z85, followed by a
        user id if there is one.
    \li \c *: every key is accepted. Peers are encrypted, but nobody knows who they are.
    \endlist

    The location is read when it is set, and the set that was in force before ends. What is wrong in
    a file is reported by file and line in \l errorString and by QZapAuthenticator::errorOccurred(),
    and the other keys hold. A location that cannot be read leaves the domain not \l ready.
*/

/*!
    \property QZapCurveDomain::nameFilters
    \brief which files of a directory are read, as wildcards such as \c{*.key}

    Default: empty, which is all. Setting it reads the directory again.
*/

QString QZapCurveDomainPrivate::locationProblem(const QString &location)
{
    if (location.isEmpty())
        return QStringLiteral("the location of keys is empty");
    if (location != QZap::CurveAllowAny && !QFileInfo::exists(localPath(location)))
        return QStringLiteral("%1 does not exist").arg(quoted(localPath(location)));
    return {};
}

void QZapCurveDomainPrivate::apply(const QString &newLocation)
{
    Q_Q(QZapCurveDomain);
    const QPointer<QZapCurveDomain> guard(q);
    const bool changed = std::exchange(location, newLocation) != newLocation;
    load(!changed);
    if (guard && changed)
        Q_EMIT q->locationChanged();
}

void QZapCurveDomainPrivate::load(bool keepOnFailure)
{
    auto content = std::make_shared<DomainPolicy>();
    if (location.isEmpty() || location == QZap::CurveAllowAny) {
        content->acceptsAll = !location.isEmpty();
        content->state =
            content->acceptsAll ? DomainPolicy::State::Ready : DomainPolicy::State::Unavailable;
        setContent(std::move(content), {}, Error::ConfigurationError);
        return;
    }
    const QString path = localPath(location);
    const KeyLoad load =
        QFileInfo(path).isDir() ? loadKeyDirectory(path, nameFilters) : loadKeyList(path);
    for (const QString &warning : load.warnings)
        qWarning("QZapCurveDomain: %ls", qUtf16Printable(warning));
    if (load.keys) {
        content->state = DomainPolicy::State::Ready;
        content->keys = load.keys;
    } else if (keepOnFailure) {
        setContent(currentContent(), load.errors, Error::FileError);
        return;
    }
    setContent(std::move(content), load.errors, Error::FileError);
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
    if (d->location != location)
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
        d->load(false);
    if (guard)
        Q_EMIT nameFiltersChanged();
}
