// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_H
#define QZAP_H

#include <QZap/qzapglobal.h>
#include <QZap/qzapincludeorder.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

#include <type_traits>
#include <utility>

class QZapCertificate;

namespace QZap {
Q_NAMESPACE_EXPORT(QZAP_EXPORT)

enum class Mechanism { Unknown, Null, Plain, Curve, Gssapi };
Q_ENUM_NS(Mechanism)

enum class Status {
    Success = 200,
    TemporaryError = 300,
    AuthenticationFailure = 400,
    InternalError = 500,
};
Q_ENUM_NS(Status)

enum class DecisionStage { Checking, Loading, Hashing, Deferred };
Q_ENUM_NS(DecisionStage)

inline constexpr QLatin1StringView AnyDomain{"*"};
inline constexpr QLatin1StringView CurveAllowAny{"*"};

#ifndef Q_QDOC
// True for types with cppzmq's handle() of a context or socket: zmq::context_t, zmq::socket_t,
// zmq::socket_ref. That of a zmq::message_t has another type.
template <typename T, typename = void>
inline constexpr bool HasHandle = false;
template <typename T>
inline constexpr bool HasHandle<T, std::void_t<decltype(std::declval<T &>().handle())>> =
    std::is_same_v<std::decay_t<decltype(std::declval<T &>().handle())>, void *>;

template <typename T>
using IfHandle = std::enable_if_t<HasHandle<std::remove_reference_t<T>>, bool>;
// Typed pointers do not compile: a zmq::context_t * that is used as a handle would crash.
template <typename T>
using IfTypedPointer = std::enable_if_t<!std::is_void_v<T>, bool>;
#endif

QZAP_EXPORT void *defaultContext();
QZAP_EXPORT bool setDefaultContext(void *context);

[[nodiscard]] QZAP_EXPORT bool secureNull(void *socket, const QString &domain);
[[nodiscard]] QZAP_EXPORT bool securePlain(void *socket, const QString &domain);
[[nodiscard]] QZAP_EXPORT bool secureCurve(void *socket, const QString &domain,
                                           const QZapCertificate &server);
[[nodiscard]] QZAP_EXPORT bool secureGssapi(void *socket, const QString &domain,
                                            const QString &principal = {});

[[nodiscard]] QZAP_EXPORT bool setPlainClient(void *socket, const QString &user,
                                              const QByteArray &password);
[[nodiscard]] QZAP_EXPORT bool setCurveClient(void *socket, const QZapCertificate &client,
                                              const QString &serverKey);

template <typename C, IfHandle<C> = true>
bool setDefaultContext(C &&context)
{
    return setDefaultContext(static_cast<void *>(context.handle()));
}

template <typename S, IfHandle<S> = true>
[[nodiscard]] bool secureNull(S &&socket, const QString &domain)
{
    return secureNull(static_cast<void *>(socket.handle()), domain);
}

template <typename S, IfHandle<S> = true>
[[nodiscard]] bool securePlain(S &&socket, const QString &domain)
{
    return securePlain(static_cast<void *>(socket.handle()), domain);
}

template <typename S, IfHandle<S> = true>
[[nodiscard]] bool secureCurve(S &&socket, const QString &domain, const QZapCertificate &server)
{
    return secureCurve(static_cast<void *>(socket.handle()), domain, server);
}

template <typename S, IfHandle<S> = true>
[[nodiscard]] bool secureGssapi(S &&socket, const QString &domain, const QString &principal = {})
{
    return secureGssapi(static_cast<void *>(socket.handle()), domain, principal);
}

template <typename S, IfHandle<S> = true>
[[nodiscard]] bool setPlainClient(S &&socket, const QString &user, const QByteArray &password)
{
    return setPlainClient(static_cast<void *>(socket.handle()), user, password);
}

template <typename S, IfHandle<S> = true>
[[nodiscard]] bool setCurveClient(S &&socket, const QZapCertificate &client,
                                  const QString &serverKey)
{
    return setCurveClient(static_cast<void *>(socket.handle()), client, serverKey);
}

#ifndef Q_QDOC
template <typename T, IfTypedPointer<T> = true>
bool setDefaultContext(T *) = delete;
template <typename T, IfTypedPointer<T> = true>
bool secureNull(T *, const QString &) = delete;
template <typename T, IfTypedPointer<T> = true>
bool securePlain(T *, const QString &) = delete;
template <typename T, IfTypedPointer<T> = true>
bool secureCurve(T *, const QString &, const QZapCertificate &) = delete;
template <typename T, IfTypedPointer<T> = true>
bool secureGssapi(T *, const QString &, const QString & = {}) = delete;
template <typename T, IfTypedPointer<T> = true>
bool setPlainClient(T *, const QString &, const QByteArray &) = delete;
template <typename T, IfTypedPointer<T> = true>
bool setCurveClient(T *, const QZapCertificate &, const QString &) = delete;
#endif

} // namespace QZap

#endif // QZAP_H
