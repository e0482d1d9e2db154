// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTREQUEST_P_H
#define QZAPTESTREQUEST_P_H

#include <QZap/qzapcredentials.h>
#include <QZap/qzaptestrequest.h>

#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>

#include <memory>

class QZapTestClientPrivate;

class QZapTestRequestPrivate : public QSharedData
{
public:
    static const QZapTestRequestPrivate *get(const QZapTestRequest &request)
    {
        return request.d.constData();
    }
    static QZapTestRequest create(const QZapTestRequestPrivate &data);

    std::weak_ptr<QZapTestClientPrivate> client; // the client that made the request
    QZapCredentials credentials;
    QString problem; // why no peer has such credentials
    QString address;
    QString domain;
    bool isUnconfigured = false; // nothing is configured for this domain, on purpose
};

#endif // QZAPTESTREQUEST_P_H
