// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_POSTEDREQUEST_H
#define QZAP_AUTHENTICATOR_POSTEDREQUEST_H

#include <QtCore/qbytearraylist.h>
#include <QtCore/qpromise.h>

#include <memory>
#include <utility>

namespace QZap::Internal {

// A request on its way to the engine in another thread, and the promise of its answer. If the
// engine is destroyed before it takes them, the promise is fulfilled with the given last answer.
template <typename Answer>
class PostedRequest
{
public:
    PostedRequest(QByteArrayList &&frames, std::shared_ptr<QPromise<Answer>> promise,
                  Answer lastAnswer)
        : m_frames(std::move(frames))
        , m_promise(std::move(promise))
        , m_lastAnswer(std::move(lastAnswer))
    { }
    ~PostedRequest()
    {
        if (!m_promise)
            return;
        m_promise->addResult(m_lastAnswer);
        m_promise->finish();
    }
    Q_DISABLE_COPY_MOVE(PostedRequest)

    QByteArrayList takeFrames() { return std::move(m_frames); }
    std::shared_ptr<QPromise<Answer>> takePromise() { return std::exchange(m_promise, nullptr); }

private:
    QByteArrayList m_frames;
    std::shared_ptr<QPromise<Answer>> m_promise;
    Answer m_lastAnswer;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_POSTEDREQUEST_H
