// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_EVALUATION_SESSIONFIELD_H
#define QZAP_ENGINE_EVALUATION_SESSIONFIELD_H

#include "engine/evaluation/evaluator.h"

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

// Return what the session of a peer that is let in has been accepted by.
[[nodiscard]] inline QByteArrayView sessionCredential(const Request &request)
{
    return request.mechanism == Mechanism::Curve ? request.publicKey : request.name;
}
// Empty if the peer was refused, and is let in nonetheless.
[[nodiscard]] inline QByteArrayView sessionUserId(const Evaluation &evaluation)
{
    return evaluation.verdict.isEnforced ? evaluation.userId() : QByteArrayView();
}

// Returns the metadata of the reply to a peer that is let in, whose evaluation has a session
// number, with the token of its session. `authenticator` is the id of the session core.
[[nodiscard]] QByteArray metadataWithSession(const Evaluation &evaluation, quint64 authenticator);

} // namespace QZap::Internal

#endif // QZAP_ENGINE_EVALUATION_SESSIONFIELD_H
