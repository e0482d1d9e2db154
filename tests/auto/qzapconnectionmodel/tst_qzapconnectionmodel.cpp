// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "connectionmodeltest.h"

#include <QZap/QZap>

#include <QtCore/qsortfilterproxymodel.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>

using Model = QZapConnectionModel;
using ModelChange = std::function<void(Model &)>;

Q_DECLARE_METATYPE(ModelChange)

// Tests which peers a model shows, with real sockets.
class tst_QZapConnectionModel : public ConnectionModelTest
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void namesItsColumnsAndRoles();
    void describesAPeer_data();
    void describesAPeer();
    void escapesTheTextOfPeers();

    void showsAPeerFromItsFirstMessage();
    void showsTheSubscribersOfAnXpub();
    void showsEarlierConnectionsAtOnce();
    void changesOnlyTheRowsConcerned();
    void removesARevokedPeer();
    void marksARevokedPeerThatIsKept();
    void isEmptyWithoutSessions_data();
    void isEmptyWithoutSessions();
    void canBeSortedAndFiltered();

    void disconnectsARow();
    void disconnectsNothingElse();
};

void tst_QZapConnectionModel::isEmptyAtFirst()
{
    QCOMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->columnCount(), 6);
    QCOMPARE(m_model->guard(), m_guard.get());
    QCOMPARE(m_model->data({}), QVariant());
    Model fresh;
    QCOMPARE(fresh.guard(), nullptr);
    QSignalSpy changed(&fresh, &Model::guardChanged);
    fresh.setGuard(nullptr);
    QCOMPARE(changed.size(), 0);
}

void tst_QZapConnectionModel::namesItsColumnsAndRoles()
{
    const QStringList expected{QStringLiteral("User"),   QStringLiteral("Address"),
                               QStringLiteral("Domain"), QStringLiteral("Mechanism"),
                               QStringLiteral("Since"),  QStringLiteral("Fields")};
    for (int column = 0; column < m_model->columnCount(); ++column)
        QCOMPARE(m_model->headerData(column, Qt::Horizontal).toString(), expected.at(column));
    QCOMPARE(m_model->headerData(6, Qt::Horizontal), QVariant());
    QList<QByteArray> names = m_model->roleNames().values();
    for (const char *const name : {"display", "sortValue", "user", "address", "domain", "mechanism",
                                   "since", "fields", "session", "revoked"}) {
        QVERIFY2(names.removeOne(name), name);
    }
    QCOMPARE(names, QList<QByteArray>());
}

void tst_QZapConnectionModel::describesAPeer_data()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<QString>("user");
    QTest::newRow("NULL") << QZap::Mechanism::Null << QStringLiteral("anonymous");
    QTest::newRow("PLAIN") << QZap::Mechanism::Plain << QStringLiteral("bob");
    QTest::newRow("CURVE") << QZap::Mechanism::Curve << QStringLiteral("bob");
}

void tst_QZapConnectionModel::describesAPeer()
{
    QFETCH(const QZap::Mechanism, mechanism);
    QFETCH(const QString, user);
    QVERIFY(m_authenticator->configureNull(test(), true));
    const QString field = QStringLiteral("Domain");
    m_authenticator->domain(test(), mechanism)->setPublishedFields({field});
    zmq::socket_t socket = client(zmq::socket_type::dealer, serve(mechanism), mechanism);
    QVERIFY(send(socket, "hello"));
    const QZapSession session = m_guard->session(waitForMessage());
    QTRY_COMPARE(m_model->rowCount(), 1);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const QModelIndex index = m_model->index(0, column);
        QCOMPARE(index.data(Model::UserRole).toString(), user);
        QCOMPARE(index.data(Model::AddressRole).toString(), QStringLiteral("127.0.0.1"));
        QCOMPARE(index.data(Model::DomainRole).toString(), test());
        QCOMPARE(index.data(Model::MechanismRole).value<QZap::Mechanism>(), mechanism);
        QCOMPARE(index.data(Model::SinceRole).toDateTime(), session.since());
        QCOMPARE(index.data(Model::FieldsRole).toMap(), (QVariantMap{{field, test()}}));
        QCOMPARE(index.data(Model::SessionRole).value<QZapSession>(), session);
        QCOMPARE(index.data(Model::RevokedRole), QVariant(false));
        QCOMPARE(index.data(Qt::DecorationRole), QVariant());
    }
    const auto text = [this](Model::Column column) {
        return m_model->index(0, column).data().toString();
    };
    QCOMPARE(text(Model::UserColumn), user);
    QCOMPARE(text(Model::AddressColumn), QStringLiteral("127.0.0.1"));
    QCOMPARE(text(Model::DomainColumn), test());
    QCOMPARE(text(Model::MechanismColumn), QString::fromLatin1(QTest::currentDataTag()));
    QCOMPARE(text(Model::FieldsColumn), QStringLiteral("Domain=test"));
    QCOMPARE(QDateTime::fromString(text(Model::SinceColumn), u"yyyy-MM-dd HH:mm:ss.zzz"),
             session.since());
}

// A right-to-left override changes the direction of the text after it.
void tst_QZapConnectionModel::escapesTheTextOfPeers()
{
    const QString user = QStringLiteral("b\u202eob");
    configure({user});
    join(user);
    QTRY_COMPARE(users(), QStringList(user));
    QCOMPARE(m_model->index(0, Model::UserColumn).data().toString(), QStringLiteral("b\\u202eob"));
}

void tst_QZapConnectionModel::showsAPeerFromItsFirstMessage()
{
    zmq::socket_t socket = client(zmq::socket_type::dealer, serve());
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1);
    m_guard->sweep(); // knows of the connection
    QCOMPARE(m_model->rowCount(), 0);
    QVERIFY(send(socket, "hello"));
    const zmq::message_t message = waitForMessage();
    QCOMPARE(m_model->rowCount(), 0); // nobody has asked about it
    QVERIFY(m_guard->isAuthorized(message));
    QTRY_COMPARE(users(), QStringList(QStringLiteral("bob")));
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QVERIFY(send(socket, "again"));
    QVERIFY(m_guard->isAuthorized(waitForMessage()));
    socket.close();
    QTRY_COMPARE(m_model->rowCount(), 0);
    QTRY_COMPARE(m_guard->connectionCount(), 0);
}

void tst_QZapConnectionModel::showsTheSubscribersOfAnXpub()
{
    const QString endpoint = serve(QZap::Mechanism::Plain, zmq::socket_type::xpub);
    const zmq::socket_t bob = client(zmq::socket_type::sub, endpoint);
    QVERIFY(m_guard->isAuthorized(waitForMessage()));
    const zmq::socket_t alice =
        client(zmq::socket_type::sub, endpoint, QZap::Mechanism::Plain, QStringLiteral("alice"));
    QVERIFY(m_guard->isAuthorized(waitForMessage()));
    QTRY_COMPARE(users(), QStringList({QStringLiteral("bob"), QStringLiteral("alice")}));
}

void tst_QZapConnectionModel::showsEarlierConnectionsAtOnce()
{
    m_guard->setDisconnectRevokedPeers(false);
    join(QStringLiteral("bob"));
    join(QStringLiteral("alice"));
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    m_authenticator->revoke(QStringLiteral("alice"));
    QTRY_COMPARE(revoked.size(), 1);
    Model other;
    const QAbstractItemModelTester tester(&other,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    other.setGuard(m_guard.get());
    QCOMPARE(usersOf(other), QStringList({QStringLiteral("bob"), QStringLiteral("alice")}));
    QCOMPARE(other.index(0, 0).data(Model::RevokedRole), QVariant(false));
    QCOMPARE(other.index(1, 0).data(Model::RevokedRole), QVariant(true));
    QTRY_COMPARE(users(), usersOf(other));
}

void tst_QZapConnectionModel::changesOnlyTheRowsConcerned()
{
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy removed(m_model.get(), &Model::rowsRemoved);
    QSignalSpy reset(m_model.get(), &Model::modelReset);
    QSignalSpy changed(m_model.get(), &Model::dataChanged);
    const QStringList all{QStringLiteral("alice"), QStringLiteral("bob"), QStringLiteral("carol")};
    for (const QString &user : all) {
        join(user);
        QTRY_VERIFY(users().endsWith(user));
    }
    QCOMPARE(users(), all);
    leave(QStringLiteral("bob"));
    QTRY_COMPARE(users(), QStringList({all.at(0), all.at(2)}));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0).at(1).toInt(), 1);
    QCOMPARE(removed.at(0).at(2).toInt(), 1);
    join(QStringLiteral("bob"));
    QTRY_COMPARE(users(), QStringList({all.at(0), all.at(2), all.at(1)}));
    QCOMPARE(inserted.size(), 4);
    QCOMPARE(inserted.at(3).at(1).toInt(), 2);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(reset.size(), 0);
    QCOMPARE(changed.size(), 0);
}

void tst_QZapConnectionModel::removesARevokedPeer()
{
    join(QStringLiteral("bob"));
    join(QStringLiteral("alice"));
    QTRY_COMPARE(m_model->rowCount(), 2);
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    m_authenticator->revoke(QStringLiteral("bob"));
    QTRY_COMPARE(users(), QStringList(QStringLiteral("alice")));
}

void tst_QZapConnectionModel::marksARevokedPeerThatIsKept()
{
    m_guard->setDisconnectRevokedPeers(false);
    for (const char *const user : {"alice", "bob", "carol"})
        join(QLatin1String(user));
    QTRY_COMPARE(m_model->rowCount(), 3);
    QSignalSpy changed(m_model.get(), &Model::dataChanged);
    m_authenticator->revoke(QStringLiteral("bob"));
    QTRY_COMPARE(changed.size(), 1);
    const int row = static_cast<int>(users().indexOf(QStringLiteral("bob")));
    QCOMPARE(changed.at(0).at(0).value<QModelIndex>(), m_model->index(row, 0));
    QCOMPARE(changed.at(0).at(1).value<QModelIndex>(), m_model->index(row, 5));
    QCOMPARE(changed.at(0).at(2).value<QList<int>>(), QList<int>{Model::RevokedRole});
    for (int each = 0; each < 3; ++each)
        QCOMPARE(m_model->index(each, 0).data(Model::RevokedRole), QVariant(each == row));
    leave(QStringLiteral("bob"));
    QTRY_COMPARE(users(), QStringList({QStringLiteral("alice"), QStringLiteral("carol")}));
}

void tst_QZapConnectionModel::isEmptyWithoutSessions_data()
{
    QTest::addColumn<ModelChange>("change");
    QTest::newRow("another authenticator") << ModelChange([](Model &model) {
        model.guard()->setAuthenticator(new QZapAuthenticator(model.guard()));
    });
    QTest::newRow("no authenticator")
        << ModelChange([](Model &model) { model.guard()->setAuthenticator(nullptr); });
    QTest::newRow("no socket") << ModelChange([](Model &model) { model.guard()->clearSocket(); });
    QTest::newRow("no guard") << ModelChange([](Model &model) { model.setGuard(nullptr); });
}

void tst_QZapConnectionModel::isEmptyWithoutSessions()
{
    QFETCH(const ModelChange, change);
    join(QStringLiteral("bob"));
    join(QStringLiteral("alice"));
    QTRY_COMPARE(m_model->rowCount(), 2);
    QSignalSpy removed(m_model.get(), &Model::rowsRemoved);
    change(*m_model);
    QTRY_COMPARE(m_model->rowCount(), 0);
    QCOMPARE(removed.size(), 1);
}

void tst_QZapConnectionModel::canBeSortedAndFiltered()
{
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(m_model.get());
    proxy.setSortRole(Model::SortRole);
    const QAbstractItemModelTester tester(&proxy,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (const char *const user : {"bob", "carol", "alice"})
        join(QLatin1String(user));
    QTRY_COMPARE(m_model->rowCount(), 3);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        proxy.sort(column);
        QCOMPARE(proxy.rowCount(), 3);
    }
    proxy.sort(Model::UserColumn, Qt::DescendingOrder);
    QCOMPARE(proxy.index(0, 0).data().toString(), QStringLiteral("carol"));
    leave(QStringLiteral("carol"));
    QTRY_COMPARE(proxy.rowCount(), 2);
    proxy.setFilterRole(Model::UserRole);
    proxy.setFilterFixedString(QStringLiteral("ali"));
    QCOMPARE(proxy.rowCount(), 1);
}

void tst_QZapConnectionModel::disconnectsARow()
{
    for (const char *const user : {"alice", "bob", "carol"})
        join(QLatin1String(user));
    QTRY_COMPARE(m_model->rowCount(), 3);
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    const int row = static_cast<int>(users().indexOf(QStringLiteral("bob")));
    const auto session = m_model->index(row, 0).data(Model::SessionRole).value<QZapSession>();
    QVERIFY(m_model->disconnectRow(row));
    QTRY_COMPARE(users(), QStringList({QStringLiteral("alice"), QStringLiteral("carol")}));
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<QZapSession>(), session);
    // The peer connects again by itself.
    std::optional<zmq::message_t> message;
    zmq::socket_t &bob = m_clients.at(QStringLiteral("bob"));
    QTRY_VERIFY(message || (send(bob, "again") && (message = receive())));
    QCOMPARE(m_guard->userId(*message), QStringLiteral("bob"));
    QTRY_COMPARE(users().size(), 3);
    QCOMPARE(users().constLast(), QStringLiteral("bob"));
}

void tst_QZapConnectionModel::disconnectsNothingElse()
{
    join(QStringLiteral("bob"));
    QTRY_COMPARE(m_model->rowCount(), 1);
    QVERIFY(!m_model->disconnectRow(-1));
    QVERIFY(!m_model->disconnectRow(1));
    QVERIFY(!Model().disconnectRow(0));
    if (m_guard->canDisconnect()) { // ended, but still shown
        QVERIFY(m_model->disconnectRow(0));
        QTRY_VERIFY(m_model->rowCount() == 0 || !m_model->disconnectRow(0));
    }
    join(QStringLiteral("alice"));
    QTRY_VERIFY(users().endsWith(QStringLiteral("alice")));
    const int row = m_model->rowCount() - 1;
    m_guard.reset(); // not noticed yet
    QVERIFY(!m_model->disconnectRow(row));
}

QTEST_GUILESS_MAIN(tst_QZapConnectionModel)
#include "tst_qzapconnectionmodel.moc"
