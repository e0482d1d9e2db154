// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapnulldomain.h>

#include "authenticator/domains/qzapdomain_p.h"

class QZapNullDomainPrivate : public QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapNullDomain)

public:
    QZapNullDomainPrivate()
        : QZapDomainPrivate(QZap::Mechanism::Null)
    { }

    void apply()
    {
        auto content = std::make_shared<DomainPolicy>();
        content->state = DomainPolicy::State::Ready;
        content->acceptsAll = accepted;
        setContent(content, {}, Error::Configuration);
    }

    bool accepted = false;
};

/*!
    \class QZapNullDomain
    \inmodule QZap
    \inheaderfile QZap/QZapNullDomain
    \brief The QZapNullDomain class sets whether peers without credentials are accepted in a domain.

    Peers of the NULL mechanism have no credentials: only the authenticator's address lists
    distinguish them. The user id of accepted peers is \c anonymous.

    \sa QZapAuthenticator::configureNull(), QZap::secureNull,
        {Security and limitations}
*/

/*!
    \property QZapNullDomain::accepted
    \brief whether peers are accepted

    Default: \c false. Peers are then refused for good.
*/

/*!
    Constructs a domain named \c * with \a parent, which lets nobody in.
*/
QZapNullDomain::QZapNullDomain(QObject *parent)
    : QZapDomain(std::make_unique<QZapNullDomainPrivate>(), parent)
{
    Q_D(QZapNullDomain);
    d->apply();
}

/*!
    Destroys the domain.
*/
QZapNullDomain::~QZapNullDomain() = default;

bool QZapNullDomain::isAccepted() const
{
    Q_D(const QZapNullDomain);
    return d->accepted;
}

void QZapNullDomain::setAccepted(bool accepted)
{
    Q_D(QZapNullDomain);
    if (d->accepted == accepted)
        return;
    d->accepted = accepted;
    d->apply();
    Q_EMIT acceptedChanged();
}
