// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfile.h"

#include "base/workerpool.h"

#include <cerrno>
#include <new>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

PasswordLoad failure(const FileRead &read)
{
    PasswordLoad load;
    load.fileError = read.error;
    load.errors.append(read.problem);
    load.waitsForChange = read.systemError == EFBIG;
    return load;
}

} // namespace

PasswordFile::PasswordFile(const QString &file, qint64 maximumHashMemory, WallClock clock,
                           SteadyClock steady)
    : m_reader(file, MaximumPasswordFileSize, clock, steady)
    , m_maximumHashMemory(maximumHashMemory)
{ }

PasswordLoad PasswordFile::load(bool isOpen, bool withNames)
{
    try {
        return read(isOpen, withNames);
    } catch (const std::bad_alloc &) {
        m_reader.forget();
        PasswordLoad load;
        load.fileError = FileError::Unreadable;
        addOutOfMemory(m_reader.path(), &load.errors);
        return load;
    }
}

PasswordLoad PasswordFile::read(bool isOpen, bool withNames)
{
    const RepeatedReader::Look look = m_reader.look(isOpen);
    switch (look.outcome) {
    case RepeatedReader::Outcome::Same:
        break;
    case RepeatedReader::Outcome::Contents: {
        PasswordLoad load =
            parsePasswordFile(look.read, m_reader.path(), m_maximumHashMemory, isOpen);
        setUsers(&load, withNames);
        load.isSettling = isOpen || look.read.changedMeanwhile;
        m_load = std::move(load);
        m_wasRead = true;
        break;
    }
    case RepeatedReader::Outcome::Changing: {
        PasswordLoad load = m_load;
        load.changedMeanwhile = true;
        return load;
    }
    case RepeatedReader::Outcome::Unreadable: {
        PasswordLoad load = failure(look.read);
        if (m_load.passwords)
            load.addConsequence(u"its previous contents remain in force");
        return load;
    }
    case RepeatedReader::Outcome::Lost:
    case RepeatedReader::Outcome::Gone:
        return lost(look, withNames);
    }
    PasswordLoad load = m_load;
    load.changedMeanwhile = look.read.changedMeanwhile;
    load.isElsewhere = look.isElsewhere;
    load.linkedNames = m_reader.linkedNames();
    return load;
}

PasswordLoad PasswordFile::lost(const RepeatedReader::Look &look, bool withNames)
{
    PasswordLoad load = failure(look.read);
    if (m_wasRead)
        load.addConsequence(u"its users are refused until it is back");
    if (look.outcome == RepeatedReader::Outcome::Lost) {
        load.passwords = std::make_shared<PasswordStore>();
        setUsers(&load, withNames);
        load.isSettling = true;
        load.lookAgainAfter = look.remaining;
    }
    m_load = load;
    return load;
}

// Sets the list of names here, since a list of a million names must not be created, compared or
// freed on an event loop.
void PasswordFile::setUsers(PasswordLoad *load, bool withNames) const
{
    if (!load->passwords)
        return;
    if (m_load.users && m_load.passwords->hasSameUsersAs(*load->passwords)) {
        load->users = m_load.users;
    } else if (withNames) {
        load->users = WorkerPool::releasedOnPool(
            std::make_shared<const QStringList>(load->passwords->users()));
    }
}

} // namespace QZap::Internal
