// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcredentials.h>

#include <QtCore/qdebug.h>
#include <QtTest/qtest.h>

class tst_QZapCredentials : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void returnsItsArguments();
    void copiesThePassword();
    void takesKeysInEitherForm();
    void showsNoPassword();
    void showsTextsEscaped();
};

void tst_QZapCredentials::returnsItsArguments()
{
    QCOMPARE(QZapCredentials().mechanism(), QZap::Mechanism::Unknown);
    QCOMPARE(QZapCredentials::null().mechanism(), QZap::Mechanism::Null);
    const auto plain = QZapCredentials::plain(QStringLiteral("bob"), "secret");
    QCOMPARE(plain.mechanism(), QZap::Mechanism::Plain);
    QCOMPARE(plain.userName(), QStringLiteral("bob"));
    QCOMPARE(plain.password(), QByteArray("secret"));
    QVERIFY(plain.principal().isEmpty());
    const auto gssapi = QZapCredentials::gssapi(QStringLiteral("bob@A"));
    QCOMPARE(gssapi.mechanism(), QZap::Mechanism::Gssapi);
    QCOMPARE(gssapi.principal(), QStringLiteral("bob@A"));
    QVERIFY(gssapi.userName().isEmpty());
    QVERIFY(gssapi.password().isEmpty());
}

void tst_QZapCredentials::copiesThePassword()
{
    QByteArray password = "secret";
    QZapCredentials credentials = QZapCredentials::plain(QStringLiteral("bob"), password);
    const QZapCredentials copy = credentials;
    password.fill('x'); // the caller may overwrite its own copy
    QByteArray handedOut = credentials.password();
    handedOut.fill('x');
    QCOMPARE(credentials.password(), QByteArray("secret"));
    credentials = QZapCredentials();
    QCOMPARE(copy.password(), QByteArray("secret"));
}

void tst_QZapCredentials::takesKeysInEitherForm()
{
    const QByteArray bytes = QByteArray::fromHex("8E0BDD697628B91D8F245587EE95C5B04D48963F79259877"
                                                 "B49CD9063AEAD3B7");
    QCOMPARE(QZapCredentials::curve(bytes).publicKey(), bytes);
    QCOMPARE(QZapCredentials::curve("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6").publicKey(), bytes);
    QCOMPARE(QZapCredentials::curve("short").publicKey(), QByteArray("short"));
}

void tst_QZapCredentials::showsNoPassword()
{
    QString text;
    QDebug(&text) << QZapCredentials::plain(QStringLiteral("bob"), "hunter2")
                  << QZapCredentials::curve(QByteArray(32, 'k')) << QZapCredentials::null();
    QVERIFY(!text.contains(QStringLiteral("hunter2")));
    QVERIFY(text.contains(QStringLiteral("\"bob\"")));
}

// The text is escaped even if the stream does not quote strings.
void tst_QZapCredentials::showsTextsEscaped()
{
    QString text;
    QDebug(&text).noquote() << QZapCredentials::plain(QStringLiteral("a\n\x1b\u2028"), "hunter2")
                            << QZapCredentials::gssapi(QStringLiteral("b\u202e"));
    QVERIFY2(text.contains(QStringLiteral("user \"a\\u000a\\u001b\\u2028\"")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("principal \"b\\u202e\"")), qPrintable(text));
}

QTEST_GUILESS_MAIN(tst_QZapCredentials)
#include "tst_qzapcredentials.moc"
