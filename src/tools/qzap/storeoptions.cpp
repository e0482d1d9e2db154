// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storeoptions.h"

#include "base/text.h"
#include "base/utc.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/hashing/passwordhash.h"
#include "protocol/z85.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

static_assert(StoreOptions::MaximumMemory * qint64{1024} * 1024 == DefaultMaximumHashMemory);

Result<QByteArray> StoreOptions::keyOf(const QString &text)
{
    const QByteArray encoded = text.toUtf8();
    if (!Z85::isKey(encoded)) {
        return Problem(u"%1 is not a public key of %2 characters of Z85"_s.arg(
            quoted(text), QString::number(CurveKeyTextSize)));
    }
    QByteArray key(CurveKeySize, Qt::Uninitialized);
    Z85::decode(encoded, key.data());
    return key;
}

Result<QVariantMap> StoreOptions::fieldsOf(const QStringList &values)
{
    QVariantMap fields;
    for (const QString &value : values) {
        const qsizetype equals = value.indexOf(u'=');
        if (equals < 0)
            return Problem(u"%1 has no '='; write NAME=VALUE"_s.arg(quoted(value)));
        const QString name = value.left(equals);
        if (fields.contains(name))
            return Problem(u"the field %1 is given twice"_s.arg(quoted(name)));
        fields.insert(name, value.sliced(equals + 1));
    }
    return fields;
}

Result<QDateTime> StoreOptions::timeOf(const QString &text)
{
    const Result<qint64> time = expiryTimeOf(NotAfterField, text.toUtf8());
    if (!time)
        return time.problem();
    return timeOf(*time);
}

QDateTime StoreOptions::timeOf(qint64 milliseconds)
{
    return utcTime(milliseconds);
}

Result<int> StoreOptions::memoryOf(const QString &text)
{
    bool isNumber = false;
    const int memory = text.toInt(&isNumber);
    if (!isNumber || memory < 1 || memory > MaximumMemory) {
        return Problem(u"%1 is not a number of MiB from 1 to %2"_s.arg(
            quoted(text), QString::number(MaximumMemory)));
    }
    return memory;
}
