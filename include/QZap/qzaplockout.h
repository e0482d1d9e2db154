// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPLOCKOUT_H
#define QZAPLOCKOUT_H

#include <QZap/qzapglobal.h>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <chrono>
#include <memory>

class QZapLockoutPrivate;

class QZAP_EXPORT QZapLockout : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled NOTIFY enabledChanged)
    Q_PROPERTY(int maximumFailures READ maximumFailures WRITE setMaximumFailures NOTIFY
                   maximumFailuresChanged)
    Q_PROPERTY(int interval READ interval WRITE setInterval NOTIFY intervalChanged)
    Q_PROPERTY(int duration READ duration WRITE setDuration NOTIFY durationChanged)
    Q_PROPERTY(int maximumDuration READ maximumDuration WRITE setMaximumDuration NOTIFY
                   maximumDurationChanged)
    Q_PROPERTY(
        int maximumEntries READ maximumEntries WRITE setMaximumEntries NOTIFY maximumEntriesChanged)
    Q_PROPERTY(QStringList exemptAddresses READ exemptAddresses WRITE setExemptAddresses NOTIFY
                   exemptAddressesChanged)
    Q_PROPERTY(QStringList locked READ locked NOTIFY lockedChanged)
    Q_PROPERTY(int lockedCount READ lockedCount NOTIFY lockedCountChanged)
    Q_DISABLE_COPY_MOVE(QZapLockout)
    Q_DECLARE_PRIVATE(QZapLockout)

public:
    ~QZapLockout() override;

    bool isEnabled() const;
    int maximumFailures() const;
    void setMaximumFailures(int failures);
    int interval() const;
    void setInterval(int milliseconds);
    void setInterval(std::chrono::milliseconds interval);
    int duration() const;
    void setDuration(int milliseconds);
    void setDuration(std::chrono::milliseconds duration);
    int maximumDuration() const;
    void setMaximumDuration(int milliseconds);
    void setMaximumDuration(std::chrono::milliseconds duration);
    int maximumEntries() const;
    void setMaximumEntries(int entries);
    QStringList exemptAddresses() const;
    void setExemptAddresses(const QStringList &addresses);

    QStringList locked() const;
    int lockedCount() const;
    Q_INVOKABLE int remainingTime(const QString &address) const;

public Q_SLOTS:
    void setEnabled(bool enabled);
    bool releaseAddress(const QString &address);

Q_SIGNALS:
    void lockedOut(const QString &address, int milliseconds);
    void released(const QString &address);

    void enabledChanged();
    void maximumFailuresChanged();
    void intervalChanged();
    void durationChanged();
    void maximumDurationChanged();
    void maximumEntriesChanged();
    void exemptAddressesChanged();
    void lockedChanged();
    void lockedCountChanged();

private:
    explicit QZapLockout(QObject *parent);

    std::unique_ptr<QZapLockoutPrivate> d_ptr;
};

#endif // QZAPLOCKOUT_H
