// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTCLIENT_H
#define QZAPTESTCLIENT_H

#include <QZap/qzap.h>
#include <QZap/qzapincludeorder.h>
#include <QZap/qzaptestglobal.h>
#include <QZap/qzaptestrequest.h>

#include <QtCore/qanystringview.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>
#include <QtTest/qtestcase.h>

#include <chrono>
#include <memory>
#include <type_traits>

class QZapAuthenticator;
class QZapCertificate;
class QZapCredentials;
class QZapTestClientPrivate;

class QZAPTEST_EXPORT QZapTestClient
{
    Q_DISABLE_COPY_MOVE(QZapTestClient)

public:
    explicit QZapTestClient(QZapAuthenticator *authenticator);
    ~QZapTestClient();

    QString address() const;
    void setAddress(QAnyStringView address);
    QString domain() const;
    void setDomain(QAnyStringView name);
    std::chrono::milliseconds timeout() const;
    void setTimeout(std::chrono::milliseconds timeout);

    [[nodiscard]] QZapTestRequest null() const;
    [[nodiscard]] QZapTestRequest plain(QAnyStringView user, QByteArrayView password) const;
    [[nodiscard]] QZapTestRequest curve(const QZapCertificate &certificate) const;
    [[nodiscard]] QZapTestRequest curve(QByteArrayView publicKey) const;
#ifndef Q_QDOC
    // Accepts a QString only, so that a literal is passed as a QByteArrayView.
    template <typename T, std::enable_if_t<std::is_same_v<T, QString>, bool> = true>
    [[nodiscard]] QZapTestRequest curve(const T &publicKeyText) const
    {
        return curve(QByteArrayView(publicKeyText.toUtf8()));
    }
#endif
    [[nodiscard]] QZapTestRequest gssapi(QAnyStringView principal) const;
    [[nodiscard]] QZapTestRequest with(const QZapCredentials &credentials) const;

    bool ask(const QZapTestRequest &request);

    bool isAnswered() const;
    bool isPending() const;
    QZap::Status status() const;
    bool isEnforced() const;
    QString reason() const;
    QString userId() const;
    QString field(QAnyStringView name) const;
    QVariantMap fields() const;
    QString explanation() const;
    QString message() const;

private:
    // Shared with the requests, which may outlive the client.
    std::shared_ptr<QZapTestClientPrivate> d;
};

QZAPTEST_EXPORT bool qzapVerifyAccepted(const char *expression, const char *file, int line,
                                        const QZapTestRequest &request);
QZAPTEST_EXPORT bool qzapVerifyRefused(const char *expression, const char *file, int line,
                                       const QZapTestRequest &request);
QZAPTEST_EXPORT bool qzapVerifyTemporary(const char *expression, const char *file, int line,
                                         const QZapTestRequest &request);
QZAPTEST_EXPORT bool qzapVerifyPending(const char *expression, const char *file, int line,
                                       const QZapTestRequest &request);
QZAPTEST_EXPORT bool qzapCompareUser(const char *expression, const char *file, int line,
                                     const QZapTestRequest &request, QAnyStringView userId);
QZAPTEST_EXPORT bool qzapCompareStatus(const char *expression, const char *file, int line,
                                       const QZapTestRequest &request, QZap::Status status);

#ifndef Q_QDOC
// Since Qt 6.8, a failed check can throw an exception instead of returning.
#    ifdef QTEST_FAIL_ACTION
#        define QZAP_TEST_FAIL_ACTION QTEST_FAIL_ACTION
#    else
#        define QZAP_TEST_FAIL_ACTION return
#    endif
// Variadic, so that the arguments may contain commas outside of parentheses. The text of the
// arguments is taken before macros in them, such as QStringLiteral(), are expanded.
#    define QZAP_TEST_CALL(function, text, ...)                                                    \
        do {                                                                                       \
            if (!function(text, __FILE__, __LINE__, __VA_ARGS__))                                  \
                QZAP_TEST_FAIL_ACTION;                                                             \
        } while (false)
#endif

#define QZAP_VERIFY_ACCEPTED(...)                                                                  \
    QZAP_TEST_CALL(::qzapVerifyAccepted, "QZAP_VERIFY_ACCEPTED(" #__VA_ARGS__ ")", __VA_ARGS__)
#define QZAP_VERIFY_REFUSED(...)                                                                   \
    QZAP_TEST_CALL(::qzapVerifyRefused, "QZAP_VERIFY_REFUSED(" #__VA_ARGS__ ")", __VA_ARGS__)
#define QZAP_VERIFY_TEMPORARY(...)                                                                 \
    QZAP_TEST_CALL(::qzapVerifyTemporary, "QZAP_VERIFY_TEMPORARY(" #__VA_ARGS__ ")", __VA_ARGS__)
#define QZAP_VERIFY_PENDING(...)                                                                   \
    QZAP_TEST_CALL(::qzapVerifyPending, "QZAP_VERIFY_PENDING(" #__VA_ARGS__ ")", __VA_ARGS__)
#define QZAP_COMPARE_USER(...)                                                                     \
    QZAP_TEST_CALL(::qzapCompareUser, "QZAP_COMPARE_USER(" #__VA_ARGS__ ")", __VA_ARGS__)
#define QZAP_COMPARE_STATUS(...)                                                                   \
    QZAP_TEST_CALL(::qzapCompareStatus, "QZAP_COMPARE_STATUS(" #__VA_ARGS__ ")", __VA_ARGS__)

#endif // QZAPTESTCLIENT_H
