// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "checktest.h"

#include <QZap/QZapCertificate>

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

void CheckTest::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

bool CheckTest::write(const QString &name, const QByteArray &contents, uint mode) const
{
    QFile file(path(name));
    return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size()
           && ::chmod(qPrintable(file.fileName()), mode) == 0;
}

CommandRun CheckTest::check(const QString &name, const QStringList &options) const
{
    QProcess process;
    process.setWorkingDirectory(m_directory->path());
    return CommandRun::of(&process, QStringList{u"check"_s, name} + options);
}

QStringList CheckTest::as(const char *kind)
{
    return {u"--as"_s, QString::fromLatin1(kind)};
}

QByteArray CheckTest::key()
{
    for (;;) {
        const QByteArray key = QZapCertificate::generate().publicKeyText().toLatin1();
        if (!key.contains('='))
            return key;
    }
}

QByteArray CheckTest::inUtf16(const QByteArray &text, bool bigEndian)
{
    QByteArray result;
    for (const char c : text)
        result += bigEndian ? QByteArray(1, '\0') + c : c + QByteArray(1, '\0');
    return result;
}
