// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPAUTHENTICATOR_H
#define ZAPAUTHENTICATOR_H

#include "bindingerrors.h"
#include "objectlist.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmllist.h>
#include <QtQml/qqmlparserstatus.h>

#include <chrono>
#include <optional>

class ZapAuthenticator : public QZapAuthenticator, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(bool running READ isRunning WRITE setRunning NOTIFY runningChanged)
    Q_PROPERTY(QStringList allowedAddresses READ allowedAddresses WRITE setAllowedAddresses RESET
                   resetAllowedAddresses NOTIFY allowedAddressesChanged)
    Q_PROPERTY(QStringList deniedAddresses READ deniedAddresses WRITE setDeniedAddresses RESET
                   resetDeniedAddresses NOTIFY deniedAddressesChanged)
    Q_PROPERTY(QQmlListProperty<QZapDomain> domains READ domainList NOTIFY domainsChanged)
    Q_PROPERTY(QQmlListProperty<QObject> data READ data CONSTANT)
    Q_PROPERTY(bool settled READ isSettled NOTIFY settledChanged)
    Q_CLASSINFO("DefaultProperty", "data")
    QML_ELEMENT

public:
    explicit ZapAuthenticator(QObject *parent = nullptr);
    ~ZapAuthenticator() override;

    void setRunning(bool running);
    void setAllowedAddresses(const QStringList &addresses);
    void resetAllowedAddresses();
    void setDeniedAddresses(const QStringList &addresses);
    void resetDeniedAddresses();
    QQmlListProperty<QZapDomain> domainList();
    QQmlListProperty<QObject> data();
    bool isSettled() const { return m_isSettled || !m_isFromQml; }

    void classBegin() override;
    void componentComplete() override;

Q_SIGNALS:
    void settledChanged();

private:
    using DomainList = QQmlListProperty<QZapDomain>;

    // How long the creation may take before a message explains what it waits for.
    static constexpr std::chrono::milliseconds PatienceTime{2000};

    // Adds the domains among the objects to the authenticator.
    class Data : public QZap::Internal::ObjectList
    {
    public:
        explicit Data(ZapAuthenticator *owner);

    protected:
        void added(QObject *object) override;
        void removed(QObject *object) override;

    private:
        ZapAuthenticator *m_authenticator;
    };

    // A new value of one of the address lists, which exclude each other. It is stored until
    // bindings have reset the other list.
    struct AddressList
    {
        QStringList (QZapAuthenticator::*get)() const;
        void (QZapAuthenticator::*set)(const QStringList &);
        void (QZapAuthenticator::*reset)();
        std::optional<QStringList> waiting = {};
        bool wasRefused = false;
        bool isUndefined = false; // reset before the object was complete
    };

    void resetOrRefuse(AddressList &list, AddressList &other);
    bool assign(AddressList &list, const QStringList &addresses);
    void assignUnlessInTheWay(AddressList &list, AddressList &other, const QStringList &addresses);
    void resetInFavourOf(AddressList &other, AddressList &list);
    void assignWhatWaits();
    void refuseUndefinedLists();
    QList<QZapDomain *> listedDomains() const;
    void appendDomain(QZapDomain *domain);
    void takeListedDomain(QZapDomain *domain);
    void takeDomainsFrom(qsizetype index);
    void tellOfLackingDomain();
    // Holds requests until the next event, when a change of several steps is complete, or until no
    // objects are being created.
    void hold();
    void settle();
    void settleLater();
    void explainWaiting();
    void bindingFailed(QZap::Internal::BindingErrors::When when, const QString &problem);
    void tell(const QString &message);
    const QObject *originOf(const QString &message) const;
    static QString pathHint(const QObject *origin);

    QZap::Internal::BindingErrors m_bindingErrors;
    Data m_data;
    QList<QPointer<QZapDomain>> m_earlyDomains; // added before completion
    AddressList m_allowed;
    AddressList m_denied;
    QStringList m_told;
    int m_errorCount = 0;
    bool m_isComplete = true; // true for objects that are created in C++
    bool m_isFromQml = false;
    bool m_isToRun = false;
    bool m_isSettling = false;
    bool m_isSettled = false;   // has been settled at least once
    bool m_lacksDomain = false; // the list has an entry that is not a domain
};

#endif // ZAPAUTHENTICATOR_H
