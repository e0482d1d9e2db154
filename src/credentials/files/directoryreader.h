// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_DIRECTORYREADER_H
#define QZAP_CREDENTIALS_FILES_DIRECTORYREADER_H

#include "credentials/files/filereader.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <functional>
#include <memory>
#include <optional>

namespace QZap::Internal {

// The names in a directory, and its files by their names.
class DirectoryReader
{
public:
    // What an entry is known to be without opening it.
    enum class EntryType {
        File,
        Link,
        Unknown, // any of them, as the file system does not say
        Directory,
        Special, // a fifo, socket or device
    };
    // Is given a name; returns whether the listing goes on.
    using TakeName = std::function<bool(QByteArrayView name, EntryType type)>;

    [[nodiscard]] static std::unique_ptr<DirectoryReader> make(const QString &path);
    virtual ~DirectoryReader() = default;
    Q_DISABLE_COPY_MOVE(DirectoryReader)

    // An errno, or 0; what follows needs an open directory.
    [[nodiscard]] virtual int open() = 0;
    // All entries, in no order, which may or may not have "." and ".." among them; once.
    [[nodiscard]] virtual int list(const TakeName &take) = 0;

    virtual FileRead read(const QByteArray &name, qsizetype limit) const = 0;
    // Of a file or directory, links followed; none where there is none.
    virtual std::optional<FileFacts> factsOf(const QByteArray &name) const = 0;
    // Whether it is a link, or was one where it leads nowhere.
    virtual bool isLink(const QByteArray &name) const = 0;
    // Whether it is a fifo, socket or device: even opening one may have an effect.
    virtual bool isSpecial(const QByteArray &name) const = 0;
    // Whether it is a sub-directory, links followed.
    virtual bool isDirectory(const QByteArray &name) const = 0;
    // A reader of a sub-directory, which is not open yet. This one outlives it, and stays open.
    virtual std::unique_ptr<DirectoryReader> subdirectory(const QByteArray &name) const = 0;
    // Of the directory itself.
    virtual std::optional<FileFacts> facts() const { return fileFacts(m_path + u'/'); }

    // For texts: bytes that are no UTF-8, and control characters, are written as \xhh.
    QString pathOf(const QByteArray &name) const;

protected:
    explicit DirectoryReader(const QString &path);

    const QString m_path; // without a slash at its end
};

// Return what an errno says about a directory.
[[nodiscard]] FileError directoryError(int systemError);
[[nodiscard]] Problem directoryReadProblem(int systemError, const QString &path);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_DIRECTORYREADER_H
