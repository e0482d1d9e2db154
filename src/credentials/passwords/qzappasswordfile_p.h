// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPPASSWORDFILE_P_H
#define QZAPPASSWORDFILE_P_H

#include <QZap/qzappasswordfile.h>

#include "credentials/files/filereader.h"
#include "credentials/passwords/passwordfiletext.h"
#include "credentials/stores/passwordstore.h"

#include <QtCore/qmutex.h>

#include <array>

class QZapPasswordFilePrivate : public QSharedData
{
public:
    using FileError = QZap::Internal::FileError;

    struct Load
    {
        std::optional<QZapPasswordFile> passwords;
        FileError error = FileError::None;
        QZap::Internal::Problem problem;
    };

    QZapPasswordFilePrivate() = default;
    QZapPasswordFilePrivate(const QZapPasswordFilePrivate &other);
    QZapPasswordFilePrivate(QZapPasswordFilePrivate &&) = delete;
    QZapPasswordFilePrivate &operator=(const QZapPasswordFilePrivate &) = delete;
    QZapPasswordFilePrivate &operator=(QZapPasswordFilePrivate &&) = delete;
    ~QZapPasswordFilePrivate() = default;

    // Loads the file and logs all warnings.
    static Load load(const QString &file);
    // The caller must hold the lock.
    static QZap::Internal::Problem write(const QZapPasswordFile &passwords, const QString &file)
    {
        return passwords.d->write(file);
    }

    QZap::Internal::PasswordFileText text;
    QZap::Internal::PasswordStore users; // as in the text
    int hashMemory = 64;                 // MiB

private:
    using Digest = std::array<uchar, 32>;
    struct Known
    {
        QString location;
        Digest digest{};
    };

    // The file that save() would replace.
    struct Target
    {
        bool exists = false;
        QZap::Internal::Problem problem; // why the file is not replaced
    };

    static Digest digestOf(QByteArrayView contents);
    QZap::Internal::Problem write(const QString &file) const;
    Target targetAt(const QString &file, const QString &location) const;

    // The contents that this value has last read or written: save() overwrites no other contents.
    // Saving is const, and copies that share this have the same contents.
    mutable QMutex m_mutex;
    mutable std::optional<Known> m_known;
};

#endif // QZAPPASSWORDFILE_P_H
