// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TESTKEYS_H
#define TESTKEYS_H

#include "credentials/keys/keyload.h"
#include "protocol/z85.h"

#include <optional>

// Returns the public key with this number. The keys of the numbers 0 to 255 differ.
inline QByteArray keyOf(int number)
{
    QByteArray key(QZap::Internal::CurveKeySize, '\x55');
    key[0] = static_cast<char>(number);
    return key;
}

// Returns the public certificate of this key, with "x" as the value of its field "name".
inline QByteArray certificateOf(int number)
{
    return "metadata\n    name = \"x\"\ncurve\n    public-key = \""
           + QZap::Internal::Z85::encode(keyOf(number)) + "\"\n";
}

// Returns the user id of a key; nullopt if the key is not accepted.
inline std::optional<QByteArrayView> userIdOf(const QZap::Internal::KeyLoad &load,
                                              QByteArrayView key)
{
    const auto match = load.keys->find(key);
    return match ? std::optional(match->userId) : std::nullopt;
}

#endif // TESTKEYS_H
