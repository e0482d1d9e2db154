// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/qzapsqlsource_p.h"

#include <algorithm>
#include <limits>

/*!
    \class QZapSqlSource
    \inmodule QZap
    \inheaderfile QZap/QZapSqlSource
    \since 0.1
    \brief The QZapSqlSource class fills a credentials store from a database, and keeps it up to
    date.

    \snippet sql.cpp source

    A source reads the credentials of one \l domain from the table \c qzap_credentials of a
    PostgreSQL server or an SQLite file into a QZapCredentialsStore, and then follows the changes of
    the table: a key that is added is accepted, and one that is removed is refused, within the
    \l pollInterval. The command \c{qzap store} makes the tables and changes them, and so can any
    program that writes SQL; see \l {Credentials from a Database}. The class is in the library
    \c{QZap::Sql}:

    \badcode
    find_package(QZap 0.1 REQUIRED COMPONENTS Sql)
    target_link_libraries(mytarget PRIVATE QZap::QZap QZap::Sql)
    \endcode

    \section1 Threads

    A thread of the source's own connects to the database, reads it and changes the store. Neither a
    slow server nor a blocked event loop of the application delays a revocation, if
    QZapAuthenticator::workerThread is set. The source needs an event loop for its signals, and to
    notice that a server is silent. Its functions must be called in its thread; the store may live
    in another one.

    Stopping and destroying a source takes at most a second, whatever the server does.

    \section1 If the Database Is Unavailable

    The store keeps the credentials that were read last, and peers are accepted and refused by them.
    After QZapCredentialsStore::staleTime without an answer from the database, peers get temporary
    answers, until it answers again; set it to the time for which a revocation may be unknown.
    errorOccurred() is emitted once for each outage. The source connects again after a pause of a
    quarter of a second, which doubles up to eight seconds, and then reads all credentials again.

    All credentials are also read again if changes may have been missed: if the server was restarted
    or promoted, or is another one, the database is an older copy, the tables were recreated, or
    changes were removed from the feed before the source has read them.

    \section1 Rows That Cannot Be Used

    Each row has to satisfy the rules of QZapCredentialsUpdate. One that does not, such as a user id
    with control characters, or a hash of another kind, is left out: nobody gets in by it, even if
    its key was valid before. It is reported by errorOccurred(), and the other rows are used.

    \sa QZapCredentialsStore, {Credentials from a Database}
*/

/*!
    \fn void QZapSqlSource::errorOccurred(const QString &message)

    Emitted when the database can no longer be read, once until it can be read again; when a row
    cannot be used; and when the source cannot be started. \a message says why, and contains no
    secret. It is also logged as a warning to the category \c qzap.

    Except by start(), it is emitted from the event loop.
*/

/*!
    Constructs a source with \a parent.
*/
QZapSqlSource::QZapSqlSource(QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapSqlSourcePrivate>(this))
{ }

/*!
    Constructs a source with \a parent that fills \a store.
*/
QZapSqlSource::QZapSqlSource(QZapCredentialsStore *store, QObject *parent)
    : QZapSqlSource(parent)
{
    d_ptr->setStore(store);
}

/*!
    Destroys the source, which stops it. The store keeps its entries.
*/
QZapSqlSource::~QZapSqlSource() = default;

/*!
    \property QZapSqlSource::store
    \brief the store that the source fills

    Default: \c nullptr. A store can have one running source only, since the source replaces all of
    its entries. Becomes \c nullptr when the store is destroyed, which stops the source.

    The store keeps the entries of a former database or domain until those of the new one are in
    force.
*/
QZapCredentialsStore *QZapSqlSource::store() const
{
    Q_D(const QZapSqlSource);
    return d->store;
}

void QZapSqlSource::setStore(QZapCredentialsStore *store)
{
    Q_D(QZapSqlSource);
    if (d->isOwnThread("setStore") && d->store != store)
        d->setStore(store);
}

/*!
    \property QZapSqlSource::driver
    \brief the Qt SQL driver: \c QPSQL for PostgreSQL 13 or later, or \c QSQLITE for SQLite

    Default: empty. Qt's drivers are plugins, which may be packages of their own: on Debian,
    \c libqt6sql6-psql and \c libqt6sql6-sqlite.

    If this or another setting is changed while the source is running, it is restarted from the
    event loop: it connects and reads all credentials again.
*/
QString QZapSqlSource::driver() const
{
    Q_D(const QZapSqlSource);
    return d->driver;
}

void QZapSqlSource::setDriver(const QString &driver)
{
    Q_D(QZapSqlSource);
    if (d->isOwnThread("setDriver"))
        d->set(&d->driver, driver, &QZapSqlSource::driverChanged);
}

/*!
    \property QZapSqlSource::connectionOptions
    \brief the database

    Default: empty. For SQLite, the name of the file. A file on a read-only file system is read
    without locks.

    For PostgreSQL, settings of libpq such as
    \c{host=/run/postgresql dbname=fleet user=gateway}. Unless the server is at a Unix socket or a
    loopback address, \c{sslmode=verify-full} is required: otherwise, whoever can redirect the
    connection decides who gets in. Passwords are refused, since others can read the options: put
    them into a password file (\c passfile, or the environment variable \c PGPASSFILE) or a service
    file (\c PGSERVICEFILE).
*/
QString QZapSqlSource::connectionOptions() const
{
    Q_D(const QZapSqlSource);
    return d->connectionOptions;
}

void QZapSqlSource::setConnectionOptions(const QString &options)
{
    Q_D(QZapSqlSource);
    if (d->isOwnThread("setConnectionOptions"))
        d->set(&d->connectionOptions, options, &QZapSqlSource::connectionOptionsChanged);
}

/*!
    \property QZapSqlSource::domain
    \brief the domain whose rows are read

    Default: empty, with which the source cannot be started. The name is compared with the column
    \c domain; \c * stands for rows with the domain \c{*}, not for all rows: otherwise, the key of
    a sensor would open the administrators' domain. The domains that use the store need not have the
    same name.
*/
QString QZapSqlSource::domain() const
{
    Q_D(const QZapSqlSource);
    return d->domain;
}

void QZapSqlSource::setDomain(const QString &domain)
{
    Q_D(QZapSqlSource);
    if (d->isOwnThread("setDomain"))
        d->set(&d->domain, domain, &QZapSqlSource::domainChanged);
}

/*!
    \property QZapSqlSource::pollInterval
    \brief the number of milliseconds after which the database is asked for changes again

    Default: 500. A value below 1 is refused with a warning. A query without changes takes the
    server less than a millisecond. Takes effect at once, without a restart.
*/
int QZapSqlSource::pollInterval() const
{
    Q_D(const QZapSqlSource);
    return d->pollInterval;
}

void QZapSqlSource::setPollInterval(int milliseconds)
{
    Q_D(QZapSqlSource);
    if (!d->isOwnThread("setPollInterval"))
        return;
    if (milliseconds < 1) {
        qWarning("QZapSqlSource::setPollInterval: %d is less than 1; the call has no effect",
                 milliseconds);
        return;
    }
    if (d->pollInterval != milliseconds)
        d->setPollInterval(milliseconds);
}

/*!
    \overload
*/
void QZapSqlSource::setPollInterval(std::chrono::milliseconds interval)
{
    setPollInterval(
        static_cast<int>(std::clamp<qint64>(interval.count(), 0, std::numeric_limits<int>::max())));
}

/*!
    \property QZapSqlSource::notifyChannel
    \brief the channel on which PostgreSQL notifies of changes

    Default: empty. A notification on this channel makes the source ask for changes at once, instead
    of after the \l pollInterval. \c{qzap store init --notify CHANNEL} makes the server send one for
    each transaction that changes credentials, which slows down programs that change many of them
    in separate transactions. A standby server cannot notify, and SQLite ignores the setting.
*/
QString QZapSqlSource::notifyChannel() const
{
    Q_D(const QZapSqlSource);
    return d->notifyChannel;
}

void QZapSqlSource::setNotifyChannel(const QString &channel)
{
    Q_D(QZapSqlSource);
    if (d->isOwnThread("setNotifyChannel"))
        d->set(&d->notifyChannel, channel, &QZapSqlSource::notifyChannelChanged);
}

/*!
    \property QZapSqlSource::running
    \brief whether the source reads the database

    Default: \c false. If it is set to \c true and the settings are invalid, it remains \c false,
    and \l errorString says why. A database that is unavailable does not prevent the source from
    running.

    \sa start(), stop()
*/
bool QZapSqlSource::isRunning() const
{
    Q_D(const QZapSqlSource);
    return d->isRunning;
}

void QZapSqlSource::setRunning(bool running)
{
    if (running)
        start();
    else
        stop();
}

/*!
    \property QZapSqlSource::connected
    \brief whether all credentials of the database are in force, and changes are followed

    Default: \c false. While it is \c true, the store is confirmed each \l pollInterval.

    \sa QZapCredentialsStore::confirm()
*/
bool QZapSqlSource::isConnected() const
{
    Q_D(const QZapSqlSource);
    return d->isConnected;
}

/*!
    \property QZapSqlSource::errorString
    \brief why the database is not read, or which rows cannot be used; empty if everything is fine

    \sa errorOccurred()
*/
QString QZapSqlSource::errorString() const
{
    Q_D(const QZapSqlSource);
    return d->errorString;
}

/*!
    Starts the source, and returns whether the settings are valid; see \l errorString if not. The
    credentials are in force once the source is \l connected. Does nothing if the source is running.
*/
bool QZapSqlSource::start()
{
    Q_D(QZapSqlSource);
    return d->isOwnThread("start") && d->start();
}

/*!
    Stops the source. Takes at most a second, whatever the server does. The store keeps its entries,
    and is not confirmed any longer.
*/
void QZapSqlSource::stop()
{
    Q_D(QZapSqlSource);
    if (d->isOwnThread("stop"))
        d->stop();
}
