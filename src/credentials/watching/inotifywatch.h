// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_INOTIFYWATCH_H
#define QZAP_CREDENTIALS_WATCHING_INOTIFYWATCH_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "base/retrytimer.h"
#    include "base/steadyclock.h"
#    include "credentials/watching/inotifyhub.h"
#    include "credentials/watching/linkedfilewatch.h"
#    include "credentials/watching/openfiles.h"
#    include "credentials/watching/pathroute.h"
#    include "credentials/watching/watchbackend.h"

#    include <QtCore/qmap.h>

#    include <memory>

class QObject;

namespace QZap::Internal {

// Watches with inotify: the directory, its parent, and all other steps of the path. Individual
// files are watched only if they are links or have several names. All watches of a watching thread
// share one descriptor.
//
// If memory runs out, everything is reported as changed.
class InotifyWatch final : public WatchBackend
{
public:
    InotifyWatch(const QString &path, PathKind kind, QObject *owner, Listener listener,
                 SteadyClock clock = steadyClock,
                 qint64 quietPeriod = OpenFiles::DefaultQuietPeriod);
    ~InotifyWatch() override;
    Q_DISABLE_COPY_MOVE(InotifyWatch)

    bool readEvents() override;
    void resume() override;
    [[nodiscard]] PathChanges takeChanges() override;
    NameSet openNames() const override { return m_open.names(); }
    std::optional<qint64> due() const override { return m_open.due(); }
    void follow(const NameSet &names) override;
    void lookAgain() override;
    bool isBlind() const override;

private:
    // The purpose of a watch.
    struct Role
    {
        bool isTarget = false; // the directory whose names are reported
        NameSet steps;         // the names in it that the path leads through
    };
    struct Change
    {
        bool isNew = false;    // the name did not exist before
        bool isClosed = false; // known to be no longer written to
        bool isGone = false;
    };

    void handle(const Inotify::Event &event);
    // Returns whether the events that were passed to handle() are relevant.
    bool finishEvents();
    void setEverythingLost();
    void handleName(QByteArrayView name, quint32 mask);
    void handleLinked(const QByteArray &linkedName, quint32 mask);
    bool isHiddenName(const QByteArray &name) const;
    QByteArray pathOf(const QByteArray &name) const;
    void noteWriter(const QByteArray &name, quint32 mask);
    void findWriter();
    bool isClosed(const QByteArray &name) const;
    void setPathChanged();
    // Returns whether a hidden file must be closed before it is reported.
    bool isUnfinished(const QByteArray &name) const;

    // Opens the descriptor, or tries again later if none is left.
    void open();
    void retry();
    // Looks again later while a file system fails to answer.
    void updateRetry();
    void watchPath();
    void watchRoute();
    void followLinks();
    void reportError(int error);

    const QString m_path;
    const PathKind m_kind;
    const Listener m_listener;
    QByteArray m_ownName; // of a single file
    QObject *const m_owner;
    std::unique_ptr<InotifyHub::User> m_inotify; // null without a descriptor
    RetryTimer m_retry;
    PathRoute m_route;
    QMap<int, Role> m_roles;
    QMap<QByteArray, Change> m_changes;
    const SteadyClock m_clock;
    OpenFiles m_open;
    LinkedFileWatch m_links;
    NameSet m_linkedNames;
    bool m_areLinksIncomplete = false;
    bool m_isSilent = false; // the file system
    bool m_isBlind = false;
    bool m_isEverythingChanged = false;
    bool m_isRouteStale = false;
    bool m_hasNews = false;
    bool m_isReading = false;
    QString m_lastError;
};

} // namespace QZap::Internal

#endif // Q_OS_LINUX

#endif // QZAP_CREDENTIALS_WATCHING_INOTIFYWATCH_H
