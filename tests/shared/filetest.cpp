// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "filetest.h"

#include "systemcalls.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

#include <filesystem>
#include <system_error>

#include <sys/stat.h>

void FileTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_directory = std::make_unique<QTemporaryDir>();
    SystemCalls::must(m_directory->isValid());
    SystemCalls::setMode(QFile::encodeName(path()), 0755);
}

void FileTest::cleanup()
{
    std::error_code error; // QTemporaryDir reports remaining files
    for (const auto &entry : std::filesystem::directory_iterator(path().toStdString(), error))
        std::filesystem::remove_all(entry, error);
    m_directory.reset();
}

QStringList FileTest::names() const
{
    return QDir(path()).entryList(
        QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
}

QByteArray FileTest::contentsOf(const QString &name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int FileTest::modeOf(const QString &name) const
{
    struct stat status = {};
    const QByteArray file = QFile::encodeName(path(name));
    return ::stat(file.constData(), &status) == 0 ? static_cast<int>(status.st_mode & 07777) : -1;
}

QString FileTest::write(const QString &name, const QByteArray &contents, mode_t mode) const
{
    SystemCalls::write(QFile::encodeName(path(name)), contents);
    setMode(name, mode);
    return path(name);
}

void FileTest::setMode(const QString &name, mode_t mode) const
{
    SystemCalls::setMode(QFile::encodeName(path(name)), mode);
}

void FileTest::makeDirectory(const QString &name) const
{
    SystemCalls::makePath(QFile::encodeName(path(name)));
}

void FileTest::link(const QString &target, const QString &name) const
{
    SystemCalls::link(QFile::encodeName(target), QFile::encodeName(path(name)));
}

void FileTest::makeFifo(const QString &name) const
{
    SystemCalls::makeFifo(QFile::encodeName(path(name)));
}

void FileTest::rename(const QString &from, const QString &to) const
{
    SystemCalls::rename(QFile::encodeName(path(from)), QFile::encodeName(path(to)));
}

void FileTest::remove(const QString &name) const
{
    SystemCalls::remove(QFile::encodeName(path(name)));
}
