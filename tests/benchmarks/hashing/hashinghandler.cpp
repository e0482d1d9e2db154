// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "hashing/hashinghandler.h"

#include <QZap/qzapauthenticator.h>

bool HashingHandler::configure(QZapAuthenticator *authenticator, const Fixture & /*fixture*/)
{
    using namespace std::chrono_literals;
    // A hash may take as long as it needs: it must not time out here.
    authenticator->setDecisionTimeout(1min);
    return authenticator->configurePlainFile(QString::fromLatin1(PlainDomain), m_files.plain())
           && authenticator->configurePlainFile(QString::fromLatin1(HashedDomain), m_files.hashed())
           && authenticator->configurePlainFile(QString::fromLatin1(ColdDomain), m_files.cold());
}
