// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"
#include "credentials/passwords/passwordfileparser.h"
#include "credentials/stores/keystore.h"
#include "credentials/stores/passwordstore.h"
#include "protocol/z85.h"

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

QByteArray keyOf(int number)
{
    QByteArray key(CurveKeySize, '\x55');
    key[0] = static_cast<char>(number);
    key[1] = static_cast<char>(number >> 8);
    return key;
}

const uchar *bytesOf(const QByteArray &key)
{
    return reinterpret_cast<const uchar *>(key.constData());
}

QByteArray textOf(int number)
{
    return Z85::encode(keyOf(number));
}

// An argon2id hash with small parameters.
QByteArray smallHash()
{
    return PasswordHash::headOf({8, 1}) + PasswordHash::randomTail();
}

} // namespace

// Tests the file and line that the keys and users of a store were read from.
class tst_Origins : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void linesOfAKeyStore();
    void fileNamesOfAKeyStore();
    void aKeyStoreKeepsNoOriginsByDefault();
    void duplicateKeys();
    void growingKeyStore();
    void linesOfAKeyList_data();
    void linesOfAKeyList();
    void linesOfAChangedKeyList();
    void aRemovedKeyListHasNone();
    void fileNamesOfAKeyDirectory();
    void aRenamedCertificate();
    void linesOfAPasswordStore();
    void aReplacedUserHasTheNewLine();
    void compactingKeepsLines();
    void linesOfAPasswordFile_data();
    void linesOfAPasswordFile();

private:
    void write(const QString &name, const QByteArray &contents) const;
    QString pathOf(const QString &name) const { return m_directory.filePath(name); }

    QTemporaryDir m_directory;
};

void tst_Origins::write(const QString &name, const QByteArray &contents) const
{
    QFile file(pathOf(name));
    QVERIFY2(file.open(QIODevice::WriteOnly | QIODevice::Truncate), qPrintable(file.errorString()));
    QCOMPARE(file.write(contents), contents.size());
}

void tst_Origins::linesOfAKeyStore()
{
    KeyStore::Builder builder(KeyStore::Origins::Lines);
    builder.add(bytesOf(keyOf(1)), "alice", {}, {3});
    builder.add(bytesOf(keyOf(2)), {}, {}, {7, "not kept"});
    const auto store = builder.build();
    QCOMPARE(store->originOf(keyOf(1)).line, 3);
    QCOMPARE(store->originOf(keyOf(2)).line, 7);
    QVERIFY(store->originOf(keyOf(2)).fileName.isEmpty());
    QCOMPARE(store->originOf(keyOf(3)).line, 0);
    QCOMPARE(store->originOf(keyOf(1).first(31)).line, 0);
    QCOMPARE(store->find(keyOf(1))->userId, QByteArrayView("alice"));
}

void tst_Origins::fileNamesOfAKeyStore()
{
    const QByteArray longest(255, 'x');
    KeyStore::Builder builder(KeyStore::Origins::FileNames);
    builder.add(bytesOf(keyOf(1)), "alice", "fields", {7, "alice.key"});
    builder.add(bytesOf(keyOf(2)), {}, {}, {0, longest});
    builder.add(bytesOf(keyOf(3)), {}, {}, {0, "carol"});
    const auto store = builder.build();
    QCOMPARE(store->originOf(keyOf(1)).fileName, QByteArrayView("alice.key"));
    QCOMPARE(store->originOf(keyOf(1)).line, 0);
    QCOMPARE(store->originOf(keyOf(2)).fileName, QByteArrayView(longest));
    QCOMPARE(store->originOf(keyOf(3)).fileName, QByteArrayView("carol"));
    QVERIFY(store->originOf(keyOf(4)).fileName.isEmpty());
    QCOMPARE(store->find(keyOf(1))->metadata, QByteArrayView("fields"));
}

void tst_Origins::aKeyStoreKeepsNoOriginsByDefault()
{
    KeyStore::Builder builder;
    builder.add(bytesOf(keyOf(1)), "alice", {}, {3, "alice.key"});
    const auto store = builder.build();
    QCOMPARE(store->originOf(keyOf(1)).line, 0);
    QVERIFY(store->originOf(keyOf(1)).fileName.isEmpty());
    QCOMPARE(store->originAt(0).line, 0);
}

void tst_Origins::duplicateKeys()
{
    KeyStore::Builder builder(KeyStore::Origins::Lines);
    builder.add(bytesOf(keyOf(1)), "first", {}, {3});
    builder.add(bytesOf(keyOf(2)), "other", {}, {4});
    builder.add(bytesOf(keyOf(1)), "second", {}, {5});
    const auto store = builder.build();
    QCOMPARE(store->originOf(keyOf(1)).line, 3);
    QCOMPARE(store->originOf(keyOf(2)).line, 4);
    QCOMPARE(store->originAt(2).line, 5);
}

void tst_Origins::growingKeyStore()
{
    constexpr int Count = 1000;
    KeyStore::Builder builder(KeyStore::Origins::FileNames);
    for (int i = 0; i < Count; ++i)
        builder.add(bytesOf(keyOf(i)), {}, {}, {0, QByteArray::number(i) + ".key"});
    const auto store = builder.build();
    for (int i = 0; i < Count; ++i) {
        QCOMPARE(store->originOf(keyOf(i)).fileName,
                 QByteArrayView(QByteArray::number(i) + ".key"));
    }
}

void tst_Origins::linesOfAKeyList_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("first"); // the line of key 1
    QTest::addColumn<int>("second");

    const QByteArray one = textOf(1);
    const QByteArray two = textOf(2);
    QTest::newRow("adjacent") << one + "\n" + two + "\n" << 1 << 2;
    QTest::newRow("no LF at the end") << one + " a\n" + two << 1 << 2;
    QTest::newRow("comments and blank lines") << "# c\n\n" + one + " a\n \n#\n" + two << 3 << 6;
    QTest::newRow("CRLF") << "\r\n" + one + "\r\n" + two + "\r\n" << 2 << 3;
    QTest::newRow("bad lines") << "rubbish\n" + one + "\nrubbish\n" + two << 2 << 4;
    QTest::newRow("a byte order mark") << "\xef\xbb\xbf# c\n" + one + "\n" + two << 2 << 3;
    QTest::newRow("the first of two") << one + "\n" + two + "\n" + one + "\n" << 1 << 2;
    QTest::newRow("absent") << two + "\n" << 0 << 1;
}

void tst_Origins::linesOfAKeyList()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const int, first);
    QFETCH(const int, second);

    KeyFields fields;
    fields.publishedFields = QStringList{u"site"_s};
    for (const KeyFields &used : {KeyFields(), fields}) {
        const KeyLoad load = parseKeyList(contents, u"keys"_s, used);
        QCOMPARE(load.keys->originOf(keyOf(1)).line, first);
        QCOMPARE(load.keys->originOf(keyOf(2)).line, second);
    }
}

void tst_Origins::linesOfAChangedKeyList()
{
    write(u"list"_s, textOf(1) + '\n');
    KeyList list(pathOf(u"list"_s));
    QCOMPARE(list.load().keys->originOf(keyOf(1)).line, 1);
    write(u"list"_s, "# moved\n" + textOf(1) + '\n');
    QCOMPARE(list.load().keys->originOf(keyOf(1)).line, 2);
}

void tst_Origins::aRemovedKeyListHasNone()
{
    write(u"gone"_s, textOf(1) + '\n');
    KeyList list(pathOf(u"gone"_s));
    QCOMPARE(list.load().keys->originOf(keyOf(1)).line, 1);
    QVERIFY(QFile::remove(pathOf(u"gone"_s)));
    QCOMPARE(list.load().keys->originOf(keyOf(1)).line, 0);
}

void tst_Origins::fileNamesOfAKeyDirectory()
{
    const QTemporaryDir directory;
    const auto save = [&](const QString &name, int key) {
        QFile file(directory.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write("curve\n    public-key = \"" + textOf(key) + "\"\n") > 0);
    };
    save(u"alice.key"_s, 1);
    save(u"of another program"_s, 2);
    save(u"zoë.key"_s, 3);
    save(u"alice too.key"_s, 1);
    save(u"bob.key.disabled"_s, 4);
    const KeyLoad load = loadKeyDirectory(directory.path(), {});
    QCOMPARE(load.keys->originOf(keyOf(1)).fileName, QByteArrayView("alice too.key"));
    QCOMPARE(load.keys->originOf(keyOf(2)).fileName, QByteArrayView("of another program"));
    QCOMPARE(load.keys->originOf(keyOf(3)).fileName, QByteArrayView("zoë.key"));
    QVERIFY(load.keys->originOf(keyOf(4)).fileName.isEmpty());
    QCOMPARE(load.warnings.size(), 1);
    QCOMPARE(load.warnings.first().text(), directory.filePath(u"alice.key"_s)
                                               + u": contains the same key as "_s
                                               + directory.filePath(u"alice too.key"_s)
                                               + u", which is used; remove one of the two"_s);
}

void tst_Origins::aRenamedCertificate()
{
    const QTemporaryDir location;
    QFile file(location.filePath(u"old.key"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.write("curve\n    public-key = \"" + textOf(1) + "\"\n") > 0);
    file.close();
    KeyDirectory directory(location.path());
    const KeyLoad before = directory.load();
    QCOMPARE(before.keys->originOf(keyOf(1)).fileName, QByteArrayView("old.key"));
    QVERIFY(file.rename(location.filePath(u"new.key"_s)));
    const KeyLoad after = directory.update({"old.key", "new.key"});
    QCOMPARE(after.keys->originOf(keyOf(1)).fileName, QByteArrayView("new.key"));
    QCOMPARE(before.keys->originOf(keyOf(1)).fileName, QByteArrayView("old.key"));
}

void tst_Origins::linesOfAPasswordStore()
{
    PasswordStore store;
    store.insert("none", "secret");
    QCOMPARE(store.lineOf("none"), 0);
    store.insert("alice", "secret", 3);
    store.insertHash("bob", smallHash(), 5);
    QCOMPARE(store.lineOf("none"), 0);
    QCOMPARE(store.lineOf("alice"), 3);
    QCOMPARE(store.lineOf("bob"), 5);
    QCOMPARE(store.lineOf("carol"), 0);
    QVERIFY(store.remove("alice"));
    QCOMPARE(store.lineOf("alice"), 0);
    QCOMPARE(store.lineOf("bob"), 5);
}

void tst_Origins::aReplacedUserHasTheNewLine()
{
    PasswordStore store;
    store.insert("alice", "secret", 3);
    store.insert("alice", "other", 9);
    QCOMPARE(store.lineOf("alice"), 9);
    store.insertHash("alice", smallHash());
    QCOMPARE(store.lineOf("alice"), 0);
    QVERIFY(store.remove("alice"));
    store.insert("alice", "other", 4);
    QCOMPARE(store.lineOf("alice"), 4);
}

void tst_Origins::compactingKeepsLines()
{
    constexpr int Count = 1000;
    const auto nameOf = [](int number) { return "user" + QByteArray::number(number); };
    PasswordStore store;
    for (int i = 0; i < Count; ++i)
        store.insert(nameOf(i), "secret", i + 1);
    for (int i = 0; i < Count; i += 2)
        QVERIFY(store.remove(nameOf(i)));
    for (int i = 0; i < Count; ++i)
        store.insert("again", "secret", Count + i);
    store.squeeze();
    for (int i = 0; i < Count; ++i)
        QCOMPARE(store.lineOf(nameOf(i)), i % 2 == 0 ? 0 : i + 1);
    QCOMPARE(store.lineOf("again"), 2 * Count - 1);
}

void tst_Origins::linesOfAPasswordFile_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("alice");
    QTest::addColumn<int>("bob");

    QTest::newRow("adjacent") << QByteArray("alice=a\nbob=b\n") << 1 << 2;
    QTest::newRow("comments and blank lines") << QByteArray("#\n\nalice=a\n\n#\nbob=b") << 3 << 6;
    QTest::newRow("CRLF") << QByteArray("\r\nalice=a\r\nbob=b\r\n") << 2 << 3;
    QTest::newRow("bad lines") << QByteArray("rubbish\nalice=a\nbob=\nbob=b\n") << 2 << 4;
    QTest::newRow("hashed") << "#\nalice=" + smallHash() + "\nbob=" + smallHash() << 2 << 3;
    QTest::newRow("the first of two") << QByteArray("alice=a\nbob=b\nalice=c\n") << 1 << 2;
    QTest::newRow("locked") << QByteArray("alice=*\nbob=b\n") << 0 << 2;
    QTest::newRow("locked later") << QByteArray("alice=a\nbob=b\nalice=!\n") << 0 << 2;
}

void tst_Origins::linesOfAPasswordFile()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const int, alice);
    QFETCH(const int, bob);

    const PasswordLoad load = parsePasswordFile(contents, u"users"_s);
    QCOMPARE(load.passwords->lineOf("alice"), alice);
    QCOMPARE(load.passwords->lineOf("bob"), bob);
}

QTEST_GUILESS_MAIN(tst_Origins)
#include "tst_origins.moc"
