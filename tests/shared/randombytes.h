// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RANDOMBYTES_H
#define RANDOMBYTES_H

#include <QtCore/qbytearray.h>
#include <QtCore/qrandom.h>

#include <algorithm>

// Returns arbitrary bytes, which are the same in every run.
inline QByteArray randomBytes(qsizetype size)
{
    QRandomGenerator random(1);
    QByteArray bytes(size, Qt::Uninitialized);
    std::generate(bytes.begin(), bytes.end(),
                  [&random] { return static_cast<char>(random.generate()); });
    return bytes;
}

#endif // RANDOMBYTES_H
