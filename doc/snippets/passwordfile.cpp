// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Edits a password file. Exits with 0 if the file accepts the right users.

#include <QZap/QZap>

#include <QtCore/qdebug.h>
#include <QtCore/qtemporarydir.h>

using namespace Qt::StringLiterals;

namespace {

bool edit(const QString &file, const QByteArray &alicesPassword)
{
    //! [edit]
    QString error;
    std::optional<QZapPasswordFile> passwords = QZapPasswordFile::load(file, &error);
    if (!passwords
        || !passwords->setPassword(u"alice"_s, alicesPassword, QZapPasswordFile::Format::Argon2id,
                                   &error)) {
        qCritical().noquote() << error;
        return false;
    }
    passwords->removeUser(u"bob"_s);
    if (!passwords->save(file, &error)) {
        qCritical().noquote() << error;
        return false;
    }
    //! [edit]
    return true;
}

} // namespace

int main()
{
    const QTemporaryDir directory;
    const QString file = directory.filePath(u"passwords"_s);
    QZapPasswordFile begun;
    begun.setPassword(u"bob"_s, "battery staple", QZapPasswordFile::Format::Plain);
    if (!begun.save(file) || !edit(file, "correct horse"))
        return 1;
    const auto edited = QZapPasswordFile::load(file);
    return edited && edited->check(u"alice"_s, "correct horse") && edited->users().size() == 1 ? 0
                                                                                               : 1;
}
