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

// Reads the names in a directory, and opens its files by their names.
class DirectoryReader
{
public:
    // The type of an entry, as far as it is known without opening it.
    enum class EntryType {
        File,
        Link,
        Unknown, // not reported by the file system
        Directory,
        Special, // a fifo, socket or device
    };
    // A directory with more entries cannot be listed (EFBIG): a file system may never end the list.
    static constexpr qsizetype MaximumEntries = 4'194'304;
    // Called with each name; returns whether to continue.
    using TakeName = std::function<bool(QByteArrayView name, EntryType type)>;

    [[nodiscard]] static std::unique_ptr<DirectoryReader> make(const QString &path);
    virtual ~DirectoryReader() = default;
    Q_DISABLE_COPY_MOVE(DirectoryReader)

    // Returns an errno, or 0. The following functions need an open directory.
    [[nodiscard]] virtual int open() = 0;
    // Lists all entries in any order, possibly including "." and "..". Can be called only once.
    [[nodiscard]] virtual int list(const TakeName &take) = 0;

    virtual FileRead read(const QByteArray &name, qsizetype limit) const = 0;
    // Returns the facts of a file or directory, following links; nullopt if it does not exist.
    virtual std::optional<FileFacts> factsOf(const QByteArray &name) const = 0;
    // Returns whether it is a symbolic link.
    virtual bool isLink(const QByteArray &name) const = 0;
    // Returns whether it is a FIFO, socket or device: even opening one can have an effect.
    virtual bool isSpecial(const QByteArray &name) const = 0;
    // Returns whether it is a sub-directory, following links.
    virtual bool isDirectory(const QByteArray &name) const = 0;
    // Returns a reader of a sub-directory, which is not open yet. This object must outlive it and
    // remain open.
    virtual std::unique_ptr<DirectoryReader> subdirectory(const QByteArray &name) const = 0;
    // Returns the facts of the directory itself.
    virtual std::optional<FileFacts> facts() const { return fileFacts(m_path + u'/'); }

    // Returns the path for messages: bytes that are not UTF-8, and control characters, are written
    // as \xhh.
    QString pathOf(const QByteArray &name) const;

protected:
    explicit DirectoryReader(const QString &path);

    const QString m_path; // without a slash at its end
};

// Returns the error that an errno stands for.
[[nodiscard]] FileError directoryError(int systemError);
[[nodiscard]] Problem directoryReadProblem(int systemError, const QString &path);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_DIRECTORYREADER_H
