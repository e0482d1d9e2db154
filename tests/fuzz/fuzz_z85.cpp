// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fuzz.h"

#include "protocol/z85.h"

#include <QtCore/qbytearray.h>

using namespace QZap::Internal;
using Fuzz::require;

namespace {

// Checks that encoded bytes are decoded unchanged.
void fuzzBytes(QByteArrayView bytes)
{
    const QByteArray text = Z85::encode(bytes);
    if (bytes.size() % 4 != 0) {
        require(text.isEmpty(), "what is no multiple of 4 bytes has no text");
        return;
    }
    require(text.size() == bytes.size() / 4 * 5, "4 bytes make 5 characters");
    require(Z85::isKey(text) == (bytes.size() == CurveKeySize), "32 bytes are a key");
    QByteArray decoded(bytes.size(), Qt::Uninitialized);
    require(Z85::decode(text, decoded.data()), "what was encoded can be decoded");
    require(decoded == bytes, "what was encoded is decoded to what it was");
}

// Checks that decoded text is encoded unchanged: no two texts represent the same key.
void fuzzText(QByteArrayView text)
{
    QByteArray bytes(text.size() / 5 * 4, Qt::Uninitialized);
    const bool isZ85 = Z85::decode(text, bytes.data());
    require(Z85::isKey(text) == (isZ85 && text.size() == CurveKeyTextSize),
            "a key can be decoded and has its size");
    require(!isZ85 || Z85::encode(QByteArrayView(bytes)) == text, "bytes have one text");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, static_cast<qsizetype>(size));
    fuzzBytes(input);
    fuzzText(input);
    return 0;
}
