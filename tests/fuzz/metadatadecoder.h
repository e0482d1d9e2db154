// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef METADATADECODER_H
#define METADATADECODER_H

#include "fuzz.h"

#include <QtCore/qendian.h>

#include <vector>

namespace Fuzz {

struct MetadataEntry
{
    QByteArrayView name;
    QByteArrayView value;
};

// Decodes as specified by RFC 27: size and name, size and value, repeated.
inline std::vector<MetadataEntry> decodeMetadata(QByteArrayView frame)
{
    std::vector<MetadataEntry> result;
    while (!frame.isEmpty()) {
        const qsizetype nameSize = static_cast<uchar>(frame.front());
        require(nameSize > 0 && frame.size() >= 1 + nameSize + 4, "metadata has whole names");
        const QByteArrayView name = frame.sliced(1, nameSize);
        frame = frame.sliced(1 + nameSize);
        const qint64 announcedSize = qFromBigEndian<quint32>(frame.data());
        require(frame.size() >= 4 + announcedSize, "metadata has whole values");
        const auto valueSize = static_cast<qsizetype>(announcedSize);
        result.push_back({name, frame.sliced(4, valueSize)});
        frame = frame.sliced(4 + valueSize);
    }
    return result;
}

} // namespace Fuzz

#endif // METADATADECODER_H
