// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSESSION_P_H
#define QZAPSESSION_P_H

#include "sessions/sessionrecord.h"

#include <QZap/qzapsession.h>

#include <memory>
#include <utility>

// Converts between sessions and their records.
class QZapSessionPrivate
{
public:
    using Record = std::shared_ptr<const QZap::Internal::SessionRecord>;

    static QZapSession create(Record record)
    {
        QZapSession session;
        session.d = std::move(record);
        return session;
    }
    // Null for a null session.
    static const Record &recordOf(const QZapSession &session) { return session.d; }
};

#endif // QZAPSESSION_P_H
