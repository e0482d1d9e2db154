// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef KEYDIRECTORY_H
#define KEYDIRECTORY_H

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qfilesystemwatcher.h>
#include <QtCore/qhash.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlregistration.h>

class QZapCertificate;

// The certificates in a directory, which the authenticator reads, too: files that are written or
// removed here take effect a moment later.
class KeyDirectory : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(QString location READ location CONSTANT)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    QML_ELEMENT
    QML_UNCREATABLE("There is one, in Backend.")

public:
    enum Role { NameRole = Qt::UserRole, KeyRole, ProblemRole };

    explicit KeyDirectory(const QString &location, QObject *parent = nullptr);

    QString location() const { return m_location; }
    int count() const { return static_cast<int>(m_entries.size()); }

    // These functions return an error message, or an empty string on success.
    Q_INVOKABLE QString addKey(const QString &name, const QString &publicKey);
    Q_INVOKABLE QString addFile(const QString &pathOrUrl);
    Q_INVOKABLE QString revoke(const QString &name);
    // Undoes revoke() by restoring the file.
    Q_INVOKABLE QString restore(const QString &name);

    bool contains(const QString &publicKey) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    struct Entry
    {
        QString name;
        QString key;
        QString problem;

        bool operator==(const Entry &other) const
        {
            return name == other.name && key == other.key && problem == other.problem;
        }
    };

    QString add(const QString &name, QZapCertificate certificate);
    void read();

    QString m_location;
    QList<Entry> m_entries;
    QHash<QString, QByteArray> m_revoked; // the contents of the files, by name
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

#endif // KEYDIRECTORY_H
