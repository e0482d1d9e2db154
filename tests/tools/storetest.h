// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef STORETEST_H
#define STORETEST_H

#include "commandrun.h"
#include "databasetest.h"

// Base class of tests of "qzap store".
class StoreTest : public DatabaseTest
{
    Q_OBJECT

protected:
    // Returns a value of --database that names a new database.
    QString newArgument(const QString &driver)
    {
        const QString options = newDatabase(driver);
        m_argument = isPostgreSql(driver) ? QLatin1StringView("postgresql:") + options : options;
        return m_argument;
    }
    // Makes a database with tables.
    void initialize(const QString &driver);
    // Runs "qzap store" with the last new database.
    CommandRun store(const QString &action, const QStringList &arguments = {},
                     const QByteArray &input = {}) const;
    // Returns the output of "qzap store list".
    QString list() const { return store(QStringLiteral("list")).output; }
    // Returns the text of a public key that contains only this byte.
    static QString key(char byte);

    QString m_argument;
};

#endif // STORETEST_H
