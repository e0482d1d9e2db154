// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCURVEDOMAIN_P_H
#define QZAPCURVEDOMAIN_P_H

#include "authenticator/domains/qzapdomain_p.h"
#include "authenticator/domains/storeproperty.h"
#include "credentials/keys/keyfields.h"
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
    static const QZapCurveDomainPrivate *get(const QZapCurveDomain *domain)
    {
        return domain->d_func();
    }
    // Returns the absolute path of the location; empty if there is none.
    const QString &path() const { return m_path; }

    // Returns why keys cannot be loaded from a location.
    static Problem locationProblem(const QString &location);
    void apply(const QString &newLocation);
    // Returns whether a location, resolved against the current directory, is that of the keys.
    bool isAt(const QString &other) const { return pathOf(other) == m_path; }
    // Drops the loaded keys and loads them again; requests wait meanwhile.
    void restart();

    QString location;
    QStringList nameFilters;
    QString userIdField;
    QZap::Internal::StoreProperty store;

    void applyFields() override;
    void stopLoading() override
    {
        delete m_loader;
        store.stop();
    }

private:
    using KeyLoad = QZap::Internal::KeyLoad;
    using KeyLoader = QZap::Internal::BackgroundLoader<KeyLoad>;

    static QString pathOf(const QString &location);
    // Returns why keys cannot come from all places that are set.
    QList<Problem> sourceProblems() const;
    // Starts reading the location or the store, and returns the content until it has been read.
    std::shared_ptr<const DomainPolicy> begin();
    std::shared_ptr<const DomainPolicy> beginStore();
    // Called when the entries of the store have changed.
    void storeChanged();
    static KeyLoader::Source sourceOf(const QString &path, const QStringList &nameFilters,
                                      const QZap::Internal::KeyFields &fields);
    void startLoader(const std::shared_ptr<QZap::Internal::StoreFeed> &feed);
    static void publish(const KeyLoad &load, QZap::Internal::StoreFeed *feed);
    void loaded(const KeyLoad &load);

    QString m_path;               // of the location, made absolute when it was set
    QList<Problem> m_warnings;    // those that have been logged
    QPointer<KeyLoader> m_loader; // a child of the domain
    bool m_wasStoreReady = false; // as it was last reported
};

#endif // QZAPCURVEDOMAIN_P_H
