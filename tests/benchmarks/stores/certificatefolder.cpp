// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/certificatefolder.h"

#include "load/keys.h"

#include <QtCore/qfile.h>

#include <zmq.h>

namespace {

constexpr qsizetype KeyTextSize = 40;

} // namespace

bool CertificateFolder::create(qint64 count, QString *errorMessage)
{
    if (!m_folder.isValid()) {
        *errorMessage = QStringLiteral("No temporary folder: ") + m_folder.errorString();
        return false;
    }
    for (qint64 i = 0; i < count; ++i) {
        if (!write(i, i, errorMessage))
            return false;
    }
    return true;
}

bool CertificateFolder::write(qint64 file, qint64 key, QString *errorMessage) const
{
    const QByteArray text = "#   ZeroMQ CURVE Public Certificate\n\nmetadata\n    name = \"device-"
                            + QByteArray::number(file) + "\"\ncurve\n    public-key = \""
                            + keyTextOf(key) + "\"\n";
    QFile out(fileName(file));
    if (out.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && out.write(text) == text.size())
        return true;
    *errorMessage = QStringLiteral("%1: %2").arg(out.fileName(), out.errorString());
    return false;
}

bool CertificateFolder::remove(qint64 file) const
{
    return QFile::remove(fileName(file));
}

QByteArray CertificateFolder::keyOf(qint64 key)
{
    const CurveKey bytes = ::keyOf(static_cast<std::uint64_t>(key));
    return QByteArray(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

QByteArray CertificateFolder::keyTextOf(qint64 key)
{
    QByteArray text(KeyTextSize + 1, Qt::Uninitialized); // with its NUL
    const CurveKey bytes = ::keyOf(static_cast<std::uint64_t>(key));
    zmq_z85_encode(text.data(), bytes.data(), bytes.size());
    text.chop(1);
    return text;
}

QString CertificateFolder::fileName(qint64 file) const
{
    return m_folder.filePath(QStringLiteral("device-%1.key").arg(file));
}
