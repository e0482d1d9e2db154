// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCURVEDOMAIN_P_H
#define QZAPCURVEDOMAIN_P_H

#include "authenticator/domains/qzapdomain_p.h"
#include "credentials/keys/keyload.h"
#include "credentials/watching/backgroundloader.h"

#include <QZap/qzapcurvedomain.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>

class QZapCurveDomainPrivate : public QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapCurveDomain)

public:
    QZapCurveDomainPrivate()
        : QZapDomainPrivate(QZap::Mechanism::Curve)
    { }

    static QZapCurveDomainPrivate *get(QZapCurveDomain *domain) { return domain->d_func(); }

    // Returns why nothing can be loaded from a location.
    static Problem locationProblem(const QString &location);
    void apply(const QString &newLocation);
    // Whether a location names, from the current directory, the place of the keys.
    bool isAt(const QString &other) const { return pathOf(other) == m_path; }
    // Begins anew: what was loaded before ends, and requests wait for what comes.
    void restart();

    QString location;
    QStringList nameFilters;
    QString userIdField;

    void applyFields() override;

private:
    using KeyLoad = QZap::Internal::KeyLoad;
    using KeyLoader = QZap::Internal::BackgroundLoader<KeyLoad>;

    static QString pathOf(const QString &location);
    // What holds until the location has been read, which begins now.
    std::shared_ptr<DomainPolicy> begin();
    void startLoader(const std::shared_ptr<QZap::Internal::StoreFeed> &feed);
    static void publish(const KeyLoad &load, QZap::Internal::StoreFeed *feed);
    void loaded(const KeyLoad &load);

    QString m_path;               // of the location, absolute since it was set
    bool m_isDirectory = false;   // as it is being watched
    QList<Problem> m_warnings;    // that have been given
    QPointer<KeyLoader> m_loader; // a child of the domain
};

#endif // QZAPCURVEDOMAIN_P_H
