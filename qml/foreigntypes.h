// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_QML_FOREIGNTYPES_H
#define QZAP_QML_FOREIGNTYPES_H

#include <QZap/qzap.h>
#include <QZap/qzapactivitymodel.h>
#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapconnectionmodel.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapdecision.h>
#include <QZap/qzapdomain.h>
#include <QZap/qzapguard.h>
#include <QZap/qzaplockout.h>
#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>
#include <QZap/qzapsession.h>

#include <QtQml/qqml.h>

// The types of the C++ library that QML uses directly. A type that is only the base of a type in
// this module is anonymous.

namespace ZapNamespace {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(QZap)
QML_NAMED_ELEMENT(QZap)
} // namespace ZapNamespace

// For qmllint, which does not know the types of counters and session numbers before Qt 6.5.
struct ZapCounterType
{
    Q_GADGET
    QML_FOREIGN(qlonglong)
    QML_ANONYMOUS
};

struct ZapNumberType
{
    Q_GADGET
    QML_FOREIGN(qulonglong)
    QML_ANONYMOUS
};

struct ZapDomainType
{
    Q_GADGET
    QML_FOREIGN(QZapDomain)
    QML_NAMED_ELEMENT(ZapDomain)
    QML_UNCREATABLE("ZapDomain is the base type of ZapCurveDomain and the other domains.")
};

struct ZapAuthenticatorBase
{
    Q_GADGET
    QML_FOREIGN(QZapAuthenticator)
    QML_ANONYMOUS
};

struct ZapCredentialsProviderBase
{
    Q_GADGET
    QML_FOREIGN(QZapCredentialsProvider)
    QML_ANONYMOUS
};

struct ZapCredentialsStoreBase
{
    Q_GADGET
    QML_FOREIGN(QZapCredentialsStore)
    QML_ANONYMOUS
};

struct ZapLockoutType
{
    Q_GADGET
    QML_FOREIGN(QZapLockout)
    QML_NAMED_ELEMENT(ZapLockout)
    QML_UNCREATABLE("A ZapLockout is the property lockout of a ZapAuthenticator.")
};

struct ZapGuardBase
{
    Q_GADGET
    QML_FOREIGN(QZapGuard)
    QML_ANONYMOUS
};

struct ZapActivityModelType
{
    Q_GADGET
    QML_FOREIGN(QZapActivityModel)
    QML_NAMED_ELEMENT(ZapActivityModel)
};

struct ZapConnectionModelType
{
    Q_GADGET
    QML_FOREIGN(QZapConnectionModel)
    QML_NAMED_ELEMENT(ZapConnectionModel)
};

struct ZapRequestType
{
    Q_GADGET
    QML_FOREIGN(QZapRequest)
    QML_VALUE_TYPE(zapRequest)
};

struct ZapReplyType
{
    Q_GADGET
    QML_FOREIGN(QZapReply)
    QML_VALUE_TYPE(zapReply)
};

struct ZapSessionType
{
    Q_GADGET
    QML_FOREIGN(QZapSession)
    QML_VALUE_TYPE(zapSession)
};

struct ZapDecisionType
{
    Q_GADGET
    QML_FOREIGN(QZapDecision)
    QML_VALUE_TYPE(zapDecision)
};

struct ZapCertificateType
{
    Q_GADGET
    QML_FOREIGN(QZapCertificate)
    QML_VALUE_TYPE(zapCertificate)
};

#endif // QZAP_QML_FOREIGNTYPES_H
