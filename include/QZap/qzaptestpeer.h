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
    explicit QZapTestPeer(QAnyStringView endpoint);
    QZapTestPeer(QAnyStringView endpoint, QAnyStringView user, QByteArrayView password);
    QZapTestPeer(QAnyStringView endpoint, const QZapCertificate &certificate,
                 QAnyStringView serverKey);
    ~QZapTestPeer();

    bool isAccepted() const;
    std::optional<QZap::Status> refusal() const;
    QString errorString() const;
    void *socket() const;

private:
    std::unique_ptr<QZapTestPeerPrivate> d;
};

#endif // QZAPTESTPEER_H
