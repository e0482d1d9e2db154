// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "dashboardtest.h"
#include "demopeer.h"

#include <QtCore/qdir.h>
#include <QtTest/qsignalspy.h>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

// A list, and how an operator uses it.
struct List
{
    Qt::Key page;
    QString button; // before the name
    QStringList names;
};

} // namespace

Q_DECLARE_METATYPE(List)

// Tests the rows of the lists beside the table: entries that were removed by mistake can be
// restored, and nothing moves under the pointer.
class tst_DashboardLists : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup()
    {
        m_pumps.clear();
        closeWindow();
    }

    void keepsNextRowFromUnderPointer_data() { addLists(); }
    void keepsNextRowFromUnderPointer();
    void undoesRemoval_data() { addLists(); }
    void undoesRemoval();
    void undoesRemovalByKeyboard();
    void restoresKeyFileAsItWas();
    void restoresNoUserOverOtherChanges();
    void keepsNextGuestFromUnderPointer();
    void keepsConnectionsFromUnderPointer();
    void keepsTheRowOfAPeerThatComesBack();

private:
    static void addLists();
    // Connects two peers, pump-1 and pump-2, and shows the connections.
    void connectPumps();
    QStringList connections() const;
    void fillIn();
    QStringList namesOf(const List &list) const;
    QZapAuthenticator *authenticator() const
    {
        return find(u"decisions"_s)->property("authenticator").value<QZapAuthenticator *>();
    }

    std::vector<std::unique_ptr<DemoPeer>> m_pumps;
};

void tst_DashboardLists::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void tst_DashboardLists::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    openWindow();
    QVERIFY(m_window);
    fillIn();
}

void tst_DashboardLists::fillIn()
{
    for (const char *name : {"pump-1", "pump-2"}) {
        QCOMPARE(m_backend->keys()->addKey(QLatin1String(name),
                                           QZapCertificate::generate().publicKeyText()),
                 QString());
    }
    auto users = QZapPasswordFile::load(m_backend->users()->file());
    QVERIFY(users);
    for (const QString &name : {u"olga"_s, u"ravi"_s})
        QVERIFY(users->setPassword(name, "north sea", QZapPasswordFile::Format::Plain));
    QVERIFY(users->save(m_backend->users()->file()));
    QVERIFY(m_backend->users()->remove(u"nobody"_s).isEmpty()); // reads the file
    QVERIFY(authenticator()->deny({u"192.0.2.1"_s, u"192.0.2.2"_s}));
}

void tst_DashboardLists::addLists()
{
    QTest::addColumn<List>("list");

    QTest::newRow("keys") << List{Qt::Key_2, u"revoke-"_s, {u"pump-1"_s, u"pump-2"_s}};
    QTest::newRow("users") << List{Qt::Key_3, u"remove-"_s, {u"olga"_s, u"ravi"_s}};
    QTest::newRow("addresses") << List{Qt::Key_4, u"remove-"_s, {u"192.0.2.1"_s, u"192.0.2.2"_s}};
}

QStringList tst_DashboardLists::namesOf(const List &list) const
{
    switch (list.page) {
    case Qt::Key_2:
        return QDir(m_backend->keys()->location())
            .entryList({u"*.key"_s}, QDir::Files, QDir::Name)
            .replaceInStrings(u".key"_s, QString());
    case Qt::Key_3:
        return QZapPasswordFile::load(m_backend->users()->file())->users();
    default:
        return authenticator()->deniedAddresses();
    }
}

void tst_DashboardLists::keepsNextRowFromUnderPointer()
{
    QFETCH(const List, list);
    press(list.page);
    QTRY_COMPARE(namesOf(list), list.names);
    QTRY_VERIFY(find(list.button + list.names.at(0)));
    QTRY_VERIFY(find(list.button + list.names.at(1)));
    const QQuickItem *const next = find(list.button + list.names.at(1));
    m_window->grabWindow(); // lays the list out
    const QPoint place = centreOf(find(list.button + list.names.at(0)));
    const QPoint nextPlace = centreOf(next);
    QVERIFY(place != nextPlace);
    QTest::mouseMove(m_window, place);
    for (int clicks = 0; clicks < 3; ++clicks) {
        QTest::mouseClick(m_window, Qt::LeftButton, {}, place);
        m_window->grabWindow(); // lays the list out
    }
    QCOMPARE(namesOf(list), list.names.mid(1));
    QCOMPARE(centreOf(find(list.button + list.names.at(1))), nextPlace);
    QCOMPARE(showing(list.names.at(0)).size(), 1); // the row with the outcome
}

void tst_DashboardLists::undoesRemoval()
{
    QFETCH(const List, list);
    press(list.page);
    click(list.button + list.names.at(0));
    QCOMPARE(namesOf(list), list.names.mid(1));
    QTRY_VERIFY(find(u"undo"_s) && find(u"undo"_s)->isVisible());
    QTRY_VERIFY(find(u"undo"_s)->isEnabled());
    click(u"undo"_s);
    QStringList names = namesOf(list);
    names.sort();
    QCOMPARE(names, list.names);
    QTRY_VERIFY(find(list.button + list.names.at(0)));
    QTRY_VERIFY(find(list.button + list.names.at(0))->isVisible());
    QTRY_VERIFY(!find(u"undo"_s)->isVisible());
}

void tst_DashboardLists::undoesRemovalByKeyboard()
{
    press(Qt::Key_2);
    QTRY_VERIFY(find(u"revoke-pump-1"_s));
    find(u"revoke-pump-1"_s)->forceActiveFocus(Qt::TabFocusReason);
    press(Qt::Key_Return, Qt::NoModifier);
    QCOMPARE(m_backend->keys()->count(), 1);
    QTRY_VERIFY(find(u"undo"_s)->hasActiveFocus());
    QTRY_VERIFY(find(u"undo"_s)->isEnabled());
    press(Qt::Key_Return, Qt::NoModifier);
    QCOMPARE(m_backend->keys()->count(), 2);
}

// The file contains fields and comments that the dashboard does not know.
void tst_DashboardLists::restoresKeyFileAsItWas()
{
    QFile file(QDir(m_backend->keys()->location()).filePath(u"pump-1.key"_s));
    QVERIFY(file.open(QFile::Append));
    file.write("# the one at the gate\n");
    file.close();
    QVERIFY(file.open(QFile::ReadOnly));
    const QByteArray before = file.readAll();
    file.close();
    QCOMPARE(m_backend->keys()->revoke(u"pump-1"_s), QString());
    QVERIFY(!file.exists());
    QCOMPARE(m_backend->keys()->restore(u"pump-1"_s), QString());
    QVERIFY(file.open(QFile::ReadOnly));
    QCOMPARE(file.readAll(), before);
    // A key cannot be restored twice, nor can one that never existed.
    QVERIFY(!m_backend->keys()->restore(u"pump-1"_s).isEmpty());
    QVERIFY(!m_backend->keys()->restore(u"pump-3"_s).isEmpty());
    QCOMPARE(m_backend->keys()->count(), 2);
}

void tst_DashboardLists::restoresNoUserOverOtherChanges()
{
    QCOMPARE(m_backend->users()->remove(u"olga"_s), QString());
    auto users = QZapPasswordFile::load(m_backend->users()->file());
    QVERIFY(users && users->setPassword(u"zoe"_s, "x", QZapPasswordFile::Format::Plain));
    QVERIFY(users->save(m_backend->users()->file()));
    QVERIFY(!m_backend->users()->restore(u"olga"_s).isEmpty());
    QCOMPARE(QZapPasswordFile::load(m_backend->users()->file())->users(),
             QStringList({u"ravi"_s, u"zoe"_s}));
}

// The second click of a double click must not let the next guest in.
void tst_DashboardLists::keepsNextGuestFromUnderPointer()
{
    for (int i = 0; i < 2; ++i) {
        authenticator()->handleZapMessage({"1.0",
                                           "1",
                                           m_backend->server()->guestsDomain().toUtf8(),
                                           "192.0.2." + QByteArray::number(7 + i),
                                           {},
                                           "CURVE",
                                           QZapCertificate::generate().publicKey()});
    }
    QTRY_COMPARE(authenticator()->pendingCount(), 2);
    QTRY_VERIFY(find(u"approve-1"_s));
    m_window->grabWindow();
    const QPoint place = centreOf(find(u"approve-0"_s));
    QTest::mouseMove(m_window, place);
    for (int clicks = 0; clicks < 3; ++clicks) {
        QTest::mouseClick(m_window, Qt::LeftButton, {}, place);
        m_window->grabWindow();
    }
    QTRY_COMPARE(authenticator()->pendingCount(), 1);
    QCOMPARE(showing(u"Approved"_s).size(), 1);
    // When the pointer leaves the list, the gap is closed.
    QTest::mouseMove(m_window, {1, 1});
    QTRY_COMPARE(showing(u"Approved"_s).size(), 0);
    QTRY_COMPARE(centreOf(find(u"approve-0"_s)), place);
}

void tst_DashboardLists::connectPumps()
{
    m_pumps.clear();
    for (const QString &name : {u"pump-1"_s, u"pump-2"_s}) {
        QCOMPARE(m_backend->keys()->revoke(name), QString());
        auto pump = std::make_unique<DemoPeer>(
            DemoPeer::Identity{name, {}, QZapCertificate::generate(), {}, {}});
        QCOMPARE(m_backend->keys()->addKey(name, pump->certificate().publicKeyText()), QString());
        const auto comes = [&] {
            pump->comeTo(m_backend->server()->keysEndpoint(), m_backend->server()->publicKey());
            return QTest::qWaitFor([&] { return pump->state() == DemoPeer::State::In; }, 1000);
        };
        // A change of a file takes effect a moment later. QTRY_VERIFY would connect once more.
        QVERIFY(QTest::qWaitFor(comes, 20'000));
        m_pumps.push_back(std::move(pump));
        QTRY_VERIFY(connections().contains(name));
    }
    QCOMPARE(connections(), QStringList({u"pump-1"_s, u"pump-2"_s}));
    press(Qt::Key_5);
    QTRY_VERIFY(find(u"disconnect-pump-2"_s));
    m_window->grabWindow(); // lays the list out
}

QStringList tst_DashboardLists::connections() const
{
    const ConnectionList *const list = m_backend->server()->connections();
    QStringList users;
    for (int row = 0; row < list->rowCount(); ++row)
        users += list->index(row).data(ConnectionList::UserRole).toString();
    return users;
}

// The second click of a double click must not disconnect the next peer.
void tst_DashboardLists::keepsConnectionsFromUnderPointer()
{
    connectPumps();
    if (QTest::currentTestFailed())
        return;
    if (!m_backend->server()->connections()->canDisconnect())
        QSKIP("connections cannot be ended");
    const QPoint place = centreOf(find(u"disconnect-pump-1"_s));
    const QPoint nextPlace = centreOf(find(u"disconnect-pump-2"_s));
    QVERIFY(place != nextPlace);
    QTest::mouseMove(m_window, place);
    QTRY_VERIFY(m_backend->server()->connections()->isHeld());
    m_pumps.front()->leave();
    QTRY_COMPARE(showing(u"Left: pump-1"_s).size(), 1);
    for (int clicks = 0; clicks < 3; ++clicks) {
        QTest::mouseClick(m_window, Qt::LeftButton, {}, place);
        m_window->grabWindow(); // lays the list out
    }
    QCOMPARE(centreOf(find(u"disconnect-pump-2"_s)), nextPlace);
    QCOMPARE(m_pumps.back()->state(), DemoPeer::State::In);
    // When the pointer leaves the list, the gap is closed.
    QTest::mouseMove(m_window, {1, 1});
    QTRY_COMPARE(connections(), QStringList(u"pump-2"_s));
    QTRY_COMPARE(centreOf(find(u"disconnect-pump-2"_s)), place);
}

void tst_DashboardLists::keepsTheRowOfAPeerThatComesBack()
{
    connectPumps();
    if (QTest::currentTestFailed())
        return;
    if (!m_backend->server()->connections()->canDisconnect())
        QSKIP("connections cannot be ended");
    const QPoint place = centreOf(find(u"disconnect-pump-1"_s));
    QTest::mouseMove(m_window, place);
    QTRY_VERIFY(m_backend->server()->connections()->isHeld());
    QSignalSpy states(m_pumps.front().get(), &DemoPeer::stateChanged);
    QTest::mouseClick(m_window, Qt::LeftButton, {}, place);
    QTRY_COMPARE(states.size(), 2); // disconnected, and back
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), 2);
    QCOMPARE(connections(), QStringList({u"pump-1"_s, u"pump-2"_s}));
    QTRY_COMPARE(showing(u"Disconnected: pump-1"_s).size(), 0);
    QCOMPARE(centreOf(find(u"disconnect-pump-1"_s)), place);
    QCOMPARE(m_pumps.back()->state(), DemoPeer::State::In);
}

QTEST_MAIN(tst_DashboardLists)
#include "tst_dashboardlists.moc"
