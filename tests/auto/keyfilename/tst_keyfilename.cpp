// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keyfilename.h"

#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(KeyFileName)
Q_DECLARE_METATYPE(PassedOver)

class tst_KeyFileName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void names_data();
    void names();
    void reasons_data();
    void reasons();
    void filters_data();
    void filters();
};

void tst_KeyFileName::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void tst_KeyFileName::names_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<KeyFileName>("kind");

    const auto row = [](const char *name, KeyFileName kind) {
        QTest::newRow(name) << QByteArray(name) << kind;
    };
    for (const char *name : {"alice.key",
                             "alice.bak.key",
                             "a b.key",
                             "x.swap.key",
                             "~a.key",
                             "rpm.key",
                             "secret.key",
                             "\xe4.key",
                             "alice.KEY",
                             "top_secret_lab.key",
                             "a_secret.key",
                             "bob_secret.Key",
                             "alice.tmp.key",
                             "alice.1.key",
                             "john.keynes.key",
                             "copy.key",
                             "copy room.key",
                             "alice copy.key",
                             "alice (1).key",
                             "alice - copyright.key",
                             "alice - copy shop.key",
                             "alice (copyist).key",
                             "alice (copy.key",
                             "Copy official.key"}) {
        row(name, KeyFileName::Key);
    }
    for (const char *name : {"alice",
                             "key",
                             "alice.pub",
                             "x.sw",
                             "sw",
                             "README.md",
                             "bak",
                             "a-secret",
                             "x.swpp",
                             "john.keynes",
                             "john.KEYNES",
                             "bob.key\xc3\xa9",
                             "bob.key\xcc\x81s",
                             "x.keyring",
                             "alice_secrets",
                             "my_secretary",
                             "alice.1",
                             "pump.2",
                             "alice.bakery",
                             "alice.older",
                             "alice.office",
                             "alice.partner",
                             "alice.saved",
                             "a.tmpl",
                             "12",
                             "1.2.3.4",
                             "x-1",
                             "alice (copyist)",
                             "rpm",
                             "alice.ke",
                             "a.dpkg"}) {
        row(name, KeyFileName::Candidate);
    }
    for (const char *name :
         {".key", ".alice.key", ".", "..", ".hidden", "", "#alice.key#", "#x",
          // Names with something after .key.
          "alice.key~", "alice.key.bak", "alice.key.disabled", "alice.key.1", "alice.key2",
          "alice.key-old", "alice.key ", "alice.key (copy)", "alice.key.txt", "alice.KEY.Bak",
          "alice.key.key", "alice.key~.key", "alice.key\xe2\x80\x93old", "alice.key\xff",
          "alice.key.Kx3TzQ", "alice.key_secret.key",
          // Backup copies and disabled files.
          "~", "alice~", "alice~1", "alice.~1~", "alice.bak", "alice.BAK", "alice.bak2",
          "alice.bak.1", "alice.bak-2026-11-28", "alice.bak_2", "alice.old", "alice.Old.12",
          "alice.orig", "alice.save", "alice.save.1", "alice.off", "alice.off1", "alice.disabled",
          "alice.revoked", "alice.revoked2", "alice.part", "alice.tmp", "alice.key.tmp",
          "alice.swp", "alice.SWP", "alice.key.swo", "x.sw?", "x.sw1", "x.sw12", "x.swp1",
          // Names of secret certificates.
          "alice.key_secret", "alice_secret", "alice_SECRET", "bob_secret.1", "bob_secret~",
          "alice.key_secret.bak", "bob_secret (copy)", "bob_secret_2", "bob_secret.key.old",
          // Names that file managers give to copies.
          "alice (copy).key", "alice (copy 2).key", "alice (copy)", "alice (3rd copy)",
          "alice (another copy).key", "alice (Kopie).key", "alice (weitere Kopie).key",
          "alice (copie).key", "alice (c\xc3\xb3pia)", "alice (conflicted copy 2026-11-28).key",
          "alice (Bob's conflicted copy 2026-11-28).key", "alice - Copy.key",
          "alice - Copy (2).key", "alice - Copy", "alice - Kopie.key", "Copy of alice.key",
          "Copy (2) of alice.key", "copy of alice",
          // Names of files of package managers and synchronization programs.
          "alice.key.dpkg-old", "alice.dpkg-new.key", "alice.key.rpmsave", "alice.rpmnew",
          "alice.RPMNEW", "a.rpm.key", "alice.pacnew", "alice.ucf-dist",
          "alice.sync-conflict-20261128-120000-ABCDEF.key"}) {
        row(name, KeyFileName::Never);
    }
}

void tst_KeyFileName::names()
{
    QFETCH(const QByteArray, name);
    QTEST(keyFileName(name), "kind");
}

void tst_KeyFileName::reasons_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<PassedOver>("reason");

    QTest::newRow("read") << QByteArray("alice.key") << PassedOver::No;
    QTest::newRow("hidden") << QByteArray(".alice.key") << PassedOver::Hidden;
    QTest::newRow("secret") << QByteArray("alice.key_secret") << PassedOver::Secret;
    QTest::newRow("copy of a secret") << QByteArray("a (copy)_secret") << PassedOver::Secret;
    QTest::newRow("renamed") << QByteArray("alice.key.disabled") << PassedOver::Renamed;
    QTest::newRow("backup") << QByteArray("alice.old") << PassedOver::Backup;
    QTest::newRow("an editor's") << QByteArray("#alice.key#") << PassedOver::Backup;
    QTest::newRow("copy") << QByteArray("alice (copy).key") << PassedOver::Copy;
    QTest::newRow("package") << QByteArray("alice.dpkg-new") << PassedOver::Conflict;
}

void tst_KeyFileName::reasons()
{
    QFETCH(const QByteArray, name);
    QFETCH(const PassedOver, reason);
    QCOMPARE(passedOver(name), reason);
    QCOMPARE(passedOverText(reason).isEmpty(), reason == PassedOver::No);
}

void tst_KeyFileName::filters_data()
{
    QTest::addColumn<QString>("wildcard");
    for (const char16_t *wildcard :
         {u"*.key", u"*", u"*.Key", u"*ice.key", u"*+$(a).{1}", u"alice.key", u"al*.key",
          u"*a*.key", u"?.key", u"*.[k]ey", u"*\\.key", u"*/a.key", u"*\u00e9.key"}) {
        const QString text = QString::fromUtf16(wildcard);
        QTest::newRow(qPrintable(text)) << text;
    }
}

// Filters such as "*.key" are matched without a regular expression.
void tst_KeyFileName::filters()
{
    QFETCH(const QString, wildcard);
    const NameFilters filters({wildcard});
    QVERIFY(filters.invalid().isEmpty());
    const auto expression = QRegularExpression::fromWildcard(wildcard, Qt::CaseSensitive);
    for (const QByteArray name :
         {"alice.key", "Alice.KEY", "alice.Key", ".key", "key", "a.key", "a\n.key", "\xff.key",
          "\xc3\xa9.key", "e\xcc\x81.key", "x+$(a).{1}", "alice.key.old", "\\.key"}) {
        const bool isMatch = expression.match(QFile::decodeName(name)).hasMatch();
        QVERIFY2(filters.match(name) == isMatch, name.constData());
    }
}

QTEST_GUILESS_MAIN(tst_KeyFileName)

#include "tst_keyfilename.moc"
