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
    explicit KeyList(const QString &file, const KeyFields &fields = {}, WallClock clock = wallClock,
                     SteadyClock steady = steadyClock);

    // Without keys if what it said last shall hold: it cannot be read, or is written to just now.
    // One that is open for writing says what its whole lines say, and who is missing may yet come.
    // So may everybody for a while after it was lost. The same store if nothing changed. Never
    // throws.
    [[nodiscard]] KeyLoad load(bool isOpen = false);

private:
    KeyLoad read(bool isOpen);
    KeyLoad unreadable(const FileRead &read) const;
    KeyLoad lost(const RepeatedReader::Look &look);
    KeyLoad changing() const;

    RepeatedReader m_reader;
    KeyFields m_fields;
    KeyLoad m_load; // what was read last
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYLISTFILE_H
