// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_LIBPQ_H
#define QZAP_SQL_LIBPQ_H

class QSqlDriver;

namespace QZap::Internal {

// Functions that Qt's driver for PostgreSQL does not offer. They call the libpq that the driver has
// loaded; on systems where its functions cannot be found, they do nothing.
class LibPq
{
public:
    // Returns the socket of an open connection; -1 if it is not known.
    static int socketOf(const QSqlDriver &driver);
    // Drops the notifications that have been received, whose number is not limited otherwise.
    // Returns whether there were any.
    static bool dropNotifications(const QSqlDriver &driver);
};

} // namespace QZap::Internal

#endif // QZAP_SQL_LIBPQ_H
