// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "activitymodeltest.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qsortfilterproxymodel.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using QZap::Mechanism;
using QZap::Status;

// Tests the contents of the rows, and which authenticator's decisions they show.
class tst_QZapActivityModel : public ActivityModelTest
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void namesItsColumnsAndRoles();
    void describesADecision_data();
    void describesADecision();
    void escapesTheTextOfPeers();

    void showsAnotherAuthenticator();
    void keepsItsRowsWithoutAnAuthenticator();
    void keepsItsRowsIfTheAuthenticatorIsDeleted();

    void canBeSorted_data();
    void canBeSorted();
    void canBeFiltered();
};

void tst_QZapActivityModel::isEmptyAtFirst()
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

void tst_QZapActivityModel::namesItsColumnsAndRoles()
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

void tst_QZapActivityModel::describesADecision_data()
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

void tst_QZapActivityModel::describesADecision()
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
void tst_QZapActivityModel::escapesTheTextOfPeers()
{
    const QString user = QStringLiteral("e\u202eve \U0001f511\u2028");
    ask(*m_authenticator, user.toUtf8());
    QTRY_COMPARE(m_model->rowCount(), 1);
    const QModelIndex index = m_model->index(0, Model::UserColumn);
    QCOMPARE(index.data().toString(), QStringLiteral("e\\u202eve \U0001f511\\u2028"));
    QCOMPARE(index.data(Model::UserRole).toString(), user);
}

void tst_QZapActivityModel::showsAnotherAuthenticator()
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

void tst_QZapActivityModel::keepsItsRowsWithoutAnAuthenticator()
{
    ask(1, 2);
    QTRY_COMPARE(m_model->rowCount(), 2);
    m_model->setAuthenticator(nullptr);
    QCOMPARE(m_model->authenticator(), nullptr);
    ask(3, 4);
    waitForDecisions(4);
    QCOMPARE(users(), numbers(2, 1));
}

void tst_QZapActivityModel::keepsItsRowsIfTheAuthenticatorIsDeleted()
{
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    QSignalSpy changed(m_model.get(), &Model::authenticatorChanged);
    ask(1, 2);
    QTRY_COMPARE(decided.size(), 2);
    m_authenticator.reset();
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_model->authenticator(), nullptr);
    QTRY_COMPARE(users(), numbers(2, 1)); // the rows remain
    QZapAuthenticator other;
    m_model->setAuthenticator(&other);
    QCOMPARE(m_model->rowCount(), 0);
    ask(other, "3");
    QTRY_COMPARE(users(), numbers(3, 3));
}

void tst_QZapActivityModel::canBeSorted_data()
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

void tst_QZapActivityModel::canBeSorted()
{
    QFETCH(const Model::Column, column);
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(m_model.get());
    proxy.setSortRole(Model::SortRole);
    proxy.sort(column, Qt::DescendingOrder);
    const QAbstractItemModelTester tester(&proxy,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy inserted(m_model.get(), &Model::rowsInserted);
    m_model->setMaximumRows(40);
    for (int i = 0; i < 20; ++i) { // inserts and removes rows of the source model
        ask(*m_authenticator, "bob");
        ask(*m_authenticator, "eve" + QByteArray::number(i));
        m_authenticator->handleZapMessage({"1.0",
                                           "1",
                                           "other" + QByteArray::number(i),
                                           "::" + QByteArray::number(i),
                                           {},
                                           "NULL"});
        m_authenticator->setLockdown(i % 4 == 0);
        if (i % 5 == 0) {
            const qsizetype before = inserted.size();
            QTRY_VERIFY(inserted.size() > before);
        }
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

void tst_QZapActivityModel::canBeFiltered()
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

QTEST_GUILESS_MAIN(tst_QZapActivityModel)
#include "tst_qzapactivitymodel.moc"
