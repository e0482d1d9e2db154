// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_TSANHANDOVER_H
#define QZAP_BASE_TSANHANDOVER_H

// Qt's event queues pass work between threads, but are not built for ThreadSanitizer, which cannot
// see that they order it. Both ends use these annotations. Without ThreadSanitizer, they have no
// cost.
#if defined(__SANITIZE_THREAD__)
#    define QZAP_THREAD_SANITIZER
#elif defined(__clang__)
#    if __has_feature(thread_sanitizer)
#        define QZAP_THREAD_SANITIZER
#    endif
#endif

#include <utility>

#ifdef QZAP_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void *address);
void __tsan_release(void *address);
}
#endif

namespace QZap::Internal {

#ifdef QZAP_THREAD_SANITIZER
inline char handoverPoint = 0;
// Called before work, or its result, is passed to another thread.
inline void handOver()
{
    __tsan_release(&handoverPoint);
}
// Called in the other thread before the work, or its result, is used.
inline void takeOver()
{
    __tsan_acquire(&handoverPoint);
}
#else
inline void handOver() { }
inline void takeOver() { }
#endif

// A function that is created in one thread and called in another, and may be destroyed in either.
// Its contents are handed over when it is copied, and after it has been called.
template <typename Function>
class HandedOver
{
public:
    explicit HandedOver(Function function)
        : m_function(std::move(function))
    { }

    void operator()()
    {
        takeOver();
        m_function();
        handOver();
    }

private:
    struct Token
    {
        Token() = default;
        Token(const Token &) { handOver(); }
        Token &operator=(const Token &) = delete;
        ~Token() { takeOver(); }
    };

    Function m_function;
    Token m_token; // must be the last member
};

} // namespace QZap::Internal

#endif // QZAP_BASE_TSANHANDOVER_H
