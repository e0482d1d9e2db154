// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keydirectorytest.h"

#include "protocol/z85.h"

#include <QtTest/qtest.h>

#include <array>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_KeyDirectory : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void usesEveryCertificate();
    void acceptsAnEmptyDirectory();
    void readsManyFiles();
    void publishesFields();
    void publishesInvalidFieldsEmpty();
    void takesUserIdsFromAField();
};

void tst_KeyDirectory::usesEveryCertificate()
{
    write("alice.key", certificateOf(1));
    write("bob", certificateOf(2)); // czmq's name
    write("carol.pub", certificateOf(3));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QVERIFY(!load.isIncomplete);
    QVERIFY(!load.changedMeanwhile);
    QCOMPARE(load.keys->size(), 3);
    for (const char number : {'\1', '\2', '\3'})
        QCOMPARE(userIdOf(load, keyOf(number)), QByteArrayView(""));
    QVERIFY(!load.keys->find(keyOf(4)));
}

void tst_KeyDirectory::acceptsAnEmptyDirectory()
{
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QVERIFY(load.keys);
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyDirectory::readsManyFiles()
{
    constexpr quint32 Count = 2000;
    std::array<quint32, CurveKeySize / sizeof(quint32)> key = {0, 1};
    const QByteArrayView view(reinterpret_cast<const char *>(key.data()), CurveKeySize);
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        write("device-" + QByteArray::number(i) + ".key",
              "curve\n    public-key = \"" + Z85::encode(view) + "\"\n");
    }
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), qsizetype{Count});
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        QVERIFY(load.keys->find(view));
    }
}

void tst_KeyDirectory::publishesFields()
{
    write("alice.key", certificateOf(1));
    write("bob.key", "metadata\n    role = \"admin\"\n" + certificateOf(2).sliced(9));
    const KeyLoad load =
        loadKeyDirectory(directory(), {}, {{}, {u"role"_s, u"name"_s, u"Domain"_s}});
    QCOMPARE(textsOf(load.errors), QStringList());
    const auto alice = load.keys->find(keyOf(1));
    const auto bob = load.keys->find(keyOf(2));
    QVERIFY(alice && bob);
    QCOMPARE(alice->userId, QByteArrayView(""));
    QCOMPARE(alice->metadata, QByteArrayView("\4role\0\0\0\0\4name\0\0\0\1x", 19));
    QCOMPARE(bob->metadata, QByteArrayView("\4role\0\0\0\5admin\4name\0\0\0\1x", 24));
}

// A field whose value cannot be sent is sent empty, and is reported with its line.
void tst_KeyDirectory::publishesInvalidFieldsEmpty()
{
    const auto writeWith = [this](char number, const QByteArray &lines) {
        const QByteArray text = certificateOf(number);
        write(QByteArray(1, static_cast<char>('`' + number)) + ".key",
              "metadata\n" + lines + text.sliced(text.indexOf("curve")));
    };
    writeWith(1, "    name = \"" + QByteArray(4097, 'x') + "\"\n");
    writeWith(2, "    name = \"\xe4\"\n");
    writeWith(3, "    name = \"y\"\n    name = \"\x01\"\n    role = \"\x01\"\n");
    writeWith(4, "    name = \"\x01\"\n    name = \"y\"\n");
    const KeyLoad load = loadKeyDirectory(directory(), {}, {{}, {u"name"_s}});
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].text().startsWith(path(u"a.key:2: the field name has 4097 bytes"_s)),
             qPrintable(load.errors[0].text()));
    QVERIFY2(load.errors[1].text().startsWith(path(u"b.key:2: skipped"_s)),
             qPrintable(load.errors[1].text()));
    QVERIFY2(load.errors[1].text().endsWith(u"the field name has no value until then"_s),
             qPrintable(load.errors[1].text()));
    // These are warnings only: another line has the field, or it is not declared.
    QCOMPARE(load.warnings.size(), 3);
    QCOMPARE(textsOf(load.warnings).filter(u"c.key:"_s).size(), 2);
    QCOMPARE(textsOf(load.warnings).filter(u"d.key:2:"_s).size(), 1);
    QCOMPARE(load.keys->size(), 4);
    for (const char number : {'\1', '\2'})
        QCOMPARE(load.keys->find(keyOf(number))->metadata, QByteArrayView("\4name\0\0\0\0", 9));
    for (const char number : {'\3', '\4'})
        QCOMPARE(load.keys->find(keyOf(number))->metadata, QByteArrayView("\4name\0\0\0\1y", 10));
}

void tst_KeyDirectory::takesUserIdsFromAField()
{
    write("alice.key", certificateOf(1));
    write("bob.key", "metadata\n    name = \"anonymous\"\n" + certificateOf(2).sliced(9));
    write("carol.key", certificateOf(3).sliced(certificateOf(3).indexOf("curve")));
    KeyDirectory keys(directory(), {}, {u"name"_s, {}}, TestClocks::later);
    for (const bool byNames : {false, true}) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QCOMPARE(load.errors.size(), 1);
        QVERIFY2(
            load.errors.first().text().startsWith(path(u"bob.key:2: the field name is \"anonym"_s)),
            qPrintable(load.errors.first().text()));
        QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("x"));
        QCOMPARE(userIdOf(load, keyOf(2)), QByteArrayView(""));
        QCOMPARE(userIdOf(load, keyOf(3)), QByteArrayView(""));
        QVERIFY(load.keys->find(keyOf(1))->metadata.isEmpty());
    }
    // The key is the same, but its user id is not.
    write("alice.key", "metadata\n    name = \"y\"\n" + certificateOf(1).sliced(9));
    QCOMPARE(userIdOf(keys.update({"alice.key"}), keyOf(1)), QByteArrayView("y"));
}

QTEST_GUILESS_MAIN(tst_KeyDirectory)
#include "tst_keydirectory.moc"
