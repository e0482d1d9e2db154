// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/czmqhandler.h"

#include "load/cores.h"

#include <QtCore/qfile.h>

bool CzmqHandler::start(const Fixture &fixture, QString *errorMessage)
{
    zsys_handler_set(nullptr); // its signal handlers would ignore Ctrl+C
    zsys_set_max_sockets(8192);
    startThreads(context());
    {
        const HandlersCores bound;
        m_actor = zactor_new(zauth, nullptr);
    }
    if (!m_actor) {
        *errorMessage = QStringLiteral("zauth does not start");
        return false;
    }
    const QByteArray passwords = QFile::encodeName(fixture.passwordFile());
    const QByteArray certificates = QFile::encodeName(fixture.certificates());
    zstr_sendx(m_actor, "PLAIN", passwords.constData(), nullptr);
    zsock_wait(m_actor);
    zstr_sendx(m_actor, "CURVE", certificates.constData(), nullptr);
    zsock_wait(m_actor);
    return true;
}

void CzmqHandler::stop()
{
    zactor_destroy(&m_actor);
}

void *CzmqHandler::context()
{
    return zsys_init();
}
