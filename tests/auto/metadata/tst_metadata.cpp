// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/metadata.h"
#include "protocol/reply.h"

#include <QtCore/qvariant.h>
#include <QtTest/qtest.h>

using namespace QZap;
using namespace QZap::Internal;

class tst_Metadata : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodes();
    void refuses_data();
    void refuses();
    void decodes_data();
    void decodes();
    void makesReplyFrames();
};

void tst_Metadata::encodes()
{
    QCOMPARE(*encodeMetadata({}), QByteArray());
    const auto frame = encodeMetadata({{QStringLiteral("Group"), QStringLiteral("ops")},
                                       {QStringLiteral("level"), 7},
                                       {QStringLiteral("none"), QString()},
                                       {QStringLiteral("raw"), QByteArray("\xff")}});
    QCOMPARE(frame.problem(), Problem());
    QCOMPARE(*frame, QByteArray("\5Group\0\0\0\3ops"
                                "\5level\0\0\0\1"
                                "7"
                                "\4none\0\0\0\0"
                                "\3raw\0\0\0\1\xff",
                                42));
}

void tst_Metadata::refuses_data()
{
    QTest::addColumn<QVariantMap>("metadata");
    const auto named = [](const QString &name) { return QVariantMap{{name, QStringLiteral("x")}}; };
    for (const char *reserved :
         {"User-Id", "user-id", "Identity", "Socket-Type", "Routing-Id", "Peer-Address", "__fd"}) {
        QTest::addRow("reserved name %s", reserved) << named(QString::fromLatin1(reserved));
    }
    QTest::newRow("empty name") << named(QString());
    QTest::newRow("name of 256 bytes") << named(QString(256, u'x'));
    QTest::newRow("name with a space") << named(QStringLiteral("a b"));
    QTest::newRow("name with an umlaut") << named(QStringLiteral("\u00e4"));
    QTest::newRow("names that differ in case only")
        << QVariantMap{{QStringLiteral("A"), 1}, {QStringLiteral("a"), 2}};
    QTest::newRow("value with a NUL") << QVariantMap{{QStringLiteral("a"), QByteArray("x\0", 2)}};
    QTest::newRow("value that is not UTF-16")
        << QVariantMap{{QStringLiteral("a"), QString(QChar(0xd800))}};
    QTest::newRow("value that is not text") << QVariantMap{{QStringLiteral("a"), QVariantMap()}};
    QTest::newRow("no value") << QVariantMap{{QStringLiteral("a"), QVariant()}};
    QTest::newRow("more than 64 KiB")
        << QVariantMap{{QStringLiteral("a"), QByteArray(qsizetype{64} * 1024, 'x')}};
}

void tst_Metadata::refuses()
{
    QFETCH(const QVariantMap, metadata);
    const auto frame = encodeMetadata(metadata);
    QVERIFY(!frame);
    QVERIFY(frame.problem());
}

void tst_Metadata::decodes_data()
{
    QTest::addColumn<QByteArray>("frame");
    QTest::addColumn<QVariantMap>("metadata");
    const QVariantMap group{{QStringLiteral("Group"), QStringLiteral("ops")}};
    const QByteArray whole("\5Group\0\0\0\3ops", 13);
    QTest::newRow("nothing") << QByteArray() << QVariantMap();
    QTest::newRow("a property") << whole << group;
    QTest::newRow("empty value") << QByteArray("\1a\0\0\0\0", 6)
                                 << QVariantMap{{QStringLiteral("a"), QString()}};
    QTest::newRow("cut in a name") << whole + "\3ab" << group;
    QTest::newRow("cut in a size") << whole + QByteArray("\1a\0\0\0", 5) << group;
    QTest::newRow("cut in a value") << whole + QByteArray("\1a\0\0\0\2b", 7) << group;
    QTest::newRow("size of 31 bits") << whole + QByteArray("\1a\x7f\xff\xff\xff", 6) + 'b' << group;
    QTest::newRow("size of 32 bits") << whole + QByteArray("\1a\x80\0\0\1", 6) + 'b' << group;
    QTest::newRow("largest size") << whole + QByteArray("\1a\xff\xff\xff\xff", 6) + 'b' << group;
}

// Decoding stops at the first incomplete property.
void tst_Metadata::decodes()
{
    QFETCH(const QByteArray, frame);
    QTEST(decodeMetadata(frame), "metadata");
}

void tst_Metadata::makesReplyFrames()
{
    QCOMPARE(statusCode(Status::Success), QByteArrayView("200"));
    QCOMPARE(statusCode(Status::TemporaryError), QByteArrayView("300"));
    QCOMPARE(statusCode(Status::AuthenticationFailure), QByteArrayView("400"));
    QCOMPARE(statusCode(Status::InternalError), QByteArrayView("500"));
    QCOMPARE(replyFrames("7", {"200", "OK", "bob", "meta"}),
             QByteArrayList({"1.0", "7", "200", "OK", "bob", "meta"}));
}

QTEST_GUILESS_MAIN(tst_Metadata)
#include "tst_metadata.moc"
