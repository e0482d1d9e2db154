// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapgssapidomain.h>

#include "authenticator/domains/qzapgssapidomain_p.h"
#include "base/text.h"

using namespace QZap::Internal;

/*!
    \class QZapGssapiDomain
    \inmodule QZap
    \inheaderfile QZap/QZapGssapiDomain
    \brief The QZapGssapiDomain class holds the Kerberos principals that are accepted in a domain.

    The user id of an accepted peer is its principal.

    \warning libzmq lets GSSAPI peers with a valid ticket in if no authenticator is running,
    regardless of the options of the socket: see \l{QZap::secureGssapi}{QZap::secureGssapi()}.

    \sa QZapAuthenticator::configureGssapi(), {Security and limitations}
*/

/*!
    \property QZapGssapiDomain::principals
    \brief the principals that are let in, such as \c{alice@EXAMPLE.ORG}

    Default: empty, and not \l ready: setting the property makes the domain ready. An empty list
    that has been set lets in every peer with a valid ticket. A list is refused if an entry is
    empty, is longer than 255 bytes, is not valid text, or contains control characters or a byte
    order mark, and the previous list remains in force.
*/

Problem QZapGssapiDomainPrivate::principalsProblem(const QStringList &principals)
{
    for (const QString &principal : principals) {
        const QByteArray utf8 = principal.toUtf8();
        if (utf8.isEmpty() || utf8.size() > MaximumTextSize || !principal.isValidUtf16()
            || !isCleanText(utf8)) {
            return QStringLiteral("the principal %1 is empty, is longer than 255 bytes, is not "
                                  "valid text, or contains control characters or a byte order mark")
                .arg(quoted(principal));
        }
    }
    return {};
}

void QZapGssapiDomainPrivate::apply(const QStringList &newPrincipals)
{
    auto content = std::make_shared<DomainPolicy>();
    content->state = DomainPolicy::State::Ready;
    content->acceptsAll = newPrincipals.isEmpty();
    for (const QString &principal : newPrincipals)
        content->principals.insert(principal.toUtf8());
    const bool changed = principals != newPrincipals;
    principals = newPrincipals;
    Q_Q(QZapGssapiDomain);
    const QPointer<QZapGssapiDomain> guard(q);
    setContent(content, {}, Error::Configuration);
    if (guard && changed)
        Q_EMIT q->principalsChanged();
}

/*!
    Constructs a domain named \c * with \a parent, which gives temporary answers until its
    \l principals are set.
*/
QZapGssapiDomain::QZapGssapiDomain(QObject *parent)
    : QZapDomain(std::make_unique<QZapGssapiDomainPrivate>(), parent)
{ }

/*!
    Destroys the domain.
*/
QZapGssapiDomain::~QZapGssapiDomain() = default;

QStringList QZapGssapiDomain::principals() const
{
    Q_D(const QZapGssapiDomain);
    return d->principals;
}

void QZapGssapiDomain::setPrincipals(const QStringList &principals)
{
    Q_D(QZapGssapiDomain);
    if (const Problem problem = QZapGssapiDomainPrivate::principalsProblem(principals))
        d->refuse(problem);
    else
        d->apply(principals);
}
