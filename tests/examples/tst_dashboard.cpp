// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "backend.h"
#include "demopeer.h"
#include "pendingdecisions.h"

#include <QtCore/qtemporarydir.h>
#include <QtGui/qaccessible.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQml/qqmlextensionplugin.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtTest/qtest.h>

Q_IMPORT_QML_PLUGIN(DashboardPlugin)

using State = DemoPeer::State;

// The dashboard as an operator uses it, with real peers.
class tst_Dashboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void aKeyIsAddedAndRevoked();
    void aKeyIsAddedFromAFile();
    void aKeyFromAFileIsNamedAfterIt();
    void aBadKeyIsToldOf_data();
    void aBadKeyIsToldOf();
    void aBadAddressIsToldOf();
    void aDeniedAddressIsRefused();
    void aUserIsAddedAndGetsIn();
    void aGuestIsApproved();
    void aGuestIsRefused();
    void keysAreForTheGuestWhoIsShown();
    void lockdown();
    void theTableIsFiltered();
    void markupOfPeersIsPlainText();
    void theKeyboardGetsEverywhere();
    void fitsASmallWindow_data();
    void fitsASmallWindow();
    void theDemo();
    void theDemoNeedsATemporaryDirectory();

private:
    void load(bool demo);
    QQuickItem *find(const QString &objectName) const
    {
        return find(m_window->contentItem(), objectName);
    }
    static QQuickItem *find(QQuickItem *parent, const QString &objectName);
    void type(const QString &objectName, const QString &text) const;
    void click(const QString &objectName) const;
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::ControlModifier) const
    {
        QTest::keyClick(m_window, key, modifiers);
    }
    QString text(const QString &objectName) const
    {
        return find(objectName)->property("text").toString();
    }
    int decisions() const { return find(QStringLiteral("decisions"))->property("count").toInt(); }
    QString publicKey() const { return m_backend->server()->publicKey(); }
    // Comes anew: what was written to a file is in force a moment later.
    bool comes(DemoPeer &peer, const QString &endpoint, State outcome) const
    {
        peer.comeTo(endpoint, publicKey());
        return QTest::qWaitFor([&] { return peer.state() == outcome; }, 1000);
    }
    // The items that show a text with that in it.
    QList<QQuickItem *> showing(const QString &part) const
    {
        QList<QQuickItem *> result;
        QList<QQuickItem *> left{m_window->contentItem()};
        while (!left.isEmpty()) {
            QQuickItem *const item = left.takeFirst();
            left += item->childItems();
            if (item->isVisible() && item->property("textFormat").isValid()
                && item->property("text").toString().contains(part)) {
                result += item;
            }
        }
        return result;
    }
    static DemoPeer::Identity keyHolder()
    {
        return {QStringLiteral("peer"), {}, QZapCertificate::generate(), {}, {}};
    }

    zmq::context_t m_context;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<QQmlApplicationEngine> m_engine;
    QQuickWindow *m_window = nullptr;
};

void tst_Dashboard::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
    QAccessible::setActive(true);
}

void tst_Dashboard::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    load(false);
}

void tst_Dashboard::load(bool demo)
{
    cleanup();
    m_directory = std::make_unique<QTemporaryDir>();
    Options options;
    options.dataDirectory = m_directory->path();
    options.listenAddress = QStringLiteral("127.0.0.1");
    options.demo = demo;
    QString error;
    m_backend = Backend::create(m_context, options, &error);
    QVERIFY2(m_backend, qPrintable(error));
    m_engine = std::make_unique<QQmlApplicationEngine>();
    m_engine->addImportPath(QStringLiteral(QML_IMPORT_PATH));
    m_engine->setInitialProperties(
        {{QStringLiteral("backend"), QVariant::fromValue(m_backend.get())}});
    m_engine->load(QUrl(QStringLiteral("qrc:/Dashboard/Main.qml")));
    QCOMPARE(m_engine->rootObjects().size(), 1);
    m_window = qobject_cast<QQuickWindow *>(m_engine->rootObjects().constFirst());
    QVERIFY(QTest::qWaitForWindowActive(m_window));
    QTRY_COMPARE(text(QStringLiteral("status")), QStringLiteral("● On guard"));
}

void tst_Dashboard::cleanup()
{
    m_window = nullptr;
    m_engine.reset();
    m_backend.reset();
    m_directory.reset();
}

QQuickItem *tst_Dashboard::find(QQuickItem *parent, const QString &objectName)
{
    if (parent->objectName() == objectName)
        return parent;
    const QList<QQuickItem *> children = parent->childItems();
    for (QQuickItem *child : children) {
        if (QQuickItem *const found = find(child, objectName))
            return found;
    }
    return nullptr;
}

void tst_Dashboard::type(const QString &objectName, const QString &text) const
{
    QQuickItem *const field = find(objectName);
    QVERIFY2(field && field->isVisible(), qPrintable(objectName));
    field->forceActiveFocus();
    QVERIFY(field->hasActiveFocus());
    press(Qt::Key_A);
    for (const QChar c : text)
        QTest::sendKeyEvent(QTest::Click, m_window, Qt::Key(0), QString(c), Qt::NoModifier);
    QCOMPARE(field->property("text").toString(), text);
}

void tst_Dashboard::click(const QString &objectName) const
{
    QTRY_VERIFY2(find(objectName), qPrintable(objectName));
    QQuickItem *const item = find(objectName);
    QTRY_VERIFY(item->isVisible() && item->width() > 0);
    QTest::mouseClick(m_window, Qt::LeftButton, {},
                      item->mapToScene({item->width() / 2, item->height() / 2}).toPoint());
}

void tst_Dashboard::aKeyIsAddedAndRevoked()
{
    DemoPeer peer(keyHolder());
    peer.comeTo(m_backend->server()->keysEndpoint(), publicKey());
    QTRY_COMPARE(peer.state(), State::Refused);

    press(Qt::Key_2);
    type(QStringLiteral("keyName"), QStringLiteral("pump-4"));
    type(QStringLiteral("keyText"), peer.certificate().publicKeyText());
    click(QStringLiteral("addKey"));
    QCOMPARE(text(QStringLiteral("keyError")), QString());
    QCOMPARE(text(QStringLiteral("keyName")), QString());
    QTRY_COMPARE(find(QStringLiteral("keys"))->property("count").toInt(), 1);
    QTRY_VERIFY(comes(peer, m_backend->server()->keysEndpoint(), State::In));

    click(QStringLiteral("revoke-pump-4"));
    QTRY_COMPARE(find(QStringLiteral("keys"))->property("count").toInt(), 0);
    QTRY_VERIFY(comes(peer, m_backend->server()->keysEndpoint(), State::Refused));
    QVERIFY(decisions() >= 3);
}

void tst_Dashboard::aKeyIsAddedFromAFile()
{
    QTemporaryDir elsewhere;
    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.save(elsewhere.path(), QStringLiteral("valve-2")));
    press(Qt::Key_2);
    click(QStringLiteral("byFile"));
    type(QStringLiteral("keyFile"), elsewhere.filePath(QStringLiteral("none.key")));
    QTest::keyClick(m_window, Qt::Key_Return);
    QTRY_VERIFY(find(QStringLiteral("keyError"))->height() > 10);
    type(QStringLiteral("keyFile"),
         QUrl::fromLocalFile(elsewhere.filePath(QStringLiteral("valve-2.key_secret"))).toString());
    QTest::keyClick(m_window, Qt::Key_Return);
    QCOMPARE(text(QStringLiteral("keyError")), QString());
    QCOMPARE(m_backend->keys()->count(), 1);
    const QDir clients(m_backend->keys()->location());
    QCOMPARE(clients.entryList(QDir::Files), QStringList(QStringLiteral("valve-2.key")));
}

// Its user id is that, whatever name a stranger has written into it.
void tst_Dashboard::aKeyFromAFileIsNamedAfterIt()
{
    QTemporaryDir elsewhere;
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setMetadata(QStringLiteral("name"), QStringLiteral("turbine-3")));
    QVERIFY(certificate.save(elsewhere.path(), QStringLiteral("valve-2")));
    QCOMPARE(m_backend->keys()->addFile(elsewhere.filePath(QStringLiteral("valve-2.key"))),
             QString());
    const auto kept = QZapCertificate::load(
        QDir(m_backend->keys()->location()).filePath(QStringLiteral("valve-2.key")));
    QVERIFY(kept);
    QCOMPARE(kept->metadata().value(QStringLiteral("name")), QStringLiteral("valve-2"));
}

void tst_Dashboard::aBadKeyIsToldOf_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("key");

    const QString key = QZapCertificate::generate().publicKeyText();
    QTest::newRow("no key") << QStringLiteral("pump-4") << QString();
    QTest::newRow("too short") << QStringLiteral("pump-4") << key.chopped(1);
    QTest::newRow("no name") << QString() << key;
    QTest::newRow("a path") << QStringLiteral("../pump-4") << key;
}

void tst_Dashboard::aBadKeyIsToldOf()
{
    QFETCH(const QString, name);
    QFETCH(const QString, key);
    press(Qt::Key_2);
    type(QStringLiteral("keyName"), name);
    type(QStringLiteral("keyText"), key);
    QTest::keyClick(m_window, Qt::Key_Return);
    QVERIFY(!text(QStringLiteral("keyError")).isEmpty());
    QTRY_VERIFY(find(QStringLiteral("keyError"))->height() > 10);
    QCOMPARE(m_backend->keys()->count(), 0);
    type(QStringLiteral("keyName"), QStringLiteral("pump"));
    QCOMPARE(text(QStringLiteral("keyError")), QString());
}

void tst_Dashboard::aBadAddressIsToldOf()
{
    press(Qt::Key_4);
    type(QStringLiteral("address"), QStringLiteral("10.0.0.0/99"));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("is not an address rule")));
    QTest::keyClick(m_window, Qt::Key_Return);
    QVERIFY(text(QStringLiteral("addressError")).contains(QStringLiteral("10.0.0.0/99")));
    // Just below what is wrong.
    const QQuickItem *const error = find(QStringLiteral("addressError"));
    const QQuickItem *const field = find(QStringLiteral("address"));
    QTRY_VERIFY(error->height() > 10 && error->width() <= field->width());
    QTRY_COMPARE(error->y(), field->y() + field->height() + 8);
    QVERIFY(find(QStringLiteral("address"))->property("invalid").toBool());
}

void tst_Dashboard::aDeniedAddressIsRefused()
{
    DemoPeer peer(keyHolder());
    QCOMPARE(m_backend->keys()->addKey(QStringLiteral("pump"), peer.certificate().publicKeyText()),
             QString());
    press(Qt::Key_4);
    type(QStringLiteral("address"), QStringLiteral("127.0.0.0/8"));
    click(QStringLiteral("addAddress"));
    QCOMPARE(text(QStringLiteral("addressError")), QString());
    peer.comeTo(m_backend->server()->keysEndpoint(), publicKey());
    QTRY_COMPARE(peer.state(), State::Refused);
    // The other list cannot be used beside it, and says so.
    click(QStringLiteral("showAllowed"));
    type(QStringLiteral("address"), QStringLiteral("127.0.0.1"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("a deny list is set")));
    click(QStringLiteral("addAddress"));
    QVERIFY(!text(QStringLiteral("addressError")).isEmpty());
}

void tst_Dashboard::aUserIsAddedAndGetsIn()
{
    press(Qt::Key_3);
    type(QStringLiteral("userName"), QStringLiteral("olga"));
    type(QStringLiteral("userPassword"), QStringLiteral("north sea"));
    click(QStringLiteral("saveUser"));
    QTRY_COMPARE(m_backend->users()->count(), 1);
    QTRY_COMPARE(text(QStringLiteral("userPassword")), QString());
    QCOMPARE(text(QStringLiteral("userError")), QString());
    DemoPeer peer({QStringLiteral("olga"), {}, {}, QStringLiteral("olga"), "north sea"});
    QTRY_VERIFY(comes(peer, m_backend->server()->usersEndpoint(), State::In));
    type(QStringLiteral("userName"), QStringLiteral("anonymous"));
    type(QStringLiteral("userPassword"), QStringLiteral("x"));
    click(QStringLiteral("saveUser"));
    QTRY_VERIFY(!text(QStringLiteral("userError")).isEmpty());
}

void tst_Dashboard::aGuestIsApproved()
{
    DemoPeer guest(keyHolder());
    guest.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    click(QStringLiteral("approve-0"));
    QTRY_COMPARE(guest.state(), State::In);
    QTRY_VERIFY(!find(QStringLiteral("approve-0")));
    QTRY_COMPARE(decisions(), 1);
    QTRY_VERIFY(!showing(QStringLiteral("guest-") + guest.certificate().publicKeyText()).isEmpty());
}

void tst_Dashboard::aGuestIsRefused()
{
    DemoPeer guest(keyHolder());
    guest.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QTRY_VERIFY(find(QStringLiteral("waiting"))->property("shown").toInt() > 0);
    press(Qt::Key_Backspace);
    QTRY_COMPARE(guest.state(), State::Refused);
}

// Another moves up when the first one's time is over, maybe just before a key is pressed.
void tst_Dashboard::keysAreForTheGuestWhoIsShown()
{
    QQuickItem *const panel = find(QStringLiteral("waiting"));
    const auto shown = [panel] { return panel->property("shown").toInt(); };
    auto *const waiting = panel->property("pending").value<PendingDecisions *>();
    DemoPeer first(keyHolder());
    first.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QTRY_COMPARE(shown(), 1);
    DemoPeer second(keyHolder());
    second.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QTRY_COMPARE(waiting->count(), 2);
    QVERIFY(waiting->refuse(1, QStringLiteral("Too late")));
    press(Qt::Key_Return);
    QCOMPARE(waiting->count(), 1);
    QCOMPARE(waiting->first(), 2);
    QTRY_COMPARE(shown(), 2);
    press(Qt::Key_Return);
    QTRY_COMPARE(second.state(), State::In);
    QCOMPARE(waiting->count(), 0);
}

void tst_Dashboard::lockdown()
{
    press(Qt::Key_L);
    QCOMPARE(text(QStringLiteral("status")), QStringLiteral("⏸ Locked down"));
    QVERIFY(find(QStringLiteral("lockdown"))->property("checked").toBool());
    click(QStringLiteral("lockdown"));
    QCOMPARE(text(QStringLiteral("status")), QStringLiteral("● On guard"));
}

void tst_Dashboard::theTableIsFiltered()
{
    DemoPeer peer(keyHolder());
    peer.comeTo(m_backend->server()->keysEndpoint(), publicKey());
    QTRY_COMPARE(decisions(), 1);
    press(Qt::Key_F);
    QVERIFY(find(QStringLiteral("filter"))->hasActiveFocus());
    type(QStringLiteral("filter"), peer.certificate().publicKeyText().left(8));
    QCOMPARE(decisions(), 1);
    type(QStringLiteral("filter"), QStringLiteral("nothing of that kind"));
    QCOMPARE(decisions(), 0);
    press(Qt::Key_Escape, Qt::NoModifier);
    QCOMPARE(decisions(), 1);
    // And the unknown key is offered to be added.
    find(QStringLiteral("decisions"))->forceActiveFocus();
    press(Qt::Key_Return, Qt::NoModifier);
    QTRY_VERIFY(find(QStringLiteral("keyName"))->hasActiveFocus());
    QCOMPARE(text(QStringLiteral("keyText")), peer.certificate().publicKeyText());
}

// A peer's name must not load a picture into the window.
void tst_Dashboard::markupOfPeersIsPlainText()
{
    DemoPeer peer({QStringLiteral("eve"), {}, {}, QStringLiteral("<h1>eve</h1>"), "x"});
    peer.comeTo(m_backend->server()->usersEndpoint(), {});
    QTRY_COMPARE(decisions(), 1);
    QTRY_COMPARE(showing(QStringLiteral("<h1>")).size(), 1);
    find(QStringLiteral("decisions"))->forceActiveFocus();
    QTRY_COMPARE(showing(QStringLiteral("<h1>")).size(), 2); // the tool tip
    const QList<QQuickItem *> items = showing(QStringLiteral("<h1>"));
    for (const QQuickItem *item : items)
        QCOMPARE(item->property("textFormat").toInt(), int(Qt::PlainText));
}

void tst_Dashboard::theKeyboardGetsEverywhere()
{
    for (const Qt::Key page : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4}) {
        press(page);
        find(QStringLiteral("filter"))->forceActiveFocus(Qt::TabFocusReason);
        QSet<QQuickItem *> reached;
        for (int i = 0; i < 100; ++i) {
            QTest::keyClick(m_window, Qt::Key_Tab);
            QQuickItem *const item = m_window->activeFocusItem();
            QVERIFY(item->isVisible());
            QAccessibleInterface *const accessible = QAccessible::queryAccessibleInterface(item);
            QVERIFY2(accessible && !accessible->text(QAccessible::Name).isEmpty(),
                     item->metaObject()->className());
            reached.insert(item);
            if (item == find(QStringLiteral("filter")))
                break;
        }
        QVERIFY(reached.contains(find(QStringLiteral("filter")))); // all the way around
        QVERIFY(reached.contains(find(QStringLiteral("lockdown"))));
        QVERIFY(reached.contains(find(QStringLiteral("theme"))));
        QVERIFY(reached.contains(find(QStringLiteral("decisions"))));
        if (page == Qt::Key_2)
            QVERIFY(reached.contains(find(QStringLiteral("addKey"))));
        if (page == Qt::Key_4)
            QVERIFY(reached.contains(find(QStringLiteral("addAddress"))));
    }
}

void tst_Dashboard::fitsASmallWindow_data()
{
    QTest::addColumn<QSize>("size");

    QTest::newRow("900x600") << QSize(900, 600);
    QTest::newRow("1400x900") << QSize(1400, 900);
}

void tst_Dashboard::fitsASmallWindow()
{
    QFETCH(const QSize, size);
    m_window->resize(size);
    QTRY_COMPARE(m_window->contentItem()->width(), size.width());
    for (const char *name : {"filter", "decisions", "keysPage", "addressesPage"}) {
        const QQuickItem *const item = find(QString::fromLatin1(name));
        const auto area = [item] {
            return item->mapRectToScene({0, 0, item->width(), item->height()});
        };
        QTRY_VERIFY2(area().width() > 40 && area().height() > 20, name);
        QVERIFY2(QRectF({}, size).contains(area()), name);
    }
}

void tst_Dashboard::theDemo()
{
    load(true);
    QVERIFY(m_backend->demo()->isRunning());
    QCOMPARE(m_backend->keys()->count(), 5);
    QTRY_VERIFY_WITH_TIMEOUT(m_backend->demo()->connectedCount() > 3, 15'000);
    QTRY_VERIFY(decisions() > 5);
}

// Or it would write to the directory that it was started in.
void tst_Dashboard::theDemoNeedsATemporaryDirectory()
{
    const QString file = m_directory->filePath(QStringLiteral("file"));
    QVERIFY(QFile(file).open(QFile::WriteOnly));
    const QByteArray before = qgetenv("TMPDIR");
    qputenv("TMPDIR", file.toLocal8Bit());
    const auto restore = qScopeGuard([&before] {
        if (before.isNull())
            qunsetenv("TMPDIR");
        else
            qputenv("TMPDIR", before);
    });
    Options options;
    options.dataDirectory = m_directory->path();
    options.listenAddress = QStringLiteral("127.0.0.1");
    QString error;
    QVERIFY2(Backend::create(m_context, options, &error), qPrintable(error));
    options.demo = true;
    QVERIFY(!Backend::create(m_context, options, &error));
    QVERIFY2(error.contains(file), qPrintable(error));
}

QTEST_MAIN(tst_Dashboard)
#include "tst_dashboard.moc"
