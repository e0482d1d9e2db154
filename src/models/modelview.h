// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_MODELS_MODELVIEW_H
#define QZAP_MODELS_MODELVIEW_H

#include <QZap/qzap.h>

#include <QtCore/qmetaobject.h>
#include <QtCore/qstring.h>

#include <chrono>

namespace QZap::Internal {

// What the models have in common that views show.

inline constexpr std::chrono::milliseconds FrameInterval{16}; // 60 frames a second

// Returns the name of the mechanism, or an empty string if it is unknown.
inline QString mechanismText(QZap::Mechanism mechanism)
{
    if (mechanism == QZap::Mechanism::Unknown)
        return {};
    const char *const name =
        QMetaEnum::fromType<QZap::Mechanism>().valueToKey(static_cast<int>(mechanism));
    return QString::fromLatin1(name).toUpper();
}

} // namespace QZap::Internal

#endif // QZAP_MODELS_MODELVIEW_H
