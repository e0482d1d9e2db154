// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Shows an authenticator's decisions in a table. Exits with 0 if the table is as documented.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qsortfilterproxymodel.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QZapAuthenticator authenticator;
    authenticator.configurePlain(u"lab"_s, {{u"alice"_s, u"secret"_s}});
    //! [table]
    QZapActivityModel activity;
    activity.setAuthenticator(&authenticator);

    QSortFilterProxyModel refused; // for a table view, which shows and sorts it
    refused.setSourceModel(&activity);
    refused.setSortRole(QZapActivityModel::SortRole);
    refused.setFilterRole(QZapActivityModel::VerdictRole);
    refused.setFilterFixedString(u"AuthenticationFailure"_s);
    //! [table]

    authenticator.handleZapMessage(
        {"1.0", "1", "lab", "192.0.2.7", {}, "PLAIN", "alice", "secret"});
    authenticator.handleZapMessage({"1.0", "2", "lab", "192.0.2.8", {}, "PLAIN", "eve", "secret"});
    while (activity.rowCount() < 2)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    const QModelIndex user = refused.index(0, QZapActivityModel::UserColumn);
    if (refused.rowCount() == 1 && user.data() == u"eve"_s)
        return 0;
    qCritical("not so: eve is the only one who was refused");
    return 1;
}
