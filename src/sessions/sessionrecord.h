// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_SESSIONRECORD_H
#define QZAP_SESSIONS_SESSIONRECORD_H

#include "sessions/entrydigests.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

#include <array>

namespace QZap::Internal {

// The length of the first part of a token, which identifies a session.
inline constexpr qsizetype SessionHeadSize = 44;
using SessionHead = std::array<char, SessionHeadSize>;

// What an authenticator has decided about one connection: the content of its token. Texts are
// UTF-8.
struct SessionRecord
{
    quint64 number = 0;        // in the order of the decisions
    quint64 authenticator = 0; // the id of its core
    qint64 since = 0;          // ms since 1970
    Mechanism mechanism = Mechanism::Unknown;
    bool isEnforced = true; // otherwise, the peer was refused, and let in nonetheless
    QByteArray domain;
    QByteArray credential; // the public key, 32 bytes, or the name
    QByteArray address;
    QByteArray userId;
    EntryDigests entry;
    QByteArrayList fieldNames; // that were sent, in this order

    // Not part of the token:
    SessionHead head = {};
    QVariantMap fields; // as they were sent
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_SESSIONRECORD_H
