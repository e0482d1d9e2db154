// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPREPLY_P_H
#define QZAPREPLY_P_H

#include <QZap/qzapreply.h>

#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

class QZapReplyPrivate : public QSharedData
{
public:
    // Returns a rejection that is only reported: the peer is let in.
    static QZapReply unenforced(const QString &reason);

    QZap::Status status = QZap::Status::AuthenticationFailure;
    QString statusText;
    QString userId;
    QVariantMap metadata;
    bool isEnforced = true;
};

#endif // QZAPREPLY_P_H
