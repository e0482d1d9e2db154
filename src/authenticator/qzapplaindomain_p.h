// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPPLAINDOMAIN_P_H
#define QZAPPLAINDOMAIN_P_H

#include "authenticator/qzapdomain_p.h"

#include <QZap/qzapplaindomain.h>

#include <QtCore/qstringlist.h>
#include <QtCore/qvariantmap.h>

#include <memory>

class QZapPlainDomainPrivate : public QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapPlainDomain)

public:
    using PasswordStore = QZap::Internal::PasswordStore;

    QZapPlainDomainPrivate()
        : QZapDomainPrivate(QZap::Mechanism::Plain)
    { }

    // Null, with the reason, where a user or password cannot be.
    static std::shared_ptr<const PasswordStore> storeOf(const QVariantMap &passwords,
                                                        QString *problem);
    static QString fileProblem(const QString &file);

    void applyPasswords(std::shared_ptr<const PasswordStore> store);
    void applyFile(const QString &file);

    QString passwordFile;
    QStringList users;

private:
    void apply(const QString &file, std::shared_ptr<const PasswordStore> store,
               const QStringList &problems);
};

#endif // QZAPPLAINDOMAIN_P_H
