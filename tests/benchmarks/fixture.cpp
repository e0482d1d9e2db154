// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include "load/keys.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qstringlist.h>

#include <zmq.h>

namespace {

constexpr qsizetype KeyTextSize = 40;

bool makeKeyPair(QByteArray *publicKey, QByteArray *secretKey)
{
    publicKey->resize(KeyTextSize + 1);
    secretKey->resize(KeyTextSize + 1);
    if (zmq_curve_keypair(publicKey->data(), secretKey->data()) != 0)
        return false;
    publicKey->chop(1);
    secretKey->chop(1);
    return true;
}

} // namespace

QString Workload::name() const
{
    const QString text = QString::fromLatin1(mechanism);
    return keys > 0 ? QStringLiteral("%1, %2 key%3")
                          .arg(text)
                          .arg(keys)
                          .arg(keys == 1 ? QString() : QStringLiteral("s"))
                    : text;
}

Fixture::Fixture(qint64 keys)
    : m_keys(keys)
{
    m_keyLists.append({SmallDomain, path("one.keys"), 1});
    for (const qint64 between : {qint64{1000}, qint64{100000}}) {
        if (between < keys) {
            const QByteArray domain = "many-" + QByteArray::number(between);
            m_keyLists.append({domain, path(domain + ".keys"), between});
        }
    }
    if (keys > 1)
        m_keyLists.append({LargeDomain, path("many.keys"), keys});
}

bool Fixture::create(QString *errorMessage)
{
    if (!makeKeyPair(&m_clientPublic, &m_clientSecret)
        || !makeKeyPair(&m_serverPublic, &m_serverSecret)) {
        *errorMessage = QStringLiteral("libzmq was built without CURVE");
        return false;
    }
    m_firstKey.resize(sizeof(CurveKey));
    zmq_z85_decode(reinterpret_cast<uchar *>(m_firstKey.data()), m_clientPublic.constData());

    if (!m_folder.isValid() || !QDir().mkpath(certificates())) {
        *errorMessage = QStringLiteral("No temporary folder: ") + m_folder.errorString();
        return false;
    }
    for (const KeyList &list : qAsConst(m_keyLists)) {
        if (!writeKeyList(list, errorMessage))
            return false;
    }
    return write(passwordFile(), m_user + '=' + m_password + '\n', errorMessage)
           && write(certificates() + QStringLiteral("/client.key"),
                    "metadata\ncurve\n    public-key = \"" + m_clientPublic + "\"\n", errorMessage);
}

QList<Workload> Fixture::workloads(const QStringList &mechanisms) const
{
    QList<Workload> result;
    if (mechanisms.contains(QStringLiteral("null")))
        result.append({"NULL", 0, SmallDomain});
    if (mechanisms.contains(QStringLiteral("plain")))
        result.append({"PLAIN", 0, SmallDomain});
    if (mechanisms.contains(QStringLiteral("curve"))) {
        result.append({"CURVE", 1, SmallDomain});
        if (m_keys > 1)
            result.append({"CURVE", m_keys, LargeDomain});
    }
    return result;
}

QList<Workload> Fixture::growingWorkloads() const
{
    QList<Workload> result;
    for (const KeyList &list : m_keyLists)
        result.append({"CURVE", list.keys, list.domain});
    return result;
}

AskingLoad Fixture::askingLoad(const Workload &workload) const
{
    AskingLoad load = {};
    load.mechanism = workload.mechanism.constData();
    load.domain = workload.domain.constData();
    load.user = m_user.constData();
    load.password = m_password.constData();
    load.firstKey = reinterpret_cast<const uchar *>(m_firstKey.constData());
    load.keys = static_cast<quint64>(qMax<qint64>(workload.keys, 1));
    return load;
}

HandshakeLoad Fixture::handshakeLoad(const Workload &workload) const
{
    HandshakeLoad load = {};
    load.mechanism = workload.mechanism.constData();
    load.domain = workload.domain.constData();
    load.user = m_user.constData();
    load.password = m_password.constData();
    load.publicKey = m_clientPublic.constData();
    load.secretKey = m_clientSecret.constData();
    load.serverPublicKey = m_serverPublic.constData();
    load.serverSecretKey = m_serverSecret.constData();
    return load;
}

QString Fixture::path(const QByteArray &name) const
{
    return m_folder.filePath(QString::fromLatin1(name));
}

// The user ids have 16 bytes, like serial numbers or UUIDs.
bool Fixture::writeKeyList(const KeyList &list, QString *errorMessage) const
{
    QByteArray text;
    text.reserve(list.keys * (KeyTextSize + 18));
    for (qint64 i = 0; i < list.keys; ++i) {
        char encoded[KeyTextSize + 1];
        const CurveKey key = keyOf(static_cast<quint64>(i));
        text +=
            i == 0 ? m_clientPublic.constData() : zmq_z85_encode(encoded, key.data(), key.size());
        text += " device-" + QByteArray::number(i).rightJustified(9, '0') + '\n';
    }
    return write(list.file, text, errorMessage);
}

bool Fixture::write(const QString &file, const QByteArray &text, QString *errorMessage) const
{
    QFile out(file);
    const QFileDevice::Permissions onlyMine = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
    if (out.open(QIODevice::WriteOnly) && out.setPermissions(onlyMine)
        && out.write(text) == text.size())
        return true;
    *errorMessage = QStringLiteral("%1: %2").arg(file, out.errorString());
    return false;
}
