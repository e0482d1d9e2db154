// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTPEER_H
#define QZAPTESTPEER_H

#include <QZap/qzap.h>
#include <QZap/qzapincludeorder.h>
#include <QZap/qzaptestglobal.h>

#include <QtCore/qanystringview.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <memory>
#include <optional>

class QZapCertificate;
class QZapTestPeerPrivate;

class QZAPTEST_EXPORT QZapTestPeer
{
    Q_DISABLE_COPY_MOVE(QZapTestPeer)

public:
    enum class Server { Router, Dealer, Rep, Pull, Push, Pub, XPub, Sub, XSub, Pair };

    explicit QZapTestPeer(QAnyStringView endpoint, Server server = Server::Router);
    QZapTestPeer(QAnyStringView endpoint, QAnyStringView user, QByteArrayView password,
                 Server server = Server::Router);
    QZapTestPeer(QAnyStringView endpoint, const QZapCertificate &certificate,
                 QAnyStringView serverKey, Server server = Server::Router);
    ~QZapTestPeer();

    bool isAccepted() const;
    std::optional<QZap::Status> refusal() const;
    QString errorString() const;
    void *socket() const;

private:
    std::unique_ptr<QZapTestPeerPrivate> d;
};

#endif // QZAPTESTPEER_H
