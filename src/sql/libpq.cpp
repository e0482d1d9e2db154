// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/libpq.h"

#include <QtCore/qglobal.h>
#include <QtCore/qvariant.h>
#include <QtSql/qsqldriver.h>

#include <cstring>

#ifdef Q_OS_UNIX
#    include <dlfcn.h>
#endif

namespace QZap::Internal {

namespace {

struct Functions
{
    int (*socket)(const void *connection) = nullptr;
    void *(*notifies)(void *connection) = nullptr;
    void (*freemem)(void *memory) = nullptr;

    bool areKnown() const { return socket && notifies && freemem; }
};

#ifdef Q_OS_UNIX

template <typename Function>
void find(void *library, const char *name, Function *function)
{
    void *const address = ::dlsym(library, name);
    static_assert(sizeof address == sizeof *function);
    std::memcpy(function, &address, sizeof address); // no cast is valid C++
}

// The library is loaded with the driver's plugin, whose symbols are not global.
Functions findFunctions()
{
    Functions functions;
#    ifdef Q_OS_DARWIN
    void *const library = ::dlopen("libpq.5.dylib", RTLD_LAZY | RTLD_NOLOAD);
#    else
    void *const library = ::dlopen("libpq.so.5", RTLD_LAZY | RTLD_NOLOAD);
#    endif
    void *const where = library ? library : RTLD_DEFAULT; // linked statically
    find(where, "PQsocket", &functions.socket);
    find(where, "PQnotifies", &functions.notifies);
    find(where, "PQfreemem", &functions.freemem);
    return functions;
}

#else

Functions findFunctions()
{
    return {};
}

#endif // Q_OS_UNIX

const Functions &functions()
{
    static const Functions found = findFunctions(); // called once a connection is open
    return found;
}

void *connectionOf(const QSqlDriver &driver)
{
    const QVariant handle = driver.handle();
    // Documented is the first name; some versions of Qt return the second one.
    if ((qstrcmp(handle.typeName(), "PGconn*") != 0 && qstrcmp(handle.typeName(), "pg_conn*") != 0)
        || !functions().areKnown()) {
        return nullptr;
    }
    void *connection = nullptr;
    std::memcpy(&connection, handle.constData(), sizeof connection);
    return connection;
}

} // namespace

int LibPq::socketOf(const QSqlDriver &driver)
{
    const void *const connection = connectionOf(driver);
    return connection ? functions().socket(connection) : -1;
}

bool LibPq::dropNotifications(const QSqlDriver &driver)
{
    void *const connection = connectionOf(driver);
    if (!connection)
        return false;
    bool isNotified = false;
    while (void *const notification = functions().notifies(connection)) {
        functions().freemem(notification);
        isNotified = true;
    }
    return isNotified;
}

} // namespace QZap::Internal
