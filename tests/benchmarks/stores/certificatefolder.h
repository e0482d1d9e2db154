// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CERTIFICATEFOLDER_H
#define CERTIFICATEFOLDER_H

#include "memoryfolder.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

// A folder of public certificates. The keys are random numbers: nobody has their secret keys.
class CertificateFolder
{
public:
    // Creates the files with numbers below `count`. Returns whether it succeeded; otherwise sets
    // *errorMessage.
    bool create(qint64 count, QString *errorMessage);

    QString path() const { return m_folder.path(); }

    // Creates a file, or overwrites an existing one in place.
    bool write(qint64 file, qint64 key, QString *errorMessage) const;
    bool remove(qint64 file) const;

    static QByteArray keyOf(qint64 key); // 32 bytes
    static QByteArray keyTextOf(qint64 key);

private:
    QString fileName(qint64 file) const;

    MemoryFolder m_folder;
};

#endif // CERTIFICATEFOLDER_H
