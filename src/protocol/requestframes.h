// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_REQUESTFRAMES_H
#define QZAP_PROTOCOL_REQUESTFRAMES_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

namespace QZap::Internal {

// The frames of a request from its version frame on, as views. Owns neither the views nor their
// data: both must outlive it.
class RequestFrames
{
public:
    // The indices of the frames (RFC 27).
    enum Index : qsizetype {
        Version,
        RequestId,
        Domain,
        Address,
        Identity,
        MechanismName,
        Credentials
    };

    RequestFrames() = default;
    // `frames` has the first `count` of the `sentCount` frames that were sent.
    RequestFrames(const QByteArrayView *frames, qsizetype count, qsizetype sentCount)
        : m_frames(frames)
        , m_count(count)
        , m_sentCount(sentCount)
    { }
    // `views`, of any type with data() and size(), has all frames.
    template <typename Views>
    explicit RequestFrames(const Views &views)
        : RequestFrames(views.data(), static_cast<qsizetype>(views.size()),
                        static_cast<qsizetype>(views.size()))
    { }

    qsizetype count() const { return m_count; }
    qsizetype sentCount() const { return m_sentCount; }
    bool isWhole() const { return m_count == m_sentCount; }
    QByteArrayView operator[](qsizetype index) const { return m_frames[index]; }

private:
    const QByteArrayView *m_frames = nullptr;
    qsizetype m_count = 0;
    qsizetype m_sentCount = 0;
};

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_REQUESTFRAMES_H
