// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_REPORT_H
#define QZAP_REPORTING_REPORT_H

#include "protocol/metadata.h"
#include "protocol/qzapreply_p.h"

#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// An answer, on its way to the signals and the log.
struct Report
{
    QZapRequest request;
    Status status = Status::AuthenticationFailure;
    QByteArray reason;
    QString userId;                // proved or claimed
    QByteArray metadata;           // as sent for an accepted peer
    bool newFallback = false;      // the first of its domain to fall back to "*"
    bool newUnknownDomain = false; // the first of a domain that is not configured
    bool logged = false;
    bool isEnforced = true;   // otherwise, the refused peer was let in
    bool isWithdrawn = false; // the reply reached nobody

    // Replaces the user id, in the same memory if nobody shares it.
    void setUserId(QByteArrayView utf8);
    // Releases everything but memory that the next report can use.
    void recycle();

    QZapReply reply() const { return makeReply(status, reason, userId, metadata, isEnforced); }

    static QZapReply makeReply(Status status, const QByteArray &reason, const QString &userId,
                               const QByteArray &metadata, bool isEnforced)
    {
        if (!isEnforced)
            return QZapReplyPrivate::unenforced(QString::fromUtf8(reason));
        switch (status) {
        case Status::Success:
            return QZapReply::accept(userId, decodeMetadata(metadata));
        case Status::TemporaryError:
            return QZapReply::retryLater(QString::fromUtf8(reason));
        case Status::InternalError:
            return QZapReply::internalError(QString::fromUtf8(reason));
        case Status::AuthenticationFailure:
            break;
        }
        return QZapReply::reject(QString::fromUtf8(reason));
    }
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_REPORT_H
