// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions and macros that fail the test if the answer to a request is not the expected one.

#include "testing/qzaptestclient_p.h"

#include <QtTest/qtestcase.h>

#include <memory>

using State = QZapTestClientPrivate::State;
using Domains = QZapTestClientPrivate::Domains;
using Until = QZapTestClientPrivate::Until;

namespace {

// Qt Test truncates longer messages, even within a character.
constexpr qsizetype MaximumMessageSize = 1000;
constexpr qsizetype MaximumExpressionSize = 200;

// Returns the text, truncated to at most this number of bytes, at the end of a character.
QByteArray shortened(const QString &text, qsizetype size)
{
    QByteArray bytes = text.toUtf8();
    if (bytes.size() <= size)
        return bytes;
    const QByteArray mark = " ...";
    qsizetype end = size - mark.size();
    while (end > 0 && (static_cast<uchar>(bytes.at(end)) & 0xc0) == 0x80)
        --end;
    return bytes.first(end) + mark;
}

// Sends the request, and fails the test unless the answer is the expected one.
template <typename IsExpected>
bool verify(const char *expression, const char *file, int line, const QZapTestRequest &request,
            Until until, Domains domains, const QString &expected, const IsExpected &isExpected)
{
    const QZapTestRequestPrivate *const data = QZapTestRequestPrivate::get(request);
    const std::shared_ptr<QZapTestClientPrivate> client = data->client.lock();
    const QByteArray statement = shortened(QString::fromUtf8(expression), MaximumExpressionSize);
    if (!client) {
        return QTest::qVerify(false, statement.constData(),
                              "It was not sent: the request has no QZapTestClient, or it was "
                              "destroyed.",
                              file, line);
    }
    client->ask(*data, until, domains);
    const bool isOk = isExpected(*client);
    const QByteArray message =
        isOk ? QByteArray()
             : shortened(client->message(QStringLiteral(" Expected: %1.").arg(expected)),
                         MaximumMessageSize - statement.size());
    return QTest::qVerify(isOk, statement.constData(), message.constData(), file, line);
}

bool hasStatus(const QZapTestClientPrivate &client, QZap::Status status)
{
    return client.state() == State::Answered && client.reply().status() == status;
}

} // namespace

/*!
    \macro QZAP_VERIFY_ACCEPTED(request)
    \relates QZapTestClient

    Asks about the peer of \a request, a QZapTestRequest, and fails the test if the peer is not
    accepted, or if nothing is configured for its \l{QZapTestRequest::}{domain()}.
*/

/*!
    \macro QZAP_VERIFY_REFUSED(request)
    \relates QZapTestClient

    Asks about the peer of \a request, a QZapTestRequest, and fails the test if the peer is not
    refused for good, with the status 400. A temporary answer, an internal error, and a refusal that
    is only reported (\l{QZapAuthenticator::}{reportOnly}) fail the test, and so does a domain for
    which nothing is configured (\l{QZapTestRequest::}{domain()}).
*/

/*!
    \macro QZAP_VERIFY_TEMPORARY(request)
    \relates QZapTestClient

    Asks about the peer of \a request, a QZapTestRequest, and fails the test if the peer does not
    get a temporary answer, after which it tries again.
*/

/*!
    \macro QZAP_VERIFY_PENDING(request)
    \relates QZapTestClient

    Asks about the peer of \a request, a QZapTestRequest, and fails the test unless a credentials
    provider is asked, and defers its answer. The answer can be awaited by \c{QTRY_COMPARE()} with
    QZapTestClient::status().
*/

/*!
    \macro QZAP_COMPARE_USER(request, userId)
    \relates QZapTestClient

    Asks about the peer of \a request, a QZapTestRequest, and fails the test if the peer is not
    accepted with the user id \a userId, or if nothing is configured for its
    \l{QZapTestRequest::}{domain()}.
*/

/*!
    \macro QZAP_COMPARE_STATUS(request, status)
    \relates QZapTestClient

    Asks about the peer of \a request, a QZapTestRequest, and fails the test if the status of the
    answer is not \a status, a QZap::Status. For data rows. The domain need not be configured.
*/

/*!
    \relates QZapTestClient

    Asks about the peer of \a request as QZAP_VERIFY_ACCEPTED() does, and returns whether the test
    may go on. A failure names \a expression, and its place \a line in \a file.
*/
bool qzapVerifyAccepted(const char *expression, const char *file, int line,
                        const QZapTestRequest &request)
{
    return verify(expression, file, line, request, Until::Answered, Domains::Configured,
                  QStringLiteral("accepted"), [](const QZapTestClientPrivate &client) {
                      return hasStatus(client, QZap::Status::Success);
                  });
}

/*!
    \relates QZapTestClient

    Asks about the peer of \a request as QZAP_VERIFY_REFUSED() does, and returns whether the test
    may go on. A failure names \a expression, and its place \a line in \a file.
*/
bool qzapVerifyRefused(const char *expression, const char *file, int line,
                       const QZapTestRequest &request)
{
    return verify(expression, file, line, request, Until::Answered, Domains::Configured,
                  QStringLiteral("refused, with the status ")
                      + QZapTestClientPrivate::statusName(QZap::Status::AuthenticationFailure),
                  [](const QZapTestClientPrivate &client) {
                      return hasStatus(client, QZap::Status::AuthenticationFailure)
                             && client.reply().isEnforced();
                  });
}

/*!
    \relates QZapTestClient

    Asks about the peer of \a request as QZAP_VERIFY_TEMPORARY() does, and returns whether the test
    may go on. A failure names \a expression, and its place \a line in \a file.
*/
bool qzapVerifyTemporary(const char *expression, const char *file, int line,
                         const QZapTestRequest &request)
{
    return verify(expression, file, line, request, Until::Answered, Domains::Any,
                  QStringLiteral("turned away for now, with a temporary answer"),
                  [](const QZapTestClientPrivate &client) {
                      return hasStatus(client, QZap::Status::TemporaryError);
                  });
}

/*!
    \relates QZapTestClient

    Asks about the peer of \a request as QZAP_VERIFY_PENDING() does, and returns whether the test
    may go on. A failure names \a expression, and its place \a line in \a file.
*/
bool qzapVerifyPending(const char *expression, const char *file, int line,
                       const QZapTestRequest &request)
{
    return verify(expression, file, line, request, Until::Deferred, Domains::Any,
                  QStringLiteral("a credentials provider is asked, and defers its answer"),
                  [](const QZapTestClientPrivate &client) { return client.isDeferred(); });
}

/*!
    \relates QZapTestClient

    Asks about the peer of \a request as QZAP_COMPARE_USER() does, compares its user id with \a
    userId, and returns whether the test may go on. A failure names \a expression, and its place \a
    line in \a file.
*/
bool qzapCompareUser(const char *expression, const char *file, int line,
                     const QZapTestRequest &request, QAnyStringView userId)
{
    const QString expected = userId.toString();
    return verify(expression, file, line, request, Until::Answered, Domains::Configured,
                  QStringLiteral("accepted as \"%1\"").arg(expected),
                  [&expected](const QZapTestClientPrivate &client) {
                      return hasStatus(client, QZap::Status::Success)
                             && client.reply().userId() == expected;
                  });
}

/*!
    \relates QZapTestClient

    Asks about the peer of \a request as QZAP_COMPARE_STATUS() does, compares the status of the
    answer with \a status, and returns whether the test may go on. A failure names \a expression,
    and its place \a line in \a file.
*/
bool qzapCompareStatus(const char *expression, const char *file, int line,
                       const QZapTestRequest &request, QZap::Status status)
{
    return verify(
        expression, file, line, request, Until::Answered, Domains::Any,
        QStringLiteral("the status ") + QZapTestClientPrivate::statusName(status),
        [status](const QZapTestClientPrivate &client) { return hasStatus(client, status); });
}
