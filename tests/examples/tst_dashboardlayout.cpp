// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "dashboardtest.h"
#include "demopeer.h"
#include "layoutchecker.h"

#include <QtCore/qdir.h>
#include <QtCore/qsortfilterproxymodel.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlcomponent.h>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

// Tests that the whole dashboard is visible in windows of any size. It runs at 100 and at 200 %:
// sizes are in pixels of the screen.
class tst_DashboardLayout : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanup()
    {
        m_peers.clear();
        closeWindow();
    }

    void findsFaults_data();
    void findsFaults();
    void showsAllOfEachPage_data();
    void showsAllOfEachPage();
    void keepsColumnsBelowTheirHeadings_data();
    void keepsColumnsBelowTheirHeadings();

private:
    void fillIn();
    void resize(QSize pixels) const;
    void checkPage(const QString &page);
    void checkTable() const;
    void checkPages();
    QList<QQuickItem *> wholeRows() const;
    QZapAuthenticator *authenticator() const;
    void ask(const QString &domain, const QString &address, const QByteArray &mechanism,
             const QByteArrayList &credentials);

    // Connects a peer, whose credentials are known, and waits until it is shown.
    void join(const DemoPeer::Identity &identity, const QString &endpoint);

    std::vector<std::unique_ptr<DemoPeer>> m_peers;
    QSet<QString> m_longTexts;
    QStringList m_faults;
};

void tst_DashboardLayout::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

QZapAuthenticator *tst_DashboardLayout::authenticator() const
{
    auto *const filter = find(u"decisions"_s)->property("model").value<QSortFilterProxyModel *>();
    return qobject_cast<QZapActivityModel *>(filter->sourceModel())->authenticator();
}

void tst_DashboardLayout::ask(const QString &domain, const QString &address,
                              const QByteArray &mechanism, const QByteArrayList &credentials)
{
    authenticator()->handleZapMessage(
        QByteArrayList{"1.0", "1", domain.toUtf8(), address.toUtf8(), {}, mechanism} + credentials);
}

void tst_DashboardLayout::join(const DemoPeer::Identity &identity, const QString &endpoint)
{
    const int before = m_backend->server()->connections()->connectedCount();
    m_peers.push_back(std::make_unique<DemoPeer>(identity));
    m_peers.back()->comeTo(endpoint, m_backend->server()->publicKey());
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), before + 1);
}

// Fills the window with connections, decisions of each kind, guests, keys, users and addresses.
void tst_DashboardLayout::fillIn()
{
    m_longTexts.clear();
    const auto newKey = [this] {
        const QZapCertificate certificate = QZapCertificate::generate();
        m_longTexts += certificate.publicKeyText();
        return certificate;
    };
    const QString users = m_backend->server()->usersDomain();
    const QString keys = m_backend->server()->keysDomain();
    auto file = QZapPasswordFile::load(m_backend->users()->file());
    const QString longUser(255, u'w');
    QVERIFY(file && file->setPassword(u"olga"_s, "north sea", QZapPasswordFile::Format::Plain));
    QVERIFY(file->setPassword(longUser, "north sea", QZapPasswordFile::Format::Plain));
    QVERIFY(file->save(m_backend->users()->file()));
    QCOMPARE(m_backend->users()->remove(u"nobody"_s), QString()); // reads the file
    const QZapCertificate known = newKey();
    for (const char *name : {"pump-1", "turbine-3", "valve-7"})
        m_backend->keys()->addKey(QLatin1String(name), newKey().publicKeyText());
    QCOMPARE(m_backend->keys()->addKey(u"gateway-north"_s, known.publicKeyText()), QString());
    QVERIFY(authenticator()->deny(u"127.0.66.0/24"_s));
    QVERIFY(authenticator()->deny(u"2001:db8:85a3:8d3:1319:8a2e:370:7348"_s));

    QTRY_COMPARE(authenticator()
                     ->evaluate(keys, u"127.0.2.1"_s, QZapCredentials::curve(known.publicKey()))
                     .status(),
                 QZap::Status::Success);
    QTRY_COMPARE(
        authenticator()
            ->evaluate(users, u"127.0.2.1"_s, QZapCredentials::plain(u"olga"_s, "north sea"))
            .status(),
        QZap::Status::Success);
    m_longTexts += longUser;
    const QString usersEndpoint = m_backend->server()->usersEndpoint();
    join({u"known"_s, u"127.0.2.1"_s, known, {}, {}}, m_backend->server()->keysEndpoint());
    join({u"olga"_s, u"127.0.3.66"_s, {}, u"olga"_s, "north sea"}, usersEndpoint);
    join({u"long"_s, u"127.0.3.67"_s, {}, longUser, "north sea"}, usersEndpoint);
    const QString longAddress = u"2001:db8:85a3:8d3:1319:8a2e:370:7344"_s;
    m_longTexts += longAddress;
    authenticator()->setLockdown(true);
    ask(keys, u"192.168.100.200"_s, "CURVE", {newKey().publicKey()});
    QTRY_COMPARE(authenticator()->temporaryCount(), 1);
    authenticator()->setLockdown(false);
    for (int i = 0; i < 3; ++i) {
        ask(users, longAddress, "PLAIN", {longUser.toUtf8(), "x"});
        ask(keys, u"127.0.66.6"_s, "CURVE", {newKey().publicKey()});
        ask(users, u"127.0.3.66"_s, "PLAIN", {"admin", "x"});
        ask(users, u"127.0.3.66"_s, "PLAIN", {"olga", "north sea"});
        ask(keys, u"127.0.2.1"_s, "CURVE", {known.publicKey()});
        ask(keys, u"192.168.100.101"_s, "CURVE", {newKey().publicKey()});
        ask(m_backend->server()->guestsDomain(), u"192.168.100.10%1"_s.arg(i), "CURVE",
            {newKey().publicKey()});
    }
    QTRY_COMPARE(find(u"decisions"_s)->property("count").toInt(), 22);
    QTRY_COMPARE(authenticator()->pendingCount(), 3);
}

void tst_DashboardLayout::resize(QSize pixels) const
{
    const QSize size = pixels / m_window->devicePixelRatio();
    const QSize smallest = m_window->minimumSize();
    QVERIFY(smallest.width() <= size.width() && smallest.height() <= size.height());
    m_window->resize(size);
    QTRY_COMPARE(m_window->size(), size);
    QTRY_COMPARE(m_window->contentItem()->size().toSize(), size);
}

void tst_DashboardLayout::checkPage(const QString &page)
{
    const QImage picture = m_window->grabWindow(); // computes all layouts
    LayoutChecker checker(m_window);
    checker.setLongTexts(m_longTexts);
    const QStringList faults = checker.faults();
    for (const QString &fault : faults)
        m_faults += page + u": "_s + fault;
    const QString directory = qEnvironmentVariable("QZAP_LAYOUT_PICTURES");
    if (directory.isEmpty())
        return;
    QString file = QString::fromLatin1(QTest::currentDataTag()) + u" at %1 "_s + page + u".png"_s;
    file = file.arg(qRound(m_window->devicePixelRatio() * 100)).replace(u' ', u'-');
    QVERIFY(picture.save(QDir(directory).filePath(file)));
}

// Returns the rows of the table that are completely visible.
QList<QQuickItem *> tst_DashboardLayout::wholeRows() const
{
    const QQuickItem *const list = find(u"decisions"_s);
    const QRectF area = list->mapRectToScene({0, 0, list->width(), list->height()});
    QList<QQuickItem *> rows;
    const QList<QQuickItem *> children =
        list->property("contentItem").value<QQuickItem *>()->childItems();
    for (QQuickItem *child : children) {
        if (LayoutChecker::isShown(child) && child->inherits("QQuickItemDelegate")
            && area.contains(child->mapRectToScene({0, 0, child->width(), child->height()}))) {
            rows += child;
        }
    }
    return rows;
}

// Checks that nothing important is omitted for lack of space.
void tst_DashboardLayout::checkTable() const
{
    const QList<QQuickItem *> rows = wholeRows();
    QVERIFY2(rows.size() >= 2, qPrintable(QString::number(rows.size())));
    for (const char *filter : {"All", "Accepted", "Refused", "Try later"})
        QVERIFY2(!showing(QLatin1String(filter)).isEmpty(), filter);
    for (QQuickItem *row : rows) {
        const QString into = row->property("domain").toString() + u" · "_s;
        const QList<QQuickItem *> items = showing(into);
        QVERIFY2(std::any_of(items.begin(), items.end(),
                             [row](const QQuickItem *item) { return row->isAncestorOf(item); }),
                 qPrintable(into));
    }
    for (const char *item : {"filter", "lockdown", "theme", "status", "guestsPage", "keysPage",
                             "usersPage", "addressesPage"}) {
        const QQuickItem *const found = find(QLatin1String(item));
        QVERIFY2(found && found->isVisible(), item);
    }
}

void tst_DashboardLayout::checkPages()
{
    press(Qt::Key_F);
    checkPage(u"table"_s);
    checkTable();
    // The items of a list have no defined order.
    const QList<QQuickItem *> rows = wholeRows();
    const auto row = std::find_if(rows.begin(), rows.end(), [](const QQuickItem *item) {
        return item->property("address") == u"192.168.100.101"_s;
    });
    QVERIFY(row != rows.end());
    QTest::mouseMove(m_window, centreOf(*row));
    QTRY_VERIFY((*row)->property("offersKey").toBool());
    QVERIFY((*row)->findChild<QQuickItem *>(u"offer"_s)->isVisible());
    QTRY_VERIFY(!showing(u" in domain "_s).isEmpty()); // the tool tip
    checkPage(u"row"_s);
    QTest::mouseMove(m_window, {1, 1});
    QTRY_VERIFY(showing(u" in domain "_s).isEmpty());

    find(u"banner"_s)
        ->setProperty("text", u"Domain \"console\": the file cannot be read: "_s.repeated(3));
    checkPage(u"banner"_s);
    find(u"banner"_s)->setProperty("text", QString());

    press(Qt::Key_5);
    checkPage(u"live"_s);
    QVERIFY(find(u"disconnect-olga"_s)->isVisible());
    QTest::mouseMove(m_window, centreOf(find(u"disconnect-olga"_s)));
    QTRY_VERIFY(m_backend->server()->connections()->isHeld());
    m_peers.at(1)->leave();
    QTRY_VERIFY(!showing(u"Left: olga"_s).isEmpty());
    checkPage(u"live left"_s);
    QTest::mouseMove(m_window, {1, 1});
    QTRY_COMPARE(m_backend->server()->connections()->rowCount(), 2);
    press(Qt::Key_F);

    press(Qt::Key_1);
    checkPage(u"guests"_s);
    authenticator()->setLockdown(true);
    checkPage(u"lockdown"_s);
    authenticator()->setLockdown(false);
    press(Qt::Key_2);
    checkPage(u"keys"_s);
    type(u"keyText"_s, u"too short"_s);
    click(u"addKey"_s);
    checkPage(u"key error"_s);
    click(u"byFile"_s);
    checkPage(u"key file"_s);
    click(u"revoke-pump-1"_s);
    checkPage(u"revoked"_s);
    press(Qt::Key_3);
    checkPage(u"users"_s);
    click(u"saveUser"_s);
    checkPage(u"user error"_s);
    press(Qt::Key_4);
    checkPage(u"addresses"_s);
    click(u"showAllowed"_s);
    checkPage(u"allowed"_s);
    const QQuickItem *const connect = find(u"connect"_s);
    if (connect && connect->isVisible()) {
        click(u"connect"_s);
        QTRY_VERIFY(!showing(u"Copy server key"_s).isEmpty());
        checkPage(u"connect"_s);
        press(Qt::Key_Escape, Qt::NoModifier);
    }
}

// Checks that the checker finds faults.
void tst_DashboardLayout::findsFaults_data()
{
    QTest::addColumn<QByteArray>("items");
    QTest::addColumn<QString>("fault");

    QTest::newRow("none") << QByteArray("Text { text: 'whole' } Text { text: 'below'; y: 60 }")
                          << QString();
    QTest::newRow("cut") << QByteArray("Text { text: 'too long'; width: 20; elide: Qt.ElideRight }")
                         << u"is cut"_s;
    QTest::newRow("wider than its item")
        << QByteArray("Text { text: 'too long'; width: 20 }") << u"not wholly in it"_s;
    QTest::newRow("out of the window")
        << QByteArray("Text { text: 'too far'; x: 180 }") << u"not wholly in (0"_s;
    QTest::newRow("out of what is clipped")
        << QByteArray("Item { width: 60; height: 60; clip: true; Text { text: 'out'; x: 50 } }")
        << u"not wholly in (0"_s;
    QTest::newRow("texts over each other")
        << QByteArray("Text { text: 'one' } Text { text: 'other'; y: 5 }") << u"lies over"_s;
    QTest::newRow("a button over a text")
        << QByteArray("Text { text: 'one' } Button { text: 'other' }") << u"lies over"_s;
    QTest::newRow("texts without a gap")
        << QByteArray("Row { Text { text: 'one' } Text { text: 'other' } }") << u"lies over"_s;
}

void tst_DashboardLayout::findsFaults()
{
    QFETCH(const QByteArray, items);
    QFETCH(const QString, fault);
    QQmlEngine engine;
    QQmlComponent component(&engine);
    component.setData("import QtQuick; import QtQuick.Controls.Basic\n"
                      "Window { width: 200; height: 200; visible: true; "
                          + items + '}',
                      {});
    const std::unique_ptr<QObject> object(component.create());
    auto *const window = qobject_cast<QQuickWindow *>(object.get());
    QVERIFY2(window, qPrintable(component.errorString()));
    QVERIFY(QTest::qWaitForWindowExposed(window));
    const QStringList faults = LayoutChecker(window).faults();
    QCOMPARE(faults.size(), fault.isEmpty() ? 0 : 1);
    QVERIFY2(faults.join(u' ').contains(fault), qPrintable(faults.join(u'\n')));
}

void tst_DashboardLayout::showsAllOfEachPage_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("resized");

    for (const QSize size : {QSize(900, 600), QSize(1280, 800), QSize(1920, 1080)}) {
        for (const bool dark : {false, true}) {
            for (const bool resized : {false, true}) {
                QTest::addRow("%dx%d %s %s", size.width(), size.height(), dark ? "dark" : "light",
                              resized ? "resized" : "opened")
                    << size << dark << resized;
            }
        }
    }
}

void tst_DashboardLayout::showsAllOfEachPage()
{
    QFETCH(const QSize, size);
    QFETCH(const bool, dark);
    QFETCH(const bool, resized);
    openWindow(false, resized ? QSize() : size / qGuiApp->devicePixelRatio());
    QVERIFY(m_window);
    resize(size);
    if (!QTest::currentTestFailed())
        fillIn();
    if (QTest::currentTestFailed())
        return;
    const auto isDark = [this] { return m_window->color().lightnessF() < 0.5; };
    if (isDark() != dark)
        press(Qt::Key_T);
    QCOMPARE(isDark(), dark);
    m_faults.clear();
    checkPages();
    for (const QString &fault : std::as_const(m_faults)) // one message may be too short
        qInfo("%s", qPrintable(fault));
    QCOMPARE(m_faults.size(), 0);
}

void tst_DashboardLayout::keepsColumnsBelowTheirHeadings_data()
{
    QTest::addColumn<QList<QSize>>("sizes");

    QTest::newRow("as it is opened") << QList<QSize>{{1240, 780}};
    QTest::newRow("narrow and wide again") << QList<QSize>{{1240, 780}, {900, 600}, {1280, 800}};
    QTest::newRow("wide and narrow again") << QList<QSize>{{900, 600}, {1920, 1080}, {900, 600}};
    QTest::newRow("a page and wide again") << QList<QSize>{{640, 600}, {1920, 1080}};
}

void tst_DashboardLayout::keepsColumnsBelowTheirHeadings()
{
    QFETCH(const QList<QSize>, sizes);
    openWindow();
    QVERIFY(m_window);
    fillIn();
    if (QTest::currentTestFailed())
        return;
    press(Qt::Key_F);
    for (const QSize size : sizes) {
        resize(size * m_window->devicePixelRatio());
        checkPage(u"table"_s);
    }
    QTRY_VERIFY(wholeRows().size() > 2);
    m_window->grabWindow(); // lays the window out
    int headings = 0;
    for (const char *title : {"Time", "Verdict", "User or key", "Address", "Into", "Why not"}) {
        const QList<QQuickItem *> found = showing(QLatin1String(title));
        const QQuickItem *const list = find(u"decisions"_s);
        for (const QQuickItem *heading : found) {
            const QPointF place = heading->mapToScene({});
            if (heading->property("text") != QLatin1String(title)
                || place.y() > list->mapToScene({}).y()
                || place.y() < list->mapToScene({}).y() - 50)
                continue;
            ++headings;
            const QList<QQuickItem *> rows = wholeRows();
            for (QQuickItem *row : rows) {
                QList<QQuickItem *> cells{row};
                for (int i = 0; i < cells.size(); ++i)
                    cells += cells.at(i)->childItems();
                QVERIFY2(std::any_of(cells.begin() + 1, cells.end(),
                                     [&](const QQuickItem *cell) {
                                         return cell->isVisible()
                                                && qAbs(cell->mapToScene({}).x() - place.x()) < 1;
                                     }),
                         title);
            }
        }
    }
    QVERIFY2(headings >= 4, qPrintable(QString::number(headings)));
}

QTEST_MAIN(tst_DashboardLayout)
#include "tst_dashboardlayout.moc"
