// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPPASSWORDFILE_H
#define QZAPPASSWORDFILE_H

#include <QZap/qzapglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <optional>

class QZapPasswordFilePrivate;

class QZAP_EXPORT QZapPasswordFile
{
    Q_GADGET

public:
    enum class Format { Argon2id, Plain };
    Q_ENUM(Format)

    QZapPasswordFile();
    QZapPasswordFile(const QZapPasswordFile &other);
    QZapPasswordFile(QZapPasswordFile &&other) noexcept;
    QZapPasswordFile &operator=(const QZapPasswordFile &other);
    QZapPasswordFile &operator=(QZapPasswordFile &&other) noexcept;
    ~QZapPasswordFile();

    void swap(QZapPasswordFile &other) noexcept { d.swap(other.d); }

    [[nodiscard]] static std::optional<QZapPasswordFile> load(const QString &file,
                                                              QString *errorMessage = nullptr);
    bool save(const QString &file, QString *errorMessage = nullptr) const;

    [[nodiscard]] static QByteArray hash(const QByteArray &password, int memory = 64);

    QStringList users() const;
    bool check(const QString &user, const QByteArray &password) const;
    bool setPassword(const QString &user, const QByteArray &password,
                     Format format = Format::Argon2id, QString *errorMessage = nullptr);
    bool removeUser(const QString &user);

    int hashMemory() const;
    bool setHashMemory(int mebibytes);

private:
    friend class QZapPasswordFilePrivate;

    QSharedDataPointer<QZapPasswordFilePrivate> d;
};

Q_DECLARE_SHARED(QZapPasswordFile)

#endif // QZAPPASSWORDFILE_H
