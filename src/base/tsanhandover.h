// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_TSANHANDOVER_H
#define QZAP_BASE_TSANHANDOVER_H

// Work goes from thread to thread by Qt's event queues, which are not built to show
// ThreadSanitizer that they order it. Both ends say so here; it costs nothing otherwise.
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
// Before work is given to another thread, or its result.
inline void handOver()
{
    __tsan_release(&handoverPoint);
}
// First thing in the other thread.
inline void takeOver()
{
    __tsan_acquire(&handoverPoint);
}
#else
inline void handOver() { }
inline void takeOver() { }
#endif

// A function that is called in another thread than it was made in, and may be destroyed in either.
// What it holds is handed over when it is copied to where it goes, and when it has been called.
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
    Token m_token; // last
};

} // namespace QZap::Internal

#endif // QZAP_BASE_TSANHANDOVER_H
