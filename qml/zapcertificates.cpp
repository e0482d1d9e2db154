// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapcertificates.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qurl.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsengine.h>

namespace {

QString localPath(const QString &pathOrUrl)
{
    if (!pathOrUrl.startsWith(QLatin1StringView("file:"), Qt::CaseInsensitive))
        return pathOrUrl;
    return QUrl(pathOrUrl).toLocalFile();
}

// Sets a field. A Date is the time from which the key is refused, regardless of the local time
// zone.
bool setField(QZapCertificate *certificate, const QString &name, const QVariant &value,
              QString *error)
{
    if (name == QLatin1StringView("not-after") && value.typeId() == QMetaType::QDateTime)
        return certificate->setNotAfter(value.toDateTime(), error);
    return certificate->setMetadata(name, value.toString(), error);
}

} // namespace

ZapCertificates::ZapCertificates(QObject *parent)
    : QObject(parent)
{ }

QZapCertificate ZapCertificates::create(const QString &directory, const QString &name) const
{
    return create(directory, name, {});
}

QZapCertificate ZapCertificates::create(const QString &directory, const QString &name,
                                        const QVariantMap &metadata) const
{
    QString error;
    QZapCertificate certificate = QZapCertificate::generate();
    if (certificate.isNull())
        return fail(
            QStringLiteral("No key can be generated: there is no source of random numbers"));
    for (auto field = metadata.begin(); field != metadata.end(); ++field) {
        if (!setField(&certificate, field.key(), field.value(), &error))
            return fail(error);
    }
    if (!certificate.save(localPath(directory), name, {}, &error))
        return fail(error);
    return certificate;
}

QZapCertificate ZapCertificates::load(const QString &file) const
{
    QString error;
    const auto certificate = QZapCertificate::load(localPath(file), &error);
    return certificate ? *certificate : fail(error);
}

// Throws an exception, since a null certificate might be overlooked.
QZapCertificate ZapCertificates::fail(const QString &message) const
{
    if (QJSEngine *const engine = qjsEngine(this))
        engine->throwError(message);
    return {};
}
