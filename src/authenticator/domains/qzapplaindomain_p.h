// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPPLAINDOMAIN_P_H
#define QZAPPLAINDOMAIN_P_H

#include "authenticator/domains/qzapdomain_p.h"
#include "authenticator/domains/storeproperty.h"
#include "credentials/passwords/passwordfile.h"
#include "credentials/watching/backgroundloader.h"

#include <QZap/qzapplaindomain.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariantmap.h>

#include <atomic>
#include <memory>
#include <utility>

class QZapPlainDomainPrivate : public QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapPlainDomain)

public:
    using PasswordStore = QZap::Internal::PasswordStore;

    static constexpr qint64 Mebibyte = qint64{1024} * 1024;
    static constexpr int DefaultHashMebibytes =
        static_cast<int>(QZap::Internal::DefaultMaximumHashMemory / Mebibyte);
    static constexpr int LargestHashMebibytes = 1024;

    QZapPlainDomainPrivate()
        : QZapDomainPrivate(QZap::Mechanism::Plain)
    { }

    static QZapPlainDomainPrivate *get(QZapPlainDomain *domain) { return domain->d_func(); }
    static const QZapPlainDomainPrivate *get(const QZapPlainDomain *domain)
    {
        return domain->d_func();
    }
    // Returns the absolute path of the password file; empty if there is none.
    const QString &path() const { return m_path; }

    // Creates a store of passwords by user name, if every name and password is valid.
    [[nodiscard]] static QZap::Internal::Result<std::shared_ptr<const PasswordStore>>
    storeOf(const QVariantMap &passwords);
    // Returns why passwords cannot be loaded from a file.
    static Problem fileProblem(const QString &file);

    void applyPasswords(std::shared_ptr<const PasswordStore> store);
    void applyFile(const QString &file);
    void startFile(const QString &file);
    // Uses the sources of users that are set.
    void applySources();
    // Returns whether the program has set passwords besides a store.
    bool hasExtraPasswords() const { return m_passwords && store.isSet(); }
    // Returns whether a file name, resolved against the current directory, is that of the password
    // file.
    bool isAt(const QString &file) const { return absolutePath(file) == m_path; }

    // Creates the names on the first call.
    const QStringList &users() const;

    void stopLoading() override;
    void applyFields() override;

    QString passwordFile;
    QZap::Internal::StoreProperty store;
    int maximumHashMemory = DefaultHashMebibytes;

private:
    using PasswordLoad = QZap::Internal::PasswordLoad;
    using PasswordLoader = QZap::Internal::BackgroundLoader<PasswordLoad>;

    static void publish(const PasswordLoad &load, QZap::Internal::StoreFeed *feed);
    void loaded(const PasswordLoad &load);
    // Starts threads that check hashed passwords.
    void startHashing();
    // Returns whether users come from the program or a file.
    bool hasOwnUsers() const { return !passwordFile.isEmpty() || m_passwords; }
    void applyStore(const QString &file);
    QList<Problem> sourceProblems() const;
    // Links the store, and returns its content.
    std::shared_ptr<const DomainPolicy> beginStore();
    // Called when the entries of the store have changed.
    void storeChanged();
    // The users. The names are null before they are requested for the first time.
    struct Users
    {
        std::shared_ptr<const PasswordStore> store; // null: none
        std::shared_ptr<const QStringList> names;

        bool areSameAs(const Users &other) const;
    };
    void apply(const QString &file, const std::shared_ptr<const DomainPolicy> &content, Users users,
               const QList<Problem> &problems)
    {
        apply(file, content, std::move(users), problems, Error::File, isReady());
    }
    void apply(const QString &file, const std::shared_ptr<const DomainPolicy> &content, Users users,
               const QList<Problem> &problems, Error kind, bool wasReady);

    QString m_path;        // of the file, made absolute when it was set
    mutable Users m_users; // as of the last change that was reported
    // Whether loads include names. Shared with the thread that loads.
    const std::shared_ptr<std::atomic<bool>> m_wantsNames =
        std::make_shared<std::atomic<bool>>(false);
    // Holds the hashing pool while the file contains hashes, so that no peer's request starts it.
    std::unique_ptr<QZap::Internal::PoolKeeper> m_hashing;
    QList<Problem> m_warnings;                        // those that have been logged
    QPointer<PasswordLoader> m_loader;                // a child of the domain
    std::shared_ptr<const PasswordStore> m_passwords; // set by the program, or null
    bool m_wasStoreReady = false;                     // as it was last reported
};

#endif // QZAPPLAINDOMAIN_P_H
