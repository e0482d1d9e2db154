// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H
#define QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H

#include "credentials/files/filereader.h"
#include "credentials/keys/keyfields.h"
#include "credentials/keys/keyload.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// Some four million keys with ids; what is larger is no key list.
inline constexpr qsizetype MaximumKeyListSize = qsizetype{256} * 1024 * 1024;

// One key a line, "<40 Z85> [user id] [field=value ...]". A bad line is an error and dropped, and
// the others count. The file's name is for the texts.
[[nodiscard]] KeyLoad parseKeyList(QByteArrayView contents, const QString &file,
                                   const KeyFields &fields = {});
// Never throws; reentrant.
[[nodiscard]] KeyLoad loadKeyList(const QString &file, const KeyFields &fields = {});

// A key list that is loaded again and again, on whichever thread.
class KeyList
{
public:
    explicit KeyList(const QString &file, const KeyFields &fields = {},
                     WallClock clock = wallClock);

    // Without keys where what it said last shall hold, if it was loaded before: it cannot be read,
    // or is being written to. One that is gone after it was loaded has no keys any more. The same
    // store where nothing changed. Never throws.
    [[nodiscard]] KeyLoad load();

private:
    KeyLoad read();
    KeyLoad unread(const FileRead &file);
    KeyLoad changing() const;

    QString m_file;
    KeyFields m_fields;
    WallClock m_clock;
    FileFacts m_facts; // of what was read last
    KeyLoad m_load;    // what that said
    bool m_isSettled = false;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H
