// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storetest.h"

using namespace Qt::StringLiterals;

void StoreTest::initialize(const QString &driver)
{
    newArgument(driver);
    const CommandRun run = store(u"init"_s);
    if (run.exitCode != 0)
        qFatal("%s", run.text().constData());
}

CommandRun StoreTest::store(const QString &action, const QStringList &arguments,
                            const QByteArray &input) const
{
    return CommandRun::of(QStringList{u"store"_s, action, u"--database"_s, m_argument} + arguments,
                          input);
}

QString StoreTest::key(char byte)
{
    // Four bytes are five characters of Z85.
    constexpr char Alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    constexpr quint32 Base = 85;
    const auto value = static_cast<uchar>(byte);
    quint32 group = quint32{value} << 24U | quint32{value} << 16U | quint32{value} << 8U | value;
    QString text(5, u'0');
    for (qsizetype i = 4; i >= 0; --i, group /= Base)
        text[i] = QLatin1Char(Alphabet[group % Base]);
    return text.repeated(8);
}
