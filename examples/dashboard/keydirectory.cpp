// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keydirectory.h"

#include <QZap/QZapCertificate>

#include <QtCore/qdir.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qurl.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

constexpr int KeyLength = 40;    // characters
constexpr int SettlingTime = 50; // ms: a file is written in more than one step

QString fileName(const QString &name)
{
    return name + u".key"_s;
}

QString whyNoKey(const QString &text)
{
    if (text.isEmpty())
        return KeyDirectory::tr("Paste the public key of the peer.");
    if (text.size() != KeyLength)
        return KeyDirectory::tr("A public key has %1 characters. This text has %2.")
            .arg(KeyLength)
            .arg(text.size());
    return KeyDirectory::tr("This text is not a public key in Z85, the encoding of ZeroMQ.");
}

} // namespace

KeyDirectory::KeyDirectory(const QString &location, QObject *parent)
    : QAbstractListModel(parent)
    , m_location(location)
{
    QDir().mkpath(location);
    m_watcher.addPath(location);
    m_settle.setInterval(SettlingTime);
    m_settle.setSingleShot(true);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle,
            qOverload<>(&QTimer::start));
    connect(&m_settle, &QTimer::timeout, this, &KeyDirectory::read);
    read();
}

QString KeyDirectory::addKey(const QString &name, const QString &publicKey)
{
    const QString key = publicKey.trimmed();
    const auto certificate = QZapCertificate::fromPublicKey(key.toLatin1());
    if (!certificate)
        return whyNoKey(key);
    return add(name.trimmed(), *certificate);
}

QString KeyDirectory::addFile(const QString &pathOrUrl)
{
    const QUrl url(pathOrUrl.trimmed());
    const QString path = url.isLocalFile() ? url.toLocalFile() : pathOrUrl.trimmed();
    if (path.isEmpty())
        return tr("Name a certificate's file.");
    QString error;
    const auto loaded = QZapCertificate::load(path, &error);
    if (!loaded)
        return error;
    // The secret key is omitted, since a server does not need it.
    auto certificate = *QZapCertificate::fromPublicKey(loaded->publicKeyText().toLatin1());
    const QMap<QString, QString> fields = loaded->metadata();
    for (auto field = fields.cbegin(); field != fields.cend(); ++field)
        certificate.setMetadata(field.key(), field.value());
    return add(QFileInfo(path).baseName(), certificate);
}

QString KeyDirectory::add(const QString &name, QZapCertificate certificate)
{
    static const QRegularExpression allowed(u"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$"_s);
    if (name.isEmpty())
        return tr("Give the peer a name.");
    if (!allowed.match(name).hasMatch())
        return tr("A name has letters, digits, dots, dashes and underscores.");
    for (const Entry &entry : std::as_const(m_entries)) {
        if (entry.name == name)
            return tr("There is a key of that name already.");
        if (entry.key == certificate.publicKeyText())
            return tr("%1 has that key already.").arg(entry.name);
    }
    // This field is the user id: the maker of the file must not choose that of another peer.
    certificate.setMetadata(u"name"_s, name);
    QString error;
    if (!certificate.save(m_location, name, {}, &error))
        return error;
    read();
    return {};
}

QString KeyDirectory::revoke(const QString &name)
{
    QFile file(QDir(m_location).filePath(fileName(name)));
    const QByteArray content = file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
    file.close();
    if (!file.remove())
        return tr("%1 cannot be removed: %2").arg(file.fileName(), file.errorString());
    m_revoked.insert(name, content);
    read();
    return {};
}

QString KeyDirectory::restore(const QString &name)
{
    if (!m_revoked.contains(name))
        return tr("No key of the name %1 was revoked here.").arg(name);
    const QByteArray content = m_revoked.take(name);
    QFile file(QDir(m_location).filePath(fileName(name)));
    if (!file.open(QFile::WriteOnly | QFile::NewOnly) || file.write(content) != content.size()
        || !file.flush()) {
        return tr("%1 cannot be written: %2").arg(file.fileName(), file.errorString());
    }
    file.close();
    read();
    return {};
}

bool KeyDirectory::contains(const QString &publicKey) const
{
    return std::any_of(m_entries.begin(), m_entries.end(),
                       [&](const Entry &entry) { return entry.key == publicKey; });
}

void KeyDirectory::read()
{
    const QDir directory(m_location);
    QList<Entry> entries;
    const QStringList files = directory.entryList({u"*.key"_s}, QDir::Files, QDir::Name);
    for (const QString &file : files) {
        Entry entry;
        entry.name = file.chopped(4);
        if (const auto certificate =
                QZapCertificate::load(directory.filePath(file), &entry.problem)) {
            entry.key = certificate->publicKeyText();
        }
        entries.append(entry);
    }
    if (entries == m_entries)
        return;
    // Rows are removed one by one, so that a view keeps its position.
    for (int row = count() - 1; row >= 0; --row) {
        if (entries.contains(m_entries.at(row)))
            continue;
        beginRemoveRows({}, row, row);
        m_entries.removeAt(row);
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(entries.size()); ++row) {
        if (row < count() && m_entries.at(row) == entries.at(row))
            continue;
        beginInsertRows({}, row, row);
        m_entries.insert(row, entries.at(row));
        endInsertRows();
    }
    Q_EMIT countChanged();
}

int KeyDirectory::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant KeyDirectory::data(const QModelIndex &index, int role) const
{
    if (!hasIndex(index.row(), index.column(), index.parent()))
        return {};
    const Entry &entry = m_entries.at(index.row());
    switch (role) {
    case NameRole:
        return entry.name;
    case KeyRole:
        return entry.key;
    case ProblemRole:
        return entry.problem;
    default:
        return {};
    }
}

QHash<int, QByteArray> KeyDirectory::roleNames() const
{
    return {{NameRole, "name"}, {KeyRole, "key"}, {ProblemRole, "problem"}};
}
