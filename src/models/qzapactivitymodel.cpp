// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapactivitymodel.h>

#include "base/singleshottimer.h"
#include "base/text.h"
#include "models/modelview.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <utility>

namespace QZap::Internal {

// A decision, as the implicitly shared values of the authenticator: strings are created only for
// visible rows.
struct ActivityEntry
{
    QZapRequest request;
    QZapReply reply;
    QString keyOwner = {}; // of the key of a refused peer, if it is known
};

} // namespace QZap::Internal

using namespace QZap::Internal;

namespace {

// Returns the proved or claimed user id.
QString userOf(const ActivityEntry &entry)
{
    if (entry.reply.status() == QZap::Status::Success)
        return entry.reply.userId();
    switch (entry.request.mechanism()) {
    case QZap::Mechanism::Plain:
        return entry.request.userName();
    case QZap::Mechanism::Curve:
        return entry.keyOwner.isEmpty() ? entry.request.publicKeyText() : entry.keyOwner;
    case QZap::Mechanism::Gssapi:
        return entry.request.principal();
    case QZap::Mechanism::Null:
    case QZap::Mechanism::Unknown:
        break;
    }
    return {};
}

QVariant valueOf(const ActivityEntry &entry, int role)
{
    switch (role) {
    case QZapActivityModel::TimeRole:
        return entry.request.timestamp();
    case QZapActivityModel::VerdictRole:
        return QVariant::fromValue(entry.reply.status());
    case QZapActivityModel::UserRole:
        return userOf(entry);
    case QZapActivityModel::AddressRole:
        return entry.request.address();
    case QZapActivityModel::DomainRole:
        return entry.request.domain();
    case QZapActivityModel::MechanismRole:
        return QVariant::fromValue(entry.request.mechanism());
    case QZapActivityModel::ReasonRole:
        return entry.reply.statusText();
    case QZapActivityModel::EnforcedRole:
        return entry.reply.isEnforced();
    default:
        return {};
    }
}

QString verdictText(const QZapReply &reply)
{
    if (!reply.isEnforced())
        return QZapActivityModel::tr("Not enforced");
    switch (reply.status()) {
    case QZap::Status::Success:
        return QZapActivityModel::tr("Accepted");
    case QZap::Status::TemporaryError:
        return QZapActivityModel::tr("Try later");
    case QZap::Status::InternalError:
        return QZapActivityModel::tr("Failed");
    case QZap::Status::AuthenticationFailure:
        break;
    }
    return QZapActivityModel::tr("Refused");
}

QString textOf(const ActivityEntry &entry, int column)
{
    switch (column) {
    case QZapActivityModel::TimeColumn:
        return entry.request.timestamp().toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss.zzz");
    case QZapActivityModel::VerdictColumn:
        return verdictText(entry.reply);
    case QZapActivityModel::MechanismColumn:
        return mechanismText(entry.request.mechanism());
    default:
        return printable(valueOf(entry, QZapActivityModel::TimeRole + column).toString());
    }
}

// QSortFilterProxyModel compares enumerators by their names.
QVariant sortValueOf(const ActivityEntry &entry, int column)
{
    switch (column) {
    case QZapActivityModel::VerdictColumn:
        return static_cast<int>(entry.reply.status());
    case QZapActivityModel::MechanismColumn:
        return static_cast<int>(entry.request.mechanism());
    default:
        return valueOf(entry, QZapActivityModel::TimeRole + column);
    }
}

} // namespace

class QZapActivityModelPrivate
{
    Q_DECLARE_PUBLIC(QZapActivityModel)

public:
    explicit QZapActivityModelPrivate(QZapActivityModel *q)
        : q_ptr(q)
        , frame(q, [this] { flush(); })
    { }

    size_t maximum() const { return static_cast<size_t>(maximumRows); }
    int rowCount() const { return static_cast<int>(rows.size()); }
    const ActivityEntry &at(int row) const
    {
        return rows.at(rows.size() - 1 - static_cast<size_t>(row));
    }

    void add(const QZapRequest &request, const QZapReply &reply);
    // Sets the user id of the refused peer that was added last.
    void name(const QZapRequest &request, const QString &userId);
    // Shows the decisions since the last frame.
    void flush();
    void keepNewest(size_t count);
    void removeAll();
    void setMaximum(int newMaximum);

    QZapActivityModel *q_ptr;
    QPointer<QZapAuthenticator> authenticator;
    std::deque<ActivityEntry> rows;    // the newest, row 0, is last
    std::deque<ActivityEntry> pending; // in the same order, shown in the next frame
    SingleShotTimer frame;
    int maximumRows = 1000;
};

void QZapActivityModelPrivate::add(const QZapRequest &request, const QZapReply &reply)
{
    if (maximumRows == 0)
        return;
    if (pending.size() == maximum())
        pending.pop_front(); // never shown
    pending.push_back({request, reply});
    if (!frame.isActive())
        frame.start(FrameInterval);
}

void QZapActivityModelPrivate::name(const QZapRequest &request, const QString &userId)
{
    if (request.mechanism() != QZap::Mechanism::Curve || pending.empty())
        return;
    ActivityEntry &last = pending.back(); // of a different request if a slot has run an event loop
    if (last.request.publicKeyText() == request.publicKeyText())
        last.keyOwner = userId;
}

// A slot of the model's signals may change or delete the model.
void QZapActivityModelPrivate::flush()
{
    Q_Q(QZapActivityModel);
    frame.stop();
    const QPointer<QZapActivityModel> guard(q);
    keepNewest(maximum() - pending.size());
    if (!guard || pending.empty())
        return;
    q->beginInsertRows({}, 0, static_cast<int>(pending.size()) - 1);
    std::move(pending.begin(), pending.end(), std::back_inserter(rows));
    pending.clear();
    q->endInsertRows();
}

void QZapActivityModelPrivate::keepNewest(size_t count)
{
    Q_Q(QZapActivityModel);
    if (rows.size() <= count)
        return;
    q->beginRemoveRows({}, static_cast<int>(count), rowCount() - 1);
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(count));
    q->endRemoveRows();
}

void QZapActivityModelPrivate::removeAll()
{
    frame.stop();
    pending.clear();
    keepNewest(0);
}

void QZapActivityModelPrivate::setMaximum(int newMaximum)
{
    maximumRows = newMaximum;
    while (pending.size() > maximum()) // slots have caused further decisions
        pending.pop_front();
    keepNewest(maximum());
}

/*!
    \class QZapActivityModel
    \inmodule QZap
    \inheaderfile QZap/QZapActivityModel
    \brief The QZapActivityModel class is a table model of an authenticator's recent decisions.

    Each decision is a row, and each of its values a column for table views as well as a role for
    Qt Quick:

    \table
    \header \li Column \li Role \li Name in QML \li Type of the role \li Meaning
    \row \li TimeColumn \li TimeRole \li \c time \li QDateTime, in UTC \li QZapRequest::timestamp
    \row \li VerdictColumn \li VerdictRole \li \c verdict \li QZap::Status \li QZapReply::status
    \row \li UserColumn \li UserRole \li \c user \li QString
        \li the user id of an accepted peer; for other peers, the user name or principal of the
        request, which is not proved, or the name or text of the public key, which is
    \row \li AddressColumn \li AddressRole \li \c address \li QString \li QZapRequest::address
    \row \li DomainColumn \li DomainRole \li \c domain \li QString \li QZapRequest::domain
    \row \li MechanismColumn \li MechanismRole \li \c mechanism \li QZap::Mechanism
        \li QZapRequest::mechanism
    \row \li ReasonColumn \li ReasonRole \li \c reason \li QString \li QZapReply::statusText
    \row \li \li EnforcedRole \li \c enforced \li bool \li QZapReply::isEnforced()
    \endtable

    \snippet models.cpp table

    Row 0 is the newest. Decisions are added in batches, about 60 times a second: regardless of
    their rate, a view has to handle at most one insertion and one removal per frame. New rows
    replace the oldest ones; if more than \l maximumRows decisions arrive between two frames, only
    the newest are shown. QZapAuthenticator::decided() reports all of them, and the authenticator's
    counters include them.

    Rows never change. Each role is available in every column, so that a QSortFilterProxyModel can
    filter by any of them. To sort by the column that a user clicks on, set its sort role to
    SortRole.

    Peers choose the text that they send. Qt::DisplayRole returns it with escaped characters where
    they are not printable, break a line or change its direction; the other roles return it
    unchanged. To show it in Qt Quick, set \c textFormat to \c Text.PlainText: otherwise, a peer's
    name can contain markup. The model contains no secrets.

    The model must be used in the thread of the authenticator.

    \sa QZapAuthenticator::decided(), {How QZap Works}
*/

/*!
    \enum QZapActivityModel::Column

    The columns, in order.

    \value TimeColumn when the request was received
    \value VerdictColumn the verdict
    \value UserColumn the proved or claimed user id of the peer
    \value AddressColumn the peer's address
    \value DomainColumn the domain of the server socket
    \value MechanismColumn the security mechanism
    \value ReasonColumn the reason for the verdict
*/

/*!
    \enum QZapActivityModel::Role

    The roles in addition to Qt::DisplayRole, which returns the text of the column.

    \value SortRole the column's value in a type that QSortFilterProxyModel sorts by itself: a
        QDateTime, a number or text
    \value TimeRole the time, as QDateTime in UTC
    \value VerdictRole the QZap::Status
    \value UserRole the proved or claimed user id of the peer
    \value AddressRole the peer's address
    \value DomainRole the domain
    \value MechanismRole the QZap::Mechanism
    \value ReasonRole the reason, which is not sent to the peer
    \value EnforcedRole \c false if the peer was refused, but let in because of
        QZapAuthenticator::reportOnly
*/

/*!
    \property QZapActivityModel::authenticator
    \brief the authenticator whose decisions are shown

    Default: \nullptr. Setting an authenticator removes all rows. If it is set to \nullptr or the
    authenticator is destroyed, the rows remain. The model does not own the authenticator.
*/

/*!
    \property QZapActivityModel::maximumRows
    \brief how many decisions are kept

    Default: 1000. Lowering it removes the oldest rows; 0 keeps none. A negative number is refused
    with a warning.
*/

/*!
    Constructs an empty model with \a parent.
*/
QZapActivityModel::QZapActivityModel(QObject *parent)
    : QAbstractTableModel(parent)
    , d_ptr(std::make_unique<QZapActivityModelPrivate>(this))
{ }

/*!
    Destroys the model, but not the authenticator.
*/
QZapActivityModel::~QZapActivityModel() = default;

QZapAuthenticator *QZapActivityModel::authenticator() const
{
    Q_D(const QZapActivityModel);
    return d->authenticator;
}

void QZapActivityModel::setAuthenticator(QZapAuthenticator *authenticator)
{
    Q_D(QZapActivityModel);
    if (d->authenticator == authenticator)
        return;
    if (d->authenticator)
        d->authenticator->disconnect(this);
    d->authenticator = authenticator;
    const QPointer<QZapActivityModel> guard(this);
    if (authenticator) {
        connect(
            authenticator, &QZapAuthenticator::decided, this,
            [d](const QZapRequest &request, const QZapReply &reply) { d->add(request, reply); });
        connect(authenticator, &QZapAuthenticator::rejected, this,
                [d](const QString &userId, const QString &, const QZapRequest &request) {
                    d->name(request, userId);
                });
        connect(authenticator, &QObject::destroyed, this, &QZapActivityModel::authenticatorChanged);
        d->removeAll();
    }
    if (guard)
        Q_EMIT authenticatorChanged();
}

int QZapActivityModel::maximumRows() const
{
    Q_D(const QZapActivityModel);
    return d->maximumRows;
}

void QZapActivityModel::setMaximumRows(int maximum)
{
    Q_D(QZapActivityModel);
    if (maximum < 0) {
        qWarning("QZapActivityModel::setMaximumRows: %d is not a valid number of rows", maximum);
        return;
    }
    if (d->maximumRows == maximum)
        return;
    const QPointer<QZapActivityModel> guard(this);
    d->flush();
    if (!guard)
        return;
    d->setMaximum(maximum);
    if (guard)
        Q_EMIT maximumRowsChanged();
}

/*!
    \reimp
*/
int QZapActivityModel::rowCount(const QModelIndex &parent) const
{
    Q_D(const QZapActivityModel);
    return parent.isValid() ? 0 : d->rowCount();
}

/*!
    \reimp
*/
int QZapActivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ReasonColumn + 1;
}

/*!
    \reimp
*/
QVariant QZapActivityModel::data(const QModelIndex &index, int role) const
{
    Q_D(const QZapActivityModel);
    if (!hasIndex(index.row(), index.column(), index.parent()))
        return {};
    const ActivityEntry &entry = d->at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return textOf(entry, index.column());
    case SortRole:
        return sortValueOf(entry, index.column());
    default:
        return valueOf(entry, role);
    }
}

/*!
    \reimp
*/
QVariant QZapActivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QAbstractTableModel::headerData(section, orientation, role);
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case VerdictColumn:
        return tr("Verdict");
    case UserColumn:
        return tr("User");
    case AddressColumn:
        return tr("Address");
    case DomainColumn:
        return tr("Domain");
    case MechanismColumn:
        return tr("Mechanism");
    case ReasonColumn:
        return tr("Reason");
    default:
        return {};
    }
}

/*!
    \reimp
*/
QHash<int, QByteArray> QZapActivityModel::roleNames() const
{
    return {
        {Qt::DisplayRole, "display"}, {SortRole, "sortValue"},      {TimeRole, "time"},
        {VerdictRole, "verdict"},     {UserRole, "user"},           {AddressRole, "address"},
        {DomainRole, "domain"},       {MechanismRole, "mechanism"}, {ReasonRole, "reason"},
        {EnforcedRole, "enforced"},
    };
}

/*!
    Removes all rows, and discards decisions that have not been shown yet.
*/
void QZapActivityModel::clear()
{
    Q_D(QZapActivityModel);
    d->removeAll();
}
