// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include <QtCore/qsortfilterproxymodel.h>
#include <QtCore/qstringlistmodel.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

using Model = QZapActivityModel;
using QZap::Mechanism;
using QZap::Status;
using Change = std::function<void(Model &)>;

Q_DECLARE_METATYPE(Change)

// The rows of an authenticator's decisions, one batch per frame.
class tst_QZapActivityModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void empty();
    void headers();
    void rows_data();
    void rows();
    void textOfPeersIsEscaped();
    void theNewestIsRowZero();
    void aBatchIsOneInsertion();
    void newRowsReplaceTheOldest();
    void aBatchLargerThanTheModel();
    void sparseDecisions();
    void maximumRows_data();
    void maximumRows();
    void aNegativeMaximumIsRefused();
    void loweringTheMaximumWhileABatchWaits();
    void zeroRows();
    void clearing();
    void anotherAuthenticator();
    void noAuthenticator();
    void theAuthenticatorIsDeleted();
    void sorting_data();
    void sorting();
    void filtering();
    void aSlotChangesTheModel_data();
    void aSlotChangesTheModel();
    void aSlotDeletesTheModel();
    void theLoopIsNotBlocked();

private:
    // Sends a request of a PLAIN peer `user`; the right password is "x".
    static void ask(QZapAuthenticator &authenticator, const QByteArray &user,
                    const QByteArray &password = "x")
    {
        authenticator.handleZapMessage(
            {"1.0", "1", "test", "192.0.2.7", "id", "PLAIN", user, password});
    }
    // Sends requests of peers named by ascending numbers.
    void ask(int first, int last)
    {
        for (int i = first; i <= last; ++i)
            ask(*m_authenticator, QByteArray::number(i));
    }
    // Returns the numbers of the peers in the model, from row 0 on.
    QList<int> users() const
    {
        QList<int> result;
        for (int row = 0; row < m_model->rowCount(); ++row)
            result += m_model->index(row, 0).data(Model::UserRole).toInt();
        return result;
    }
    static QList<int> numbers(int first, int last)
    {
        QList<int> result;
        for (int i = first; i >= last; --i)
            result += i;
        return result;
    }
    void waitForDecisions(qint64 count)
    {
        QTRY_COMPARE(m_authenticator->rejectedCount() + m_authenticator->acceptedCount(), count);
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<Model> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void tst_QZapActivityModel::initTestCase()
{
    // The tester of Qt 6.8 looks up types of Qt GUI once, which prints a warning in a program
    // without it.
    QStringListModel model(QStringList(QStringLiteral("row")));
    const QAbstractItemModelTester tester(&model);
}

void tst_QZapActivityModel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_authenticator = std::make_unique<QZapAuthenticator>();
    QVERIFY(m_authenticator->configurePlain(QStringLiteral("test"),
                                            {{QStringLiteral("bob"), QStringLiteral("x")}}));
    m_model = std::make_unique<Model>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_model->setAuthenticator(m_authenticator.get());
}

void tst_QZapActivityModel::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_authenticator.reset();
}

void tst_QZapActivityModel::empty()
{
    QCOMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->columnCount(), 7);
    QCOMPARE(m_model->maximumRows(), 1000);
    QCOMPARE(m_model->authenticator(), m_authenticator.get());
    QCOMPARE(m_model->data({}), QVariant());
    m_model->clear();
    QCOMPARE(m_model->rowCount(), 0);
    const Model fresh;
    QCOMPARE(fresh.authenticator(), nullptr);
}

void tst_QZapActivityModel::headers()
{
    const QStringList expected{QStringLiteral("Time"),   QStringLiteral("Verdict"),
                               QStringLiteral("User"),   QStringLiteral("Address"),
                               QStringLiteral("Domain"), QStringLiteral("Mechanism"),
                               QStringLiteral("Reason")};
    for (int column = 0; column < m_model->columnCount(); ++column)
        QCOMPARE(m_model->headerData(column, Qt::Horizontal).toString(), expected.at(column));
    QCOMPARE(m_model->headerData(7, Qt::Horizontal), QVariant());
    QList<QByteArray> names = m_model->roleNames().values();
    for (const char *name : {"display", "sortValue", "time", "verdict", "user", "address", "domain",
                             "mechanism", "reason", "enforced"}) {
        QVERIFY2(names.removeOne(name), name);
    }
    QCOMPARE(names, QList<QByteArray>());
}

void tst_QZapActivityModel::rows_data()
{
    QTest::addColumn<QByteArrayList>("mechanismAndCredentials");
    QTest::addColumn<bool>("lockdown");
    QTest::addColumn<Status>("status");
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("verdictText");
    QTest::addColumn<QString>("mechanismText");

    const auto row = [](const char *name, const QByteArrayList &frames, bool lockdown,
                        Status status, Mechanism mechanism, const QString &user,
                        const char *verdictText, const char *mechanismText) {
        QTest::newRow(name) << frames << lockdown << status << mechanism << user
                            << QString::fromLatin1(verdictText)
                            << QString::fromLatin1(mechanismText);
    };
    const QByteArray key(32, 'k');
    const QString keyText = QStringLiteral("yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3");
    row("accepted: the user id that it got", {"PLAIN", "bob", "x"}, false, Status::Success,
        Mechanism::Plain, QStringLiteral("bob"), "Accepted", "PLAIN");
    row("refused: the name that it claimed", {"PLAIN", "eve", "x"}, false,
        Status::AuthenticationFailure, Mechanism::Plain, QStringLiteral("eve"), "Refused", "PLAIN");
    row("try later", {"PLAIN", "bob", "x"}, true, Status::TemporaryError, Mechanism::Plain,
        QStringLiteral("bob"), "Try later", "PLAIN");
    row("refused: the key that it showed", {"CURVE", key}, false, Status::AuthenticationFailure,
        Mechanism::Curve, keyText, "Refused", "CURVE");
    row("refused: the principal that it has", {"GSSAPI", "eve@REALM"}, false,
        Status::AuthenticationFailure, Mechanism::Gssapi, QStringLiteral("eve@REALM"), "Refused",
        "GSSAPI");
    row("refused: nobody", {"NULL"}, false, Status::AuthenticationFailure, Mechanism::Null, {},
        "Refused", "NULL");
    row("refused: a mechanism that nobody knows", {"MAGIC"}, false, Status::AuthenticationFailure,
        Mechanism::Unknown, {}, "Refused", "");
}

void tst_QZapActivityModel::rows()
{
    QFETCH(const QByteArrayList, mechanismAndCredentials);
    QFETCH(const bool, lockdown);
    QFETCH(const Status, status);
    QFETCH(const Mechanism, mechanism);
    QFETCH(const QString, user);
    m_authenticator->setLockdown(lockdown);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    const QDateTime before = QDateTime::currentDateTimeUtc();
    m_authenticator->handleZapMessage(QByteArrayList{"1.0", "1", "test", "192.0.2.7", "id"}
                                      + mechanismAndCredentials);
    QTRY_COMPARE(m_model->rowCount(), 1);
    const auto reply = decided.first().at(1).value<QZapReply>();

    for (int column = 0; column < m_model->columnCount(); ++column) {
        const QModelIndex index = m_model->index(0, column);
        QCOMPARE(index.data(Model::VerdictRole).value<Status>(), status);
        QCOMPARE(index.data(Model::MechanismRole).value<Mechanism>(), mechanism);
        QCOMPARE(index.data(Model::UserRole).toString(), user);
        QCOMPARE(index.data(Model::AddressRole).toString(), QStringLiteral("192.0.2.7"));
        QCOMPARE(index.data(Model::DomainRole).toString(), QStringLiteral("test"));
        QCOMPARE(index.data(Model::ReasonRole).toString(), reply.statusText());
        QVERIFY(index.data(Model::TimeRole).toDateTime() >= before);
        QVERIFY(index.data(Model::TimeRole).toDateTime() <= QDateTime::currentDateTimeUtc());
        QCOMPARE(index.data(Qt::DecorationRole), QVariant());
    }
    const auto text = [this](Model::Column column) {
        return m_model->index(0, column).data().toString();
    };
    QTEST(text(Model::VerdictColumn), "verdictText");
    QTEST(text(Model::MechanismColumn), "mechanismText");
    QCOMPARE(text(Model::UserColumn), user);
    QCOMPARE(text(Model::AddressColumn), QStringLiteral("192.0.2.7"));
    QCOMPARE(text(Model::DomainColumn), QStringLiteral("test"));
    QCOMPARE(text(Model::ReasonColumn), reply.statusText());
    QCOMPARE(QDateTime::fromString(text(Model::TimeColumn), u"yyyy-MM-dd HH:mm:ss.zzz"),
             m_model->index(0, 0).data(Model::TimeRole).toDateTime().toLocalTime());
}

// A right-to-left override changes the direction of the text after it.
void tst_QZapActivityModel::textOfPeersIsEscaped()
{
    const QString user = QStringLiteral("e\u202eve \U0001f511\u2028");
    ask(*m_authenticator, user.toUtf8());
    QTRY_COMPARE(m_model->rowCount(), 1);
    const QModelIndex index = m_model->index(0, Model::UserColumn);
    QCOMPARE(index.data().toString(), QStringLiteral("e\\u202eve \U0001f511\\u2028"));
    QCOMPARE(index.data(Model::UserRole).toString(), user);
}

void tst_QZapActivityModel::theNewestIsRowZero()
{
    ask(1, 3);
    QTRY_COMPARE(users(), numbers(3, 1));
    ask(4, 5);
    QTRY_COMPARE(users(), numbers(5, 1));
}

void tst_QZapActivityModel::aBatchIsOneInsertion()
{
    ask(1, 1);
    QTRY_COMPARE(m_model->rowCount(), 1);
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy removed(m_model.get(), &Model::rowsRemoved);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(2, 200); // reported in one turn of the event loop
    QTRY_COMPARE(decided.size(), 199);
    QCOMPARE(m_model->rowCount(), 1); // the frame has not started yet
    QTRY_COMPARE(m_model->rowCount(), 200);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 0);
    QCOMPARE(inserted.first().at(2).toInt(), 198);
    QCOMPARE(removed.size(), 0);
}

void tst_QZapActivityModel::newRowsReplaceTheOldest()
{
    m_model->setMaximumRows(10);
    ask(1, 8);
    QTRY_COMPARE(users(), numbers(8, 1));
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy removed(m_model.get(), &Model::rowsRemoved);
    ask(9, 14);
    QTRY_COMPARE(users(), numbers(14, 5));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(removed.first().at(1).toInt(), 4);
    QCOMPARE(removed.first().at(2).toInt(), 7);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(2).toInt(), 5);
}

void tst_QZapActivityModel::aBatchLargerThanTheModel()
{
    m_model->setMaximumRows(10);
    ask(1, 3);
    QTRY_COMPARE(users(), numbers(3, 1));
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(4, 200);
    QTRY_COMPARE(decided.size(), 197);
    QTRY_COMPARE(users(), numbers(200, 191));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(inserted.first().at(2).toInt(), 9); // the others were never shown
}

void tst_QZapActivityModel::sparseDecisions()
{
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    for (int i = 1; i <= 3; ++i) {
        ask(i, i);
        QTRY_COMPARE(inserted.size(), i);
        QCOMPARE(users(), numbers(i, 1));
    }
}

void tst_QZapActivityModel::maximumRows_data()
{
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("left");

    QTest::newRow("lowered: the newest stay") << 4 << 4;
    QTest::newRow("lowered, and still enough") << 10 << 10;
    QTest::newRow("raised") << 2000 << 10;
    QTest::newRow("as high as can be") << std::numeric_limits<int>::max() << 10;
    QTest::newRow("zero: none stays") << 0 << 0;
}

void tst_QZapActivityModel::maximumRows()
{
    QFETCH(const int, maximum);
    QFETCH(const int, left);
    ask(1, 10);
    QTRY_COMPARE(m_model->rowCount(), 10);
    QSignalSpy changed(m_model.get(), &Model::maximumRowsChanged);
    m_model->setMaximumRows(maximum);
    m_model->setMaximumRows(maximum);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->maximumRows(), maximum);
    QCOMPARE(users(), numbers(10, 11 - left));
    ask(11, 12);
    waitForDecisions(12);
    const int expected = std::min(maximum, left + 2);
    QTRY_COMPARE(users(), numbers(12, 13 - expected));
}

void tst_QZapActivityModel::aNegativeMaximumIsRefused()
{
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapActivityModel::setMaximumRows: -1 is not a valid number of rows");
    m_model->setMaximumRows(-1);
    QCOMPARE(m_model->maximumRows(), 1000);
}

void tst_QZapActivityModel::loweringTheMaximumWhileABatchWaits()
{
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(1, 20);
    QTRY_COMPARE(decided.size(), 20);
    m_model->setMaximumRows(5);
    QCOMPARE(users(), numbers(20, 16));
}

void tst_QZapActivityModel::zeroRows()
{
    m_model->setMaximumRows(0);
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    ask(1, 10);
    waitForDecisions(10);
    QTest::qWait(50); // three frames, in which nothing happens
    QCOMPARE(inserted.size(), 0);
    m_model->setMaximumRows(10);
    ask(11, 11);
    QTRY_COMPARE(users(), numbers(11, 11));
}

void tst_QZapActivityModel::clearing()
{
    ask(1, 10);
    QTRY_COMPARE(m_model->rowCount(), 10);
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    ask(11, 20);
    QTRY_COMPARE(decided.size(), 10);
    m_model->clear(); // including rows that are not shown yet
    QCOMPARE(m_model->rowCount(), 0);
    ask(21, 21);
    QTRY_COMPARE(users(), numbers(21, 21));
}

void tst_QZapActivityModel::anotherAuthenticator()
{
    ask(1, 2);
    QTRY_COMPARE(m_model->rowCount(), 2);
    QSignalSpy changed(m_model.get(), &Model::authenticatorChanged);
    QZapAuthenticator other;
    m_model->setAuthenticator(&other);
    m_model->setAuthenticator(&other);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->authenticator(), &other);
    QCOMPARE(m_model->rowCount(), 0);
    ask(3, 4);
    ask(other, "5");
    waitForDecisions(4);
    QTRY_COMPARE(users(), numbers(5, 5));
}

void tst_QZapActivityModel::noAuthenticator()
{
    ask(1, 2);
    QTRY_COMPARE(m_model->rowCount(), 2);
    m_model->setAuthenticator(nullptr);
    QCOMPARE(m_model->authenticator(), nullptr);
    ask(3, 4);
    waitForDecisions(4);
    QCOMPARE(users(), numbers(2, 1));
}

void tst_QZapActivityModel::theAuthenticatorIsDeleted()
{
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QSignalSpy changed(m_model.get(), &Model::authenticatorChanged);
    ask(1, 2);
    QTRY_COMPARE(decided.size(), 2);
    m_authenticator.reset();
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->authenticator(), nullptr);
    QTRY_COMPARE(users(), numbers(2, 1)); // still shown
    QZapAuthenticator other;
    m_model->setAuthenticator(&other);
    QCOMPARE(m_model->rowCount(), 0);
    ask(other, "3");
    QTRY_COMPARE(users(), numbers(3, 3));
}

void tst_QZapActivityModel::sorting_data()
{
    QTest::addColumn<Model::Column>("column");
    QTest::addColumn<int>("type");

    QTest::newRow("by time") << Model::TimeColumn << int(QMetaType::QDateTime);
    QTest::newRow("by verdict, as RFC 27 numbers it")
        << Model::VerdictColumn << int(QMetaType::Int);
    QTest::newRow("by user") << Model::UserColumn << int(QMetaType::QString);
    QTest::newRow("by address") << Model::AddressColumn << int(QMetaType::QString);
    QTest::newRow("by domain") << Model::DomainColumn << int(QMetaType::QString);
    QTest::newRow("by mechanism") << Model::MechanismColumn << int(QMetaType::Int);
    QTest::newRow("by reason") << Model::ReasonColumn << int(QMetaType::QString);
}

void tst_QZapActivityModel::sorting()
{
    QFETCH(const Model::Column, column);
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(m_model.get());
    proxy.setSortRole(Model::SortRole);
    proxy.sort(column, Qt::DescendingOrder);
    const QAbstractItemModelTester tester(&proxy,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_model->setMaximumRows(40);
    for (int i = 0; i < 20; ++i) { // rows are inserted and removed below the proxy
        ask(*m_authenticator, "bob");
        ask(*m_authenticator, "eve" + QByteArray::number(i));
        m_authenticator->handleZapMessage({"1.0",
                                           "1",
                                           "other" + QByteArray::number(i),
                                           "::" + QByteArray::number(i),
                                           {},
                                           "NULL"});
        m_authenticator->setLockdown(i % 4 == 0);
        if (i % 5 == 0)
            QTest::qWait(20);
    }
    QTRY_COMPARE(m_authenticator->acceptedCount() + m_authenticator->rejectedCount()
                     + m_authenticator->temporaryCount(),
                 60);
    QTRY_COMPARE(proxy.rowCount(), 40);
    QTRY_COMPARE(m_model->index(0, 0).data(Model::DomainRole).toString(),
                 QStringLiteral("other19"));
    for (int row = 0; row < proxy.rowCount(); ++row) {
        const QVariant value = proxy.index(row, column).data(Model::SortRole);
        QTEST(value.typeId(), "type");
        if (row == 0)
            continue;
        const QVariant above = proxy.index(row - 1, column).data(Model::SortRole);
        if (value.typeId() == QMetaType::QString)
            QVERIFY(above.toString().localeAwareCompare(value.toString()) >= 0);
        else
            QVERIFY(QVariant::compare(above, value) != QPartialOrdering::Less);
    }
}

void tst_QZapActivityModel::filtering()
{
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(m_model.get());
    proxy.setFilterRole(Model::VerdictRole);
    proxy.setFilterFixedString(QStringLiteral("Success"));
    ask(1, 5);
    ask(*m_authenticator, "bob");
    QTRY_COMPARE(m_model->rowCount(), 6);
    QCOMPARE(proxy.rowCount(), 1);
    QCOMPARE(proxy.index(0, Model::UserColumn).data().toString(), QStringLiteral("bob"));
    proxy.setFilterRole(Model::UserRole);
    proxy.setFilterRegularExpression(QStringLiteral("^[1-3]$"));
    QCOMPARE(proxy.rowCount(), 3);
}

void tst_QZapActivityModel::aSlotChangesTheModel_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QList<int>>("expected");

    const auto row = [](const char *name, const Change &change, const QList<int> &expected) {
        QTest::newRow(name) << change << expected;
    };
    row("clears it", [](Model &model) { model.clear(); }, {});
    row("lowers its maximum", [](Model &model) { model.setMaximumRows(2); }, {8, 7});
    row("keeps none", [](Model &model) { model.setMaximumRows(0); }, {});
    row("raises its maximum", [](Model &model) { model.setMaximumRows(100); }, {8, 7, 6, 5});
    row("leaves the authenticator", [](Model &model) { model.setAuthenticator(nullptr); },
        {8, 7, 6, 5});
}

// While the oldest rows are removed, before a batch is shown.
void tst_QZapActivityModel::aSlotChangesTheModel()
{
    QFETCH(const Change, change);
    m_model->setMaximumRows(4);
    ask(1, 4);
    QTRY_COMPARE(users(), numbers(4, 1));
    bool once = false;
    connect(m_model.get(), &Model::rowsRemoved, this, [&] {
        if (!std::exchange(once, true))
            change(*m_model);
    });
    ask(5, 8);
    QTRY_VERIFY(once);
    QTEST(users(), "expected");
}

void tst_QZapActivityModel::aSlotDeletesTheModel()
{
    m_model->setMaximumRows(4);
    ask(1, 4);
    QTRY_COMPARE(m_model->rowCount(), 4);
    m_tester.reset();
    connect(m_model.get(), &Model::rowsRemoved, this, [this] { m_model.reset(); });
    ask(5, 8);
    QTRY_VERIFY(!m_model);
    ask(9, 9);
    waitForDecisions(9);
}

// Far more decisions than a view can show: frames continue, and finally the newest is shown.
void tst_QZapActivityModel::theLoopIsNotBlocked()
{
    m_tester.reset(); // it looks at each row of each batch
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    constexpr int Count = 20'000;
    for (int first = 1; first < Count; first += 200) {
        ask(first, first + 199);
        QCoreApplication::processEvents(); // which reports up to 256
    }
    QTRY_COMPARE_WITH_TIMEOUT(users(), numbers(Count, Count - 999), 20'000);
    QVERIFY(inserted.size() > 1);
    QVERIFY(inserted.size() < Count / 100);
}

QTEST_GUILESS_MAIN(tst_QZapActivityModel)
#include "tst_qzapactivitymodel.moc"
