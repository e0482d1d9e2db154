// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "dashboardtest.h"

#include <QtGui/qaccessible.h>

// Tests the dashboard as an operator uses it, with real peers: its lists, its table and its window.
class tst_Dashboard : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { closeWindow(); }

    void aKeyIsAddedAndRevoked();
    void aKeyIsAddedFromAFile();
    void aKeyFromAFileIsNamedAfterIt();
    void explainsAnInvalidKey_data();
    void explainsAnInvalidKey();
    void aBadAddressIsReported();
    void aDeniedAddressIsRefused();
    void aUserIsAddedAndGetsIn();
    void lockdown();
    void offersKeyOnlyIfOnlyTheKeyIsUnknown_data();
    void offersKeyOnlyIfOnlyTheKeyIsUnknown();
    void drawsIconsWithoutFonts();
    void theTableIsFiltered();
    void markupOfPeersIsPlainText();
    void theKeyboardReachesEverything();
    void fitsASmallWindow_data();
    void fitsASmallWindow();
    void theDemo();
    void theDemoNeedsATemporaryDirectory();

private:
    QZapAuthenticator *authenticator() const
    {
        return find(QStringLiteral("decisions"))
            ->property("authenticator")
            .value<QZapAuthenticator *>();
    }
};

void tst_Dashboard::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
    QAccessible::setActive(true);
}

void tst_Dashboard::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    openWindow();
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
    QVERIFY(comesInTheEnd(peer, m_backend->server()->keysEndpoint(), State::In));

    click(QStringLiteral("revoke-pump-4"));
    QTRY_COMPARE(find(QStringLiteral("keys"))->property("count").toInt(), 0);
    QVERIFY(comesInTheEnd(peer, m_backend->server()->keysEndpoint(), State::Refused));
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

// The user id is the name of the file, whatever name the certificate contains: a stranger may have
// written it.
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

void tst_Dashboard::explainsAnInvalidKey_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("problem");

    const QString name = QStringLiteral("pump-4");
    const QString key = QZapCertificate::generate().publicKeyText();
    const QString badName =
        QStringLiteral("A name has letters, digits, dots, dashes and underscores.");
    QTest::newRow("no key") << name << QString()
                            << QStringLiteral("Paste the public key of the peer.");
    QTest::newRow("too short") << name << key.chopped(1)
                               << QStringLiteral(
                                      "A public key has 40 characters. This text has 39.");
    QTest::newRow("too long") << name << key + QLatin1Char('x')
                              << QStringLiteral(
                                     "A public key has 40 characters. This text has 41.");
    QTest::newRow("not Z85") << name << key.chopped(1) + QLatin1Char('"')
                             << QStringLiteral("This text is not a public key in Z85, the "
                                               "encoding of ZeroMQ.");
    QTest::newRow("no name") << QString() << key << QStringLiteral("Give the peer a name.");
    QTest::newRow("a path") << QStringLiteral("../pump-4") << key << badName;
}

void tst_Dashboard::explainsAnInvalidKey()
{
    QFETCH(const QString, name);
    QFETCH(const QString, key);
    QFETCH(const QString, problem);
    press(Qt::Key_2);
    type(QStringLiteral("keyName"), name);
    type(QStringLiteral("keyText"), key);
    QTest::keyClick(m_window, Qt::Key_Return);
    QCOMPARE(text(QStringLiteral("keyError")), problem);
    QTRY_VERIFY(find(QStringLiteral("keyError"))->height() > 10);
    QCOMPARE(m_backend->keys()->count(), 0);
    type(QStringLiteral("keyName"), QStringLiteral("pump"));
    QCOMPARE(text(QStringLiteral("keyError")), QString());
}

void tst_Dashboard::aBadAddressIsReported()
{
    press(Qt::Key_4);
    type(QStringLiteral("address"), QStringLiteral("10.0.0.0/99"));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("is not an address rule")));
    QTest::keyClick(m_window, Qt::Key_Return);
    QVERIFY(text(QStringLiteral("addressError")).contains(QStringLiteral("10.0.0.0/99")));
    // The error is displayed directly below the invalid text.
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
    // The other list cannot be set at the same time, and an error explains that.
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
    QVERIFY(comesInTheEnd(peer, m_backend->server()->usersEndpoint(), State::In));
    type(QStringLiteral("userName"), QStringLiteral("anonymous"));
    type(QStringLiteral("userPassword"), QStringLiteral("x"));
    click(QStringLiteral("saveUser"));
    QTRY_VERIFY(!text(QStringLiteral("userError")).isEmpty());
}

void tst_Dashboard::lockdown()
{
    press(Qt::Key_L);
    QCOMPARE(text(QStringLiteral("status")), QStringLiteral("Locked down"));
    QVERIFY(find(QStringLiteral("lockdown"))->property("checked").toBool());
    click(QStringLiteral("lockdown"));
    QCOMPARE(text(QStringLiteral("status")), QStringLiteral("On guard"));
}

void tst_Dashboard::offersKeyOnlyIfOnlyTheKeyIsUnknown_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<bool>("isDenied");
    QTest::addColumn<bool>("isAdded");
    QTest::addColumn<bool>("isOffered");

    const QString keys = QStringLiteral("telemetry");
    QTest::newRow("an unknown key") << keys << false << false << true;
    QTest::newRow("its address is denied") << keys << true << false << false;
    QTest::newRow("it was added since") << keys << false << true << false;
    QTest::newRow("refused in another domain")
        << QStringLiteral("other") << false << false << false;
}

void tst_Dashboard::offersKeyOnlyIfOnlyTheKeyIsUnknown()
{
    QFETCH(const QString, domain);
    QFETCH(const bool, isDenied);
    QFETCH(const bool, isAdded);
    QFETCH(const bool, isOffered);
    const QZapCertificate peer = QZapCertificate::generate();
    if (isDenied) {
        press(Qt::Key_4);
        type(QStringLiteral("address"), QStringLiteral("192.0.2.0/24"));
        click(QStringLiteral("addAddress"));
    }
    authenticator()->handleZapMessage(
        {"1.0", "1", domain.toUtf8(), "192.0.2.7", {}, "CURVE", peer.publicKey()});
    QTRY_COMPARE(decisions(), 1);
    if (isAdded) {
        QCOMPARE(m_backend->keys()->addKey(QStringLiteral("pump"), peer.publicKeyText()),
                 QString());
    }
    // The row is reached with the pointer, and with the keyboard.
    QTRY_VERIFY(find(QStringLiteral("cell-user")));
    m_window->grabWindow();             // lays the row out
    QTest::mouseMove(m_window, {1, 1}); // the previous data row may have left it elsewhere
    QTest::mouseMove(m_window, centreOf(find(QStringLiteral("cell-user"))));
    QTRY_VERIFY(!showing(QStringLiteral(" in domain ")).isEmpty()); // the tool tip
    QCOMPARE(find(QStringLiteral("offer"))->isVisible(), isOffered);
    find(QStringLiteral("decisions"))->forceActiveFocus();
    press(Qt::Key_Return, Qt::NoModifier);
    QCOMPARE(text(QStringLiteral("keyText")), isOffered ? peer.publicKeyText() : QString());
}

// Not every font contains pictographs.
void tst_Dashboard::drawsIconsWithoutFonts()
{
    DemoPeer peer(keyHolder());
    peer.comeTo(m_backend->server()->keysEndpoint(), publicKey());
    QTRY_COMPARE(decisions(), 1);
    for (const Qt::Key key : {Qt::Key_T, Qt::Key_L, Qt::Key_2, Qt::Key_3, Qt::Key_4}) {
        press(key);
        const QList<QQuickItem *> items = showing({});
        QVERIFY(items.size() > 20);
        for (const QQuickItem *item : items) {
            const QString shown = item->property("text").toString();
            QVERIFY2(std::none_of(shown.begin(), shown.end(),
                                  [](QChar c) { return c.category() == QChar::Symbol_Other; }),
                     qPrintable(shown));
        }
    }
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
    // The window offers to add the unknown key.
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

void tst_Dashboard::theKeyboardReachesEverything()
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
        QVERIFY(reached.contains(find(QStringLiteral("filter")))); // the focus chain is complete
        QVERIFY(reached.contains(find(QStringLiteral("lockdown"))));
        QVERIFY(reached.contains(find(QStringLiteral("theme"))));
        QVERIFY(reached.contains(find(QStringLiteral("decisions"))));
        QVERIFY(reached.contains(find(QStringLiteral("showDecisions"))));
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
    openWindow(true);
    QVERIFY(m_backend->demo()->isRunning());
    QCOMPARE(m_backend->keys()->count(), 5);
    QTRY_VERIFY_WITH_TIMEOUT(m_backend->demo()->connectedCount() > 3, 15'000);
    QTRY_VERIFY(decisions() > 5);
}

// Otherwise, it would write to the current directory.
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
