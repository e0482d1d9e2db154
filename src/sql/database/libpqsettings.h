// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_LIBPQSETTINGS_H
#define QZAP_SQL_DATABASE_LIBPQSETTINGS_H

#include "base/problem.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

namespace QZap::Internal {

// The settings of a connection string of libpq, "keyword=value keyword='a value' ...".
class LibpqSettings
{
public:
    [[nodiscard]] static Result<LibpqSettings> parse(const QString &text);

    // Returns why these settings are refused; see SqlOptions::problem().
    [[nodiscard]] Problem problem() const;

    bool contains(const QString &keyword) const;
    QString value(const QString &keyword) const;
    // Adds the setting unless the text has it.
    void setDefault(const QString &keyword, const QString &value);
    // Returns whether libpq connects to Unix sockets and loopback addresses only, as far as the
    // settings and the environment tell.
    bool isLocal() const;
    // Returns the connection string, with all values quoted.
    QString toString() const;
    // Returns the host and the name of the database for messages.
    QString databaseText() const;

private:
    struct Setting
    {
        QString keyword;
        QString value;
    };

    // Returns the value that libpq uses if no service file has another.
    QString effective(const QString &keyword, const char *variable) const;
    bool usesService() const;

    QList<Setting> m_settings;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_LIBPQSETTINGS_H
