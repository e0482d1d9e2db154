// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPAUTHENTICATOR_H
#define QZAPAUTHENTICATOR_H

#include <QZap/qzap.h>
#include <QZap/qzapcredentials.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdomain.h>
#include <QZap/qzaplockout.h>
#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>

#include <QtCore/qbytearraylist.h>
#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariantmap.h>

#include <chrono>
#include <initializer_list>
#include <memory>

class QZapAuthenticatorPrivate;

class QZAP_EXPORT QZapAuthenticator : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool running READ isRunning WRITE setRunning NOTIFY runningChanged)
    Q_PROPERTY(
        bool workerThread READ usesWorkerThread WRITE setWorkerThread NOTIFY workerThreadChanged)
    Q_PROPERTY(QStringList allowedAddresses READ allowedAddresses WRITE setAllowedAddresses RESET
                   resetAllowedAddresses NOTIFY allowedAddressesChanged)
    Q_PROPERTY(QStringList deniedAddresses READ deniedAddresses WRITE setDeniedAddresses RESET
                   resetDeniedAddresses NOTIFY deniedAddressesChanged)
    Q_PROPERTY(QList<QZapDomain *> domains READ domains NOTIFY domainsChanged)
    Q_PROPERTY(bool reportOnly READ isReportOnly WRITE setReportOnly NOTIFY reportOnlyChanged)
    Q_PROPERTY(bool lockdown READ isLockdown WRITE setLockdown NOTIFY lockdownChanged)
    Q_PROPERTY(int decisionTimeout READ decisionTimeout WRITE setDecisionTimeout NOTIFY
                   decisionTimeoutChanged)
    Q_PROPERTY(int maximumPendingDecisions READ maximumPendingDecisions WRITE
                   setMaximumPendingDecisions NOTIFY maximumPendingDecisionsChanged)
    Q_PROPERTY(int maximumPendingPerAddress READ maximumPendingPerAddress WRITE
                   setMaximumPendingPerAddress NOTIFY maximumPendingPerAddressChanged)
    Q_PROPERTY(int maximumHeldConnections READ maximumHeldConnections WRITE
                   setMaximumHeldConnections NOTIFY maximumHeldConnectionsChanged)
    Q_PROPERTY(QZapLockout *lockout READ lockout CONSTANT)
    Q_PROPERTY(Encoding encoding READ encoding WRITE setEncoding NOTIFY encodingChanged)
    Q_PROPERTY(QString loggingCategory READ loggingCategory WRITE setLoggingCategory NOTIFY
                   loggingCategoryChanged)
    Q_PROPERTY(qint64 acceptedCount READ acceptedCount NOTIFY acceptedCountChanged)
    Q_PROPERTY(qint64 rejectedCount READ rejectedCount NOTIFY rejectedCountChanged)
    Q_PROPERTY(qint64 unenforcedCount READ unenforcedCount NOTIFY unenforcedCountChanged)
    Q_PROPERTY(qint64 temporaryCount READ temporaryCount NOTIFY temporaryCountChanged)
    Q_PROPERTY(qint64 droppedCount READ droppedCount NOTIFY droppedCountChanged)
    Q_PROPERTY(qint64 unreportedCount READ unreportedCount NOTIFY unreportedCountChanged)
    Q_PROPERTY(qint64 pendingCount READ pendingCount NOTIFY pendingCountChanged)
    Q_PROPERTY(Error error READ error NOTIFY errorChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorChanged)
    Q_DISABLE_COPY_MOVE(QZapAuthenticator)
    Q_DECLARE_PRIVATE(QZapAuthenticator)

public:
    enum class Error {
        NoError,
        AddressInUseError,
        ContextError,
        ConfigurationError,
        FileError,
        ProviderError,
    };
    Q_ENUM(Error)

    enum class Encoding { Utf8, Latin1 };
    Q_ENUM(Encoding)

    explicit QZapAuthenticator(QObject *parent = nullptr);
    template <typename C, QZap::IfHandle<C> = true>
    explicit QZapAuthenticator(C &&context, QObject *parent = nullptr)
        : QZapAuthenticator(parent)
    {
        setContext(static_cast<void *>(context.handle()));
    }
    ~QZapAuthenticator() override;

    void *context() const;
    bool setContext(void *context);
    template <typename C, QZap::IfHandle<C> = true>
    bool setContext(C &&context)
    {
        return setContext(static_cast<void *>(context.handle()));
    }
#ifndef Q_QDOC
    template <typename T, QZap::IfTypedPointer<T> = true>
    bool setContext(T *) = delete;
#endif

    bool isRunning() const;
    bool usesWorkerThread() const;
    void setWorkerThread(bool workerThread);

    QStringList allowedAddresses() const;
    void setAllowedAddresses(const QStringList &addresses);
    QStringList deniedAddresses() const;
    void setDeniedAddresses(const QStringList &addresses);

    QList<QZapDomain *> domains() const;
    Q_INVOKABLE bool addDomain(QZapDomain *domain);
    Q_INVOKABLE QZapDomain *domain(const QString &name, QZap::Mechanism mechanism) const;
    Q_INVOKABLE bool isConfigured(const QString &domain, QZap::Mechanism mechanism) const;
    Q_INVOKABLE bool removeDomain(const QString &name, QZap::Mechanism mechanism);
    Q_INVOKABLE bool takeDomain(QZapDomain *domain);

    Q_INVOKABLE bool setCredentialsProvider(const QString &domain,
                                            QZapCredentialsProvider *provider);

    bool isReportOnly() const;
    bool isLockdown() const;
    int decisionTimeout() const;
    void setDecisionTimeout(int milliseconds);
    void setDecisionTimeout(std::chrono::milliseconds timeout);
    int maximumPendingDecisions() const;
    void setMaximumPendingDecisions(int maximum);
    int maximumPendingPerAddress() const;
    void setMaximumPendingPerAddress(int maximum);
    int maximumHeldConnections() const;
    void setMaximumHeldConnections(int maximum);
    QZapLockout *lockout() const;
    Encoding encoding() const;
    void setEncoding(Encoding encoding);
    QString loggingCategory() const;
    void setLoggingCategory(const QString &category);

    qint64 acceptedCount() const;
    qint64 rejectedCount() const;
    qint64 unenforcedCount() const;
    qint64 temporaryCount() const;
    qint64 droppedCount() const;
    qint64 unreportedCount() const;
    qint64 pendingCount() const;

    Error error() const;
    QString errorString() const;

    bool allow(std::initializer_list<QString> addresses);
    bool deny(std::initializer_list<QString> addresses);

    virtual QString curveUserId(const QByteArray &publicKey) const;

    Q_INVOKABLE QZapReply evaluate(const QString &domain, const QString &address,
                                   const QZapCredentials &credentials) const;
    Q_INVOKABLE QString explain(const QString &domain, const QString &address,
                                const QZapCredentials &credentials) const;
    QFuture<QZapReply> authenticate(const QString &domain, const QString &address,
                                    const QZapCredentials &credentials);
    QFuture<QByteArrayList> handleZapMessage(const QByteArrayList &frames);

public Q_SLOTS:
    bool start();
    void stop();
    void setRunning(bool running);
    void setReportOnly(bool reportOnly);
    void setLockdown(bool lockdown);

    bool allow(const QStringList &addresses);
    bool allow(const QString &address);
    bool deny(const QStringList &addresses);
    bool deny(const QString &address);
    void resetAllowedAddresses();
    void resetDeniedAddresses();
    bool removeAllowed(const QString &address);
    bool removeDenied(const QString &address);

    void revoke(const QString &userId);
    void revokeAll();

    bool configureNull(const QString &domain, bool accepted);
    bool configurePlain(const QString &domain, const QVariantMap &passwords);
    bool configurePlainFile(const QString &domain, const QString &file);
    bool configureCurve(const QString &domain, const QString &location);
    bool configureGssapi(const QString &domain, const QStringList &principals);

Q_SIGNALS:
    void decided(const QZapRequest &request, const QZapReply &reply);
    void authenticated(const QString &userId, const QZapRequest &request);
    void rejected(const QString &userId, const QString &reason, const QZapRequest &request);
    void errorOccurred(QZapAuthenticator::Error error, const QString &message);

    void runningChanged();
    void workerThreadChanged();
    void allowedAddressesChanged();
    void deniedAddressesChanged();
    void domainsChanged();
    void reportOnlyChanged();
    void lockdownChanged();
    void decisionTimeoutChanged();
    void maximumPendingDecisionsChanged();
    void maximumPendingPerAddressChanged();
    void maximumHeldConnectionsChanged();
    void encodingChanged();
    void loggingCategoryChanged();
    void acceptedCountChanged();
    void rejectedCountChanged();
    void unenforcedCountChanged();
    void temporaryCountChanged();
    void droppedCountChanged();
    void unreportedCountChanged();
    void pendingCountChanged();
    void errorChanged();

protected:
    QString configurationProblem() const;
    void setConfigurationProblem(const QString &problem);
    void reportError(Error error, const QString &message);
    void setConfigurationErrorsLogged(bool logged);
    void setOnHold(bool onHold);
    void setBeingCreated(bool beingCreated);
    void refuseReset(const char *property);

    bool event(QEvent *event) override;
    void connectNotify(const QMetaMethod &signal) override;
    void disconnectNotify(const QMetaMethod &signal) override;

private:
    std::unique_ptr<QZapAuthenticatorPrivate> d_ptr;
};

#endif // QZAPAUTHENTICATOR_H
