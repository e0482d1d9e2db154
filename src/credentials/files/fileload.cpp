// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/fileload.h"

#include <QtCore/qfileinfo.h>

#include <cstring>
#include <new>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

QList<Problem> ProblemList::problems(const QString &path) const
{
    QList<Problem> result = m_problems;
    if (m_count > Maximum) {
        result.emplaceBack(u"%1 more problems, which are not listed"_s.arg(m_count - Maximum),
                           path);
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

QList<Problem> writerWarnings(const QString &file, const FileFacts &facts)
{
    QList<Problem> result;
    const QString directory = QFileInfo(file).path();
    if (const auto directoryFacts = fileFacts(directory)) {
        if (directoryFacts->isReplaceableByOthers())
            result.append(directoryWarning(directory));
    }
    if (Problem warning = fileWarning(file, facts))
        result.append(std::move(warning));
    return result;
}

Problem directoryWarning(const QString &directory)
{
    return {u"users other than the owner can add and replace files in this directory, and so "
            "decide who gets in; remove that permission (chmod go-w)"_s,
            directory};
}

Problem fileWarning(const QString &file, const FileFacts &facts)
{
    if (!facts.isWritableByOthers())
        return {};
    return {u"users other than the owner can write to this file, and so decide who gets in; remove "
            "that permission (chmod go-w)"_s,
            file};
}

void addOutOfMemory(const QString &path, QList<Problem> *errors) noexcept
{
    try {
        errors->append(outOfMemory(path));
    } catch (const std::bad_alloc &) {
        // There is not even enough memory for the problem.
    }
}

Problem outOfMemory(const QString &path)
{
    return {u"cannot be loaded: out of memory; make it smaller, or allow the process more"_s, path};
}

} // namespace QZap::Internal
