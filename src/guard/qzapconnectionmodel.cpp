// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/qzapconnectionmodel_p.h"

#include "base/text.h"
#include "models/modelview.h"
#include "sessions/qzapsession_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qstringlist.h>

using namespace QZap::Internal;

namespace {

using Row = QZapConnectionModelPrivate::Row;

QVariant valueOf(const Row &row, int role)
{
    const QZapSession session = QZapSessionPrivate::create(row.session);
    switch (role) {
    case QZapConnectionModel::UserRole:
        return session.userId();
    case QZapConnectionModel::AddressRole:
        return session.address();
    case QZapConnectionModel::DomainRole:
        return session.domain();
    case QZapConnectionModel::MechanismRole:
        return QVariant::fromValue(session.mechanism());
    case QZapConnectionModel::SinceRole:
        return session.since();
    case QZapConnectionModel::FieldsRole:
        return session.fields();
    case QZapConnectionModel::SessionRole:
        return QVariant::fromValue(session);
    case QZapConnectionModel::RevokedRole:
        return row.isRevoked;
    default:
        return {};
    }
}

QString fieldsText(const QVariantMap &fields)
{
    QStringList texts;
    for (auto field = fields.cbegin(); field != fields.cend(); ++field)
        texts += field.key() + u'=' + printable(field.value().toString());
    return texts.join(QStringLiteral(", "));
}

QString textOf(const Row &row, int column)
{
    switch (column) {
    case QZapConnectionModel::MechanismColumn:
        return mechanismText(row.session->mechanism);
    case QZapConnectionModel::SinceColumn:
        return QDateTime::fromMSecsSinceEpoch(row.session->since)
            .toString(u"yyyy-MM-dd HH:mm:ss.zzz");
    case QZapConnectionModel::FieldsColumn:
        return fieldsText(row.session->fields);
    default:
        return printable(valueOf(row, QZapConnectionModel::UserRole + column).toString());
    }
}

// QSortFilterProxyModel compares enumerators by their names, and does not compare maps.
QVariant sortValueOf(const Row &row, int column)
{
    switch (column) {
    case QZapConnectionModel::MechanismColumn:
        return static_cast<int>(row.session->mechanism);
    case QZapConnectionModel::FieldsColumn:
        return fieldsText(row.session->fields);
    default:
        return valueOf(row, QZapConnectionModel::UserRole + column);
    }
}

} // namespace

/*!
    \class QZapConnectionModel
    \inmodule QZap
    \inheaderfile QZap/QZapConnectionModel
    \since 0.1
    \brief The QZapConnectionModel class is a table model of the peers that are connected to a
    guarded socket.

    Each connection whose session the guard knows is a row, and each value of the session a column
    for table views as well as a role for Qt Quick:

    \table
    \header \li Column \li Role \li Name in QML \li Type of the role \li Meaning
    \row \li UserColumn \li UserRole \li \c user \li QString \li QZapSession::userId
    \row \li AddressColumn \li AddressRole \li \c address \li QString \li QZapSession::address
    \row \li DomainColumn \li DomainRole \li \c domain \li QString \li QZapSession::domain
    \row \li MechanismColumn \li MechanismRole \li \c mechanism \li QZap::Mechanism
        \li QZapSession::mechanism
    \row \li SinceColumn \li SinceRole \li \c since \li QDateTime \li QZapSession::since
    \row \li FieldsColumn \li FieldsRole \li \c fields \li QVariantMap \li QZapSession::fields
    \row \li \li SessionRole \li \c session \li QZapSession \li the session itself
    \row \li \li RevokedRole \li \c revoked \li bool
        \li whether the session has ended, so that its messages are not authorized, and only its
        connection remains
    \endtable

    \snippet liveconnections.cpp model

    \section1 Which Connections Are Shown

    The number of rows is QZapGuard::connectionCount. A connection is shown from the first of its
    messages that was passed to QZapGuard::session() or \l {QZapGuard::}{isAuthorized()}, until the
    connection ends. A peer that has not sent anything is connected, but \e silent: nobody can tell
    which user it is, and it is not shown. This applies to all peers of PUB and PUSH sockets. On an
    XPUB socket, ask about each subscription, and its subscribers are shown.

    A session that ends is normally a row that disappears, since the guard ends its connection. If
    the connection remains (QZapGuard::disconnectRevokedPeers is \c false, or
    QZapGuard::canDisconnect), so does the row, and RevokedRole becomes \c true. Nothing else in a
    row ever changes.

    \section1 Order and Updates

    New connections are appended, so that a row never moves down. Changes are shown in batches,
    about 60 times a second, for about 4 ms each: if thousands of peers connect again at once, a
    view remains responsive, and the rows follow over several frames. A connection that was opened
    and closed between two frames is not shown. The model is never reset, so that selections and
    scroll positions are kept. It needs memory only for the connections that exist.

    Each role is available in every column, so that a QSortFilterProxyModel can filter by any of
    them. To sort by the column that a user clicks on, set its sort role to SortRole.

    User ids and fields may be chosen by peers. Qt::DisplayRole returns them with escaped characters
    where they are not printable, break a line or change its direction; the other roles return them
    unchanged. To show them in Qt Quick, set \c textFormat to \c Text.PlainText. The model contains
    no secrets.

    \section1 Threads

    The model can live in another thread than the guard, such as that of a user interface. The guard
    may be destroyed at any time, in its thread; the model is then empty. While the guard's thread
    runs no event loop, the rows remain as they are.

    \sa QZapGuard, QZapActivityModel, {Live connections}
*/

/*!
    \enum QZapConnectionModel::Column

    The columns, in order.

    \value UserColumn the user id of the peer
    \value AddressColumn the peer's address
    \value DomainColumn the domain of the server socket
    \value MechanismColumn the security mechanism
    \value SinceColumn when the peer was accepted
    \value FieldsColumn the published fields, such as "role=meter, room=12"
*/

/*!
    \enum QZapConnectionModel::Role

    The roles in addition to Qt::DisplayRole, which returns the text of the column.

    \value SortRole the column's value in a type that QSortFilterProxyModel sorts by itself: a
        QDateTime, a number or text
    \value UserRole the user id of the peer
    \value AddressRole the peer's address
    \value DomainRole the domain
    \value MechanismRole the QZap::Mechanism
    \value SinceRole when the peer was accepted, as QDateTime
    \value FieldsRole the published fields, as QVariantMap
    \value SessionRole the QZapSession
    \value RevokedRole \c true if the session has ended, and its connection has not
*/

/*!
    \property QZapConnectionModel::guard
    \brief the guard whose connections are shown

    Default: \nullptr. Another guard replaces all rows. If the guard lives in the model's thread,
    its connections are shown when the call returns, otherwise a moment later. Becomes \nullptr when
    the guard is destroyed, and all rows are removed. The model does not own the guard.

    The guard must not be destroyed by another thread during the call.
*/

/*!
    Constructs an empty model with \a parent.
*/
QZapConnectionModel::QZapConnectionModel(QObject *parent)
    : QAbstractTableModel(parent)
    , d_ptr(std::make_unique<QZapConnectionModelPrivate>(this))
{ }

/*!
    Destroys the model. The connections and the guard are not affected.
*/
QZapConnectionModel::~QZapConnectionModel() = default;

QZapGuard *QZapConnectionModel::guard() const
{
    Q_D(const QZapConnectionModel);
    return d->guard;
}

void QZapConnectionModel::setGuard(QZapGuard *guard)
{
    Q_D(QZapConnectionModel);
    if (d->guard != guard)
        d->setGuard(guard);
}

/*!
    \reimp
*/
int QZapConnectionModel::rowCount(const QModelIndex &parent) const
{
    Q_D(const QZapConnectionModel);
    return parent.isValid() ? 0 : d->rowCount();
}

/*!
    \reimp
*/
int QZapConnectionModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : FieldsColumn + 1;
}

/*!
    \reimp
*/
QVariant QZapConnectionModel::data(const QModelIndex &index, int role) const
{
    Q_D(const QZapConnectionModel);
    if (!hasIndex(index.row(), index.column(), index.parent()))
        return {};
    const Row &row = d->rows.at(static_cast<size_t>(index.row()));
    switch (role) {
    case Qt::DisplayRole:
        return textOf(row, index.column());
    case SortRole:
        return sortValueOf(row, index.column());
    default:
        return valueOf(row, role);
    }
}

/*!
    \reimp
*/
QVariant QZapConnectionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    switch (section) {
    case UserColumn:
        return tr("User");
    case AddressColumn:
        return tr("Address");
    case DomainColumn:
        return tr("Domain");
    case MechanismColumn:
        return tr("Mechanism");
    case SinceColumn:
        return tr("Since");
    case FieldsColumn:
        return tr("Fields");
    default:
        return {};
    }
}

/*!
    \reimp
*/
QHash<int, QByteArray> QZapConnectionModel::roleNames() const
{
    return {
        {Qt::DisplayRole, "display"}, {SortRole, "sortValue"}, {UserRole, "user"},
        {AddressRole, "address"},     {DomainRole, "domain"},  {MechanismRole, "mechanism"},
        {SinceRole, "since"},         {FieldsRole, "fields"},  {SessionRole, "session"},
        {RevokedRole, "revoked"},
    };
}

/*!
    Ends the connection of \a row; the row disappears a moment later. The session does not end: the
    peer may connect again, and the authenticator decides again. To keep it out, change the rules,
    or also call QZapAuthenticator::revoke() to end its other sessions.

    Returns \c false if there is no such row or no guard, or if the connection cannot be ended, as
    by QZapGuard::disconnectPeer(). If the guard lives in another thread, returns whether the guard
    has been asked. Rows may have moved up since the user looked at them: to end the connection
    that was meant, pass the row's session to QZapGuard::disconnectPeer() in the guard's thread.
*/
bool QZapConnectionModel::disconnectRow(int row)
{
    Q_D(QZapConnectionModel);
    if (row < 0 || row >= d->rowCount())
        return false;
    return d->disconnect(d->rows.at(static_cast<size_t>(row)).session);
}
