// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>

#include <QtCore/qdebug.h>
#include <QtTest/qtest.h>

class tst_QZapReply : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isARejectionByDefault();
    void isMadeByItsFactories();
    void refusesUserIds_data();
    void refusesUserIds();
    void setsMetadata();
    void isShared();
    void requestsAreEmptyByDefault();
    void showsTextsEscaped();
};

void tst_QZapReply::isARejectionByDefault()
{
    const QZapReply reply;
    QCOMPARE(reply.status(), QZap::Status::AuthenticationFailure);
    QVERIFY(!reply.statusText().isEmpty());
    QVERIFY(reply.userId().isEmpty());
    QVERIFY(reply.metadata().isEmpty());
}

void tst_QZapReply::isMadeByItsFactories()
{
    const QString why = QStringLiteral("why");
    QCOMPARE(QZapReply::reject(why).status(), QZap::Status::AuthenticationFailure);
    QCOMPARE(QZapReply::retryLater(why).status(), QZap::Status::TemporaryError);
    QCOMPARE(QZapReply::internalError(why).status(), QZap::Status::InternalError);
    QCOMPARE(QZapReply::reject(why).statusText(), why);
    const QZapReply reply = QZapReply::accept(QStringLiteral("bob"), {{QStringLiteral("A"), 1}});
    QCOMPARE(reply.status(), QZap::Status::Success);
    QCOMPARE(reply.userId(), QStringLiteral("bob"));
    QCOMPARE(reply.metadata().value(QStringLiteral("A")).toInt(), 1);
    QCOMPARE(QZapReply::accept(QString()).status(), QZap::Status::Success);
    QString text;
    QDebug(&text) << reply;
    QCOMPARE(text.trimmed(),
             QStringLiteral("QZapReply(QZap::Status::Success, \"OK\", user id \"bob\")"));
}

void tst_QZapReply::refusesUserIds_data()
{
    QTest::addColumn<QString>("userId");
    QTest::addColumn<QVariantMap>("metadata");
    QTest::newRow("256 bytes") << QString(256, u'x') << QVariantMap();
    QTest::newRow("NUL") << QString(QChar(0)) << QVariantMap();
    QTest::newRow("half a character") << QString(QChar(0xd800)) << QVariantMap();
    QTest::newRow("reserved metadata")
        << QStringLiteral("bob") << QVariantMap{{QStringLiteral("User-Id"), QStringLiteral("x")}};
}

void tst_QZapReply::refusesUserIds()
{
    QFETCH(const QString, userId);
    QFETCH(const QVariantMap, metadata);
    const QZapReply reply = QZapReply::accept(userId, metadata);
    QCOMPARE(reply.status(), QZap::Status::InternalError);
    QVERIFY(reply.userId().isEmpty());
    QVERIFY(!reply.statusText().isEmpty());
}

void tst_QZapReply::setsMetadata()
{
    QZapReply reply = QZapReply::accept(QStringLiteral("bob"));
    QString error;
    QVERIFY(reply.setMetadata({{QStringLiteral("Group"), QStringLiteral("ops")}}, &error));
    QVERIFY(!reply.setMetadata({{QStringLiteral("no name"), QStringLiteral("ops")}}, &error));
    QVERIFY(error.contains(QStringLiteral("\"no name\"")));
    QCOMPARE(reply.metadata().keys(), QStringList(QStringLiteral("Group")));
}

void tst_QZapReply::isShared()
{
    QZapReply first = QZapReply::accept(QStringLiteral("bob"));
    QZapReply second = first;
    QVERIFY(second.setMetadata({{QStringLiteral("A"), 1}}));
    QVERIFY(first.metadata().isEmpty());
    QZapReply moved = std::move(second);
    QCOMPARE(moved.metadata().size(), 1);
    first.swap(moved);
    QCOMPARE(first.metadata().size(), 1);
    second = first;
    QCOMPARE(second.metadata().size(), 1);
}

void tst_QZapReply::requestsAreEmptyByDefault()
{
    const QZapRequest request;
    QCOMPARE(request.mechanism(), QZap::Mechanism::Unknown);
    QVERIFY(request.domain().isEmpty());
    QVERIFY(request.userName().isEmpty());
    QVERIFY(request.publicKeyText().isEmpty());
    QVERIFY(request.principal().isEmpty());
    QVERIFY(request.identity().isEmpty());
    QVERIFY(request.address().isEmpty());
    QVERIFY(!request.timestamp().isValid());
    QString text;
    QDebug(&text) << request;
    QVERIFY(text.startsWith(QStringLiteral("QZapRequest(QZap::Mechanism::Unknown")));
}

// The text is escaped even if the stream does not quote strings.
void tst_QZapReply::showsTextsEscaped()
{
    QString text;
    QDebug(&text).noquote() << QZapReply::reject(QStringLiteral("a\n\x1b\u2028\u202e\""));
    QCOMPARE(text.trimmed(), QStringLiteral("QZapReply(QZap::Status::AuthenticationFailure, "
                                            "\"a\\u000a\\u001b\\u2028\\u202e\\\"\")"));
    text.clear();
    QDebug(&text).noquote() << QZapReply::accept(QStringLiteral("a\u2028b"));
    QCOMPARE(text.trimmed(),
             QStringLiteral("QZapReply(QZap::Status::Success, \"OK\", user id \"a\\u2028b\")"));
}

QTEST_GUILESS_MAIN(tst_QZapReply)
#include "tst_qzapreply.moc"
