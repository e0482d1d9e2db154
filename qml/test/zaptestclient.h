// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPTESTCLIENT_H
#define ZAPTESTCLIENT_H

#include "zaptestrequest.h"

#include <QZap/qzap.h>
#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzaptestclient.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>
#include <QtQml/qqml.h>

#include <memory>

class ZapTestClient : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QZapAuthenticator *authenticator READ authenticator WRITE setAuthenticator NOTIFY
                   authenticatorChanged)
    Q_PROPERTY(QString address READ address WRITE setAddress NOTIFY addressChanged)
    Q_PROPERTY(QString domain READ domain WRITE setDomain NOTIFY domainChanged)
    Q_PROPERTY(int timeout READ timeout WRITE setTimeout NOTIFY timeoutChanged)
    Q_PROPERTY(bool answered READ isAnswered NOTIFY asked)
    Q_PROPERTY(bool pending READ isPending NOTIFY asked)
    Q_PROPERTY(QZap::Status status READ status NOTIFY asked)
    Q_PROPERTY(bool enforced READ isEnforced NOTIFY asked)
    Q_PROPERTY(QString reason READ reason NOTIFY asked)
    Q_PROPERTY(QString userId READ userId NOTIFY asked)
    Q_PROPERTY(QVariantMap fields READ fields NOTIFY asked)
    Q_PROPERTY(QString explanation READ explanation NOTIFY asked)
    Q_PROPERTY(QString message READ message NOTIFY asked)
    QML_ELEMENT

public:
    explicit ZapTestClient(QObject *parent = nullptr);
    ~ZapTestClient() override;

    QZapAuthenticator *authenticator() const { return m_authenticator; }
    void setAuthenticator(QZapAuthenticator *authenticator);
    QString address() const { return m_client->address(); }
    void setAddress(const QString &address);
    QString domain() const { return m_client->domain(); }
    void setDomain(const QString &name);
    int timeout() const { return static_cast<int>(m_client->timeout().count()); }
    void setTimeout(int milliseconds);

    bool isAnswered() const { return m_client->isAnswered(); }
    bool isPending() const { return m_client->isPending(); }
    QZap::Status status() const { return m_client->status(); }
    bool isEnforced() const { return m_client->isEnforced(); }
    QString reason() const { return m_client->reason(); }
    QString userId() const { return m_client->userId(); }
    QVariantMap fields() const { return m_client->fields(); }
    Q_INVOKABLE QString field(const QString &name) const { return m_client->field(name); }
    QString explanation() const { return m_client->explanation(); }
    QString message() const { return m_client->message(); }

    Q_INVOKABLE ZapTestRequest null() const;
    Q_INVOKABLE ZapTestRequest plain(const QString &user, const QString &password) const;
    Q_INVOKABLE ZapTestRequest curve(const QString &publicKey) const;
    Q_INVOKABLE ZapTestRequest curve(const QZapCertificate &certificate) const;
    Q_INVOKABLE ZapTestRequest gssapi(const QString &principal) const;

    Q_INVOKABLE bool ask(const ZapTestRequest &request);
    Q_INVOKABLE void verifyAccepted(const ZapTestRequest &request);
    Q_INVOKABLE void verifyRefused(const ZapTestRequest &request);
    Q_INVOKABLE void verifyTemporary(const ZapTestRequest &request);
    Q_INVOKABLE void verifyPending(const ZapTestRequest &request);
    Q_INVOKABLE void compareUser(const ZapTestRequest &request, const QString &userId);
    Q_INVOKABLE void compareStatus(const ZapTestRequest &request, QZap::Status status);

Q_SIGNALS:
    void authenticatorChanged();
    void addressChanged();
    void domainChanged();
    void timeoutChanged();
    void asked();

private:
    // Calls the function with the file and line of the calling JavaScript code. If it returns
    // false, throws a JavaScript exception.
    template <typename Verify>
    void verify(const char *name, const Verify &verify);
    void makeClient(QZapAuthenticator *authenticator);

    QPointer<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestClient> m_client;
};

#endif // ZAPTESTCLIENT_H
