// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/fileload.h"

#include <QtCore/qfileinfo.h>

#include <cstring>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

QStringList ProblemList::texts(const QString &path) const
{
    QStringList result = m_texts;
    if (m_count > Maximum) {
        result += u"%1: %2 more problems, which are not listed"_s.arg(
            path, QString::number(m_count - Maximum));
    }
    return result;
}

bool LineReader::next()
{
    if (m_at == m_end)
        return false;
    const auto *newline =
        static_cast<const char *>(std::memchr(m_at, '\n', static_cast<std::size_t>(m_end - m_at)));
    const char *stop = newline ? newline : m_end;
    const char *const following = newline ? newline + 1 : m_end;
    if (stop > m_at && stop[-1] == '\r')
        --stop;
    m_line = {m_at, stop};
    m_at = following;
    ++m_number;
    return true;
}

QStringList writerWarnings(const QString &file, const FileFacts &facts)
{
    QStringList result;
    const QString directory = QFileInfo(file).path();
    if (const auto directoryFacts = fileFacts(directory))
        result += directoryWarning(directory, *directoryFacts);
    result += fileWarning(file, facts);
    result.removeAll(QString());
    return result;
}

QString directoryWarning(const QString &directory, const FileFacts &facts)
{
    if (!facts.isReplaceableByOthers())
        return {};
    return u"%1: others than the owner may add and replace files in this directory, and so let in "
           "whom they like; take that right from them (chmod go-w)"_s.arg(directory);
}

QString fileWarning(const QString &file, const FileFacts &facts)
{
    if (!facts.isWritableByOthers())
        return {};
    return u"%1: others than the owner may write to this file, and so let in whom they like; take "
           "that right from them (chmod go-w)"_s.arg(file);
}

QString outOfMemoryText(const QString &path)
{
    return u"%1: cannot be loaded: out of memory; make it smaller, or allow the process more"_s.arg(
        path);
}

} // namespace QZap::Internal
