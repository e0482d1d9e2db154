// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPCERTIFICATES_H
#define ZAPCERTIFICATES_H

#include <QZap/qzapcertificate.h>

#include <QtCore/qobject.h>
#include <QtCore/qvariantmap.h>
#include <QtQml/qqml.h>

class ZapCertificates : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON

public:
    explicit ZapCertificates(QObject *parent = nullptr);

    Q_INVOKABLE QZapCertificate create(const QString &directory, const QString &name) const;
    Q_INVOKABLE QZapCertificate create(const QString &directory, const QString &name,
                                       const QVariantMap &metadata) const;
    Q_INVOKABLE QZapCertificate load(const QString &file) const;

private:
    // Throws an exception in QML. Returns a null certificate, so that the caller can return it.
    QZapCertificate fail(const QString &message) const;
};

#endif // ZAPCERTIFICATES_H
