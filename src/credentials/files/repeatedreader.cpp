// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/repeatedreader.h"

#include <QtCore/qfile.h>

namespace QZap::Internal {

QByteArrayView wholeLines(QByteArrayView text)
{
    return text.first(text.lastIndexOf('\n') + 1);
}

RepeatedReader::RepeatedReader(const QString &path, qsizetype limit, WallClock clock,
                               SteadyClock steady)
    : m_path(path)
    , m_limit(limit)
    , m_clock(clock)
    , m_steady(steady)
{ }

NameSet RepeatedReader::linkedNames() const
{
    if (!m_facts.hasOtherNames)
        return {};
    return {QFile::encodeName(m_path.sliced(m_path.lastIndexOf(u'/') + 1))};
}

RepeatedReader::Look RepeatedReader::look(bool isOpen)
{
    const qint64 now = m_clock();
    Look result;
    if (m_isSettled && m_wasOpen == isOpen && fileFacts(m_path) == m_facts)
        return result;
    // If memory runs out, the file is read again.
    m_isSettled = false;
    result.read = readFile(m_path, m_limit);
    switch (result.read.error) {
    case FileError::None:
        m_absence.end();
        if (!result.read.changedMeanwhile) {
            m_quiet.end();
        } else if (m_quiet.remaining(m_steady()) > 0) {
            result.outcome = Outcome::Changing;
            return result;
        }
        result.outcome = Outcome::Contents;
        result.isElsewhere = m_isKnown
                             && (result.read.facts.device != m_facts.device
                                 || result.read.facts.inode != m_facts.inode);
        m_facts = result.read.facts;
        m_isKnown = true;
        m_isSettled = !result.read.changedMeanwhile && isSettled(m_facts, now);
        m_wasOpen = isOpen;
        return result;
    case FileError::Unreadable:
        result.outcome = Outcome::Unreadable;
        return result;
    case FileError::NotFound:
    case FileError::NotRegular:
        break;
    }
    result.outcome = Outcome::Gone;
    if (m_isKnown) {
        result.remaining = m_absence.remaining(m_steady());
        if (result.remaining > 0)
            result.outcome = Outcome::Lost;
        else
            m_isKnown = false;
    }
    return result;
}

} // namespace QZap::Internal
