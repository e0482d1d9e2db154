// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/qzapdomain_p.h"
#include "observers/qzapauditlog_p.h"

#include <algorithm>
#include <limits>

using namespace QZap::Internal;

namespace {

constexpr int MostFiles = 1000;

int countOf(qint64 value)
{
    return static_cast<int>(std::clamp<qint64>(value, std::numeric_limits<int>::min(),
                                               std::numeric_limits<int>::max()));
}

} // namespace

/*!
    \class QZapAuditLog
    \inmodule QZap
    \inheaderfile QZap/QZapAuditLog
    \since 0.1
    \brief The QZapAuditLog class writes every decision of an authenticator to a file.

    \snippet audit.cpp audit log

    Each line is a JSON object that says what was decided, about whom, and why; see
    \l {Audit Log}{its format}. It contains no password, and no token of a session.

    \section1 Threads

    A thread of the log's own formats and writes the lines. The thread that decides only copies the
    decision to a queue: a slow disk delays no peer, and a blocked event loop of the application
    delays no line, if QZapAuthenticator::workerThread is set. The log and the authenticator may
    live in different threads. The log needs an event loop only for its signals.

    To have all lines written, destroy the log before the program ends; the destructor waits for a
    slow disk for up to five seconds. The log and authenticator can be destroyed in any order.

    \section1 If Nothing Can Be Written

    Decisions continue whatever happens to the file. If the disk is full, or the file cannot be
    opened, errorOccurred() is emitted, and a warning is logged to the category \c qzap.
    Lines are kept in memory, and writing is tried again each second. If more than about 16 MiB are
    waiting, decisions are lost, and counted in \l lostCount and by a line in the file once it can
    be written.

    \section1 Floods

    Peers determine how many decisions there are. Decisions that are alike are written one by one up
    to ten times in a second. The others are counted, and written as one line with the verdict
    \c repeated when the second is over. Acceptances are alike if the user, key, address, domain and
    mechanism are the same; other decisions if the address, domain, mechanism, status and
    \l {Metrics}{kind of the reason} are, since refused peers can choose names and keys at will. If
    refused peers come from more than 1000 addresses within a second, or more than 10,000 different
    peers are accepted, the others are counted together.

    \section1 Which Files Are Written

    The log creates its file for the owner only (mode 0600). It follows no symbolic link in place of
    the file, and writes to no file with several hard links, since either may lead to somebody
    else's file in a directory that others can write to. It locks the file: a second log cannot
    write to it. If the program was killed while it wrote a line, the incomplete line is cut off
    when the file is opened again; a file that ends with an incomplete line of another kind is not
    an audit log, and is left alone.

    Another program, such as \c logrotate, may rename or remove the file: the log then opens a new
    one. Set \l maximumSize to 0 if another program rotates the file.

    This needs a Unix-like system.

    \sa {QZap::openMetrics}, QZapAuthenticator::decided(), {Audit and metrics}
*/

/*!
    \fn void QZapAuditLog::errorOccurred(const QString &message)

    Emitted from the event loop when the file cannot be written or rotated. \a message says why,
    with the file.
*/

/*!
    Constructs a log with \a parent. It writes nothing until it has an \l authenticator and a
    \l fileName.
*/
QZapAuditLog::QZapAuditLog(QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapAuditLogPrivate>(this))
{ }

/*!
    Constructs a log of \a authenticator with \a parent.
*/
QZapAuditLog::QZapAuditLog(QZapAuthenticator *authenticator, QObject *parent)
    : QZapAuditLog(parent)
{
    d_ptr->setAuthenticator(authenticator);
}

/*!
    Destroys the log after all lines have been written, for which it waits up to five seconds.
*/
QZapAuditLog::~QZapAuditLog() = default;

/*!
    \property QZapAuditLog::authenticator
    \brief the authenticator whose decisions are written

    Default: \c nullptr. An authenticator can have several logs, and may live in another thread.
    Becomes \c nullptr when the authenticator is destroyed; its last decisions are written.

    Must be set in the log's thread.
*/
QZapAuthenticator *QZapAuditLog::authenticator() const
{
    Q_D(const QZapAuditLog);
    return d->authenticator;
}

void QZapAuditLog::setAuthenticator(QZapAuthenticator *authenticator)
{
    Q_D(QZapAuditLog);
    if (!d->isOwnThread("setAuthenticator") || d->authenticator == authenticator)
        return;
    d->setAuthenticator(authenticator);
    Q_EMIT authenticatorChanged();
}

/*!
    \property QZapAuditLog::fileName
    \brief the path of the file; \c - for standard output

    Default: empty, which writes nothing. A relative path is resolved at once, against the current
    directory. The directory must exist. The path may also be that of a FIFO or a character device,
    which are neither locked nor rotated.

    Decisions that were made before a change are written to the former file, if that is possible. If
    the file cannot be opened, errorOccurred() is emitted a moment later, and the log tries again
    each second.

    Must be set in the log's thread.
*/
QString QZapAuditLog::fileName() const
{
    Q_D(const QZapAuditLog);
    return d->fileName;
}

void QZapAuditLog::setFileName(const QString &fileName)
{
    Q_D(QZapAuditLog);
    if (!d->isOwnThread("setFileName") || d->fileName == fileName)
        return;
    d->fileName = fileName;
    d->setPath(fileName == AuditSettings::standardOutput()
                   ? fileName
                   : QZapDomainPrivate::absolutePath(fileName));
    Q_EMIT fileNameChanged(); // even if it is another name of the same file
}

/*!
    \property QZapAuditLog::maximumSize
    \brief the size in bytes at which the file is rotated

    Default: 100 MiB. 0: the size is not limited. Negative values count as 0.

    Before the file would exceed the size, it is renamed: its name gets the suffix \c .1, and that
    of a former file with a suffix gets the next number. Of these, \l maximumFiles are kept. The new
    file has the mode and the group of the former one.
*/
qint64 QZapAuditLog::maximumSize() const
{
    Q_D(const QZapAuditLog);
    return d->settings.maximumSize;
}

void QZapAuditLog::setMaximumSize(qint64 bytes)
{
    Q_D(QZapAuditLog);
    d->set(&AuditSettings::maximumSize, std::max<qint64>(bytes, 0),
           &QZapAuditLog::maximumSizeChanged);
}

/*!
    \property QZapAuditLog::maximumAge
    \brief the age in seconds at which the file is rotated

    Default: 0, which does not limit the age. The age is that of the first line. The file is rotated
    before the next line is written. Negative values count as 0.

    \sa maximumSize
*/
int QZapAuditLog::maximumAge() const
{
    Q_D(const QZapAuditLog);
    return d->settings.maximumAge;
}

void QZapAuditLog::setMaximumAge(int seconds)
{
    Q_D(QZapAuditLog);
    d->set(&AuditSettings::maximumAge, std::max(seconds, 0), &QZapAuditLog::maximumAgeChanged);
}

/*!
    \overload

    Sets the age to \a age.
*/
void QZapAuditLog::setMaximumAge(std::chrono::seconds age)
{
    setMaximumAge(countOf(age.count()));
}

/*!
    \property QZapAuditLog::maximumFiles
    \brief the number of former files that are kept

    Default: 10. The oldest ones are removed when the file is rotated. Values below 1 count as 1,
    those above 1000 as 1000.
*/
int QZapAuditLog::maximumFiles() const
{
    Q_D(const QZapAuditLog);
    return d->settings.maximumFiles;
}

void QZapAuditLog::setMaximumFiles(int maximum)
{
    Q_D(QZapAuditLog);
    d->set(&AuditSettings::maximumFiles, std::clamp(maximum, 1, MostFiles),
           &QZapAuditLog::maximumFilesChanged);
}

/*!
    \property QZapAuditLog::syncInterval
    \brief the time in milliseconds after which written lines are on the disk

    Default: 1000. If the system crashes, lines of the last interval may be lost; if only the
    program does, those of the last 20 ms. 0: lines are synchronized to the disk each time that some
    are written. Negative: the system decides. No decision waits for the disk in any case.
*/
int QZapAuditLog::syncInterval() const
{
    Q_D(const QZapAuditLog);
    return d->settings.syncInterval;
}

void QZapAuditLog::setSyncInterval(int milliseconds)
{
    Q_D(QZapAuditLog);
    d->set(&AuditSettings::syncInterval, std::max(milliseconds, -1),
           &QZapAuditLog::syncIntervalChanged);
}

/*!
    \overload

    Sets the interval to \a interval.
*/
void QZapAuditLog::setSyncInterval(std::chrono::milliseconds interval)
{
    setSyncInterval(countOf(interval.count()));
}

/*!
    \property QZapAuditLog::lostCount
    \brief the number of decisions that could not be written, because the file or the memory was
    full
*/
qint64 QZapAuditLog::lostCount() const
{
    Q_D(const QZapAuditLog);
    return d->lostCount;
}

/*!
    \property QZapAuditLog::errorString
    \brief why the file cannot be written or rotated at the moment; empty if it can
*/
QString QZapAuditLog::errorString() const
{
    Q_D(const QZapAuditLog);
    return d->errorString;
}
