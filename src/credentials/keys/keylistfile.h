// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H
#define QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H

#include "credentials/files/repeatedreader.h"
#include "credentials/keys/keyfields.h"
#include "credentials/keys/keyload.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// The maximum size of a key list: about four million keys with ids.
inline constexpr qsizetype MaximumKeyListSize = qsizetype{256} * 1024 * 1024;

// Parses one key per line, "<40 Z85> [user id] [field=value ...]". An invalid line is reported and
// ignored. The file's name is for messages.
[[nodiscard]] KeyLoad parseKeyList(QByteArrayView contents, const QString &file,
                                   const KeyFields &fields = {});
// Never throws; reentrant.
[[nodiscard]] KeyLoad loadKeyList(const QString &file, const KeyFields &fields = {});

// A key list that is loaded repeatedly, in any thread.
class KeyList
{
public:
    explicit KeyList(const QString &file, const KeyFields &fields = {}, WallClock clock = wallClock,
                     SteadyClock steady = steadyClock);

    // Loads the list. The keys are null if the file cannot be read, or is being written to: the
    // previous keys remain in force. Of a file that is open for writing, only complete lines are
    // used, and the load is settling. It is also settling for a while after the file was removed.
    // The store is the same object if nothing changed. Never throws.
    [[nodiscard]] KeyLoad load(bool isOpen = false);

private:
    KeyLoad read(bool isOpen);
    KeyLoad unreadable(const FileRead &read) const;
    KeyLoad lost(const RepeatedReader::Look &look);
    KeyLoad changing() const;

    RepeatedReader m_reader;
    KeyFields m_fields;
    KeyLoad m_load; // the last load
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H
