// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestProvider>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using QZap::Status;

Q_DECLARE_METATYPE(QZapTestAnswer)

// Tests the scripted answers of QZapTestProvider.
class tst_QZapTestProvider : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void answers_data();
    void answers();
    void refusesNobodyWithoutAScript();
    void takesAddedAnswersFirst();
    void recordsQuestions();
    void answersPendingQuestions();
    void neverAnswers();
    void isUsableAfterAnExpiry();
    void copiesAnswers();

private:
    QZapTestRequest bob() const { return m_client->plain("bob", "secret"); }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapTestProvider> m_provider;
    std::unique_ptr<QZapTestClient> m_client;
};

void tst_QZapTestProvider::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapTestProvider>();
    m_client = std::make_unique<QZapTestClient>(m_authenticator.get());
    m_client->setDomain(test());
    QVERIFY(configurePlain(*m_authenticator));
    QVERIFY(m_authenticator->setCredentialsProvider(test(), m_provider.get()));
}

void tst_QZapTestProvider::cleanup()
{
    m_client.reset();
    m_authenticator.reset();
    m_provider.reset();
    AuthenticatorTest::cleanup();
}

void tst_QZapTestProvider::answers_data()
{
    QTest::addColumn<QZapTestAnswer>("answer");
    QTest::addColumn<Status>("status");
    QTest::addColumn<QString>("text"); // the user id or reason
    const QVariantMap role{{u"role"_s, u"cook"_s}};
    const auto row = [](const char *name, const QZapTestAnswer &answer, Status status,
                        const QString &text) {
        QTest::newRow(name) << answer << status << text;
        QTest::addRow("%s, late", name) << answer.after(1ms) << status << text;
        QTest::addRow("%s, in the next turn", name) << answer.after(0ms) << status << text;
    };
    row("accept", QZapTestAnswer::accept(), Status::Success, u"bob"_s);
    row("accept as another", QZapTestAnswer::accept("carol", role), Status::Success, u"carol"_s);
    row("reject", QZapTestAnswer::reject(u"no"), Status::AuthenticationFailure, u"no"_s);
    row("retry later", QZapTestAnswer::retryLater("busy"_L1), Status::TemporaryError, u"busy"_s);
}

void tst_QZapTestProvider::answers()
{
    QFETCH(const QZapTestAnswer, answer);
    QFETCH(const Status, status);
    QFETCH(const QString, text);
    m_provider->setAnswer(answer);
    for (int i = 0; i < 2; ++i) {
        QZAP_COMPARE_STATUS(bob(), status);
        QCOMPARE(status == Status::Success ? m_client->userId() : m_client->reason(), text);
        QCOMPARE(m_client->field("role"), text == u"carol" ? u"cook"_s : QString());
    }
}

void tst_QZapTestProvider::refusesNobodyWithoutAScript()
{
    QZAP_VERIFY_TEMPORARY(bob());
    QVERIFY(m_client->reason().contains(u"setAnswer()"_s));
}

void tst_QZapTestProvider::takesAddedAnswersFirst()
{
    m_provider->setAnswer(QZapTestAnswer::accept("default"));
    m_provider->addAnswer(QZapTestAnswer::reject("first"));
    m_provider->addAnswer(QZapTestAnswer::accept("second").after(1ms));
    QZAP_VERIFY_REFUSED(bob());
    QZAP_COMPARE_USER(bob(), "second");
    QZAP_COMPARE_USER(bob(), "default");
    m_provider->addAnswer(QZapTestAnswer::reject("third"));
    m_provider->clear();
    QZAP_COMPARE_USER(bob(), "default");
}

void tst_QZapTestProvider::recordsQuestions()
{
    QCOMPARE(m_provider->questions().size(), 0);
    m_provider->setAnswer(QZapTestAnswer::accept());
    QZAP_VERIFY_ACCEPTED(bob().from("10.0.0.1"));
    QZAP_VERIFY_REFUSED(m_client->plain("bob", "guess")); // the provider is not asked
    QZAP_VERIFY_ACCEPTED(bob().from("10.0.0.2"));
    const QList<QZapRequest> questions = m_provider->questions();
    QCOMPARE(questions.size(), 2);
    QCOMPARE(questions.at(0).address(), u"10.0.0.1"_s);
    QCOMPARE(questions.at(1).address(), u"10.0.0.2"_s);
    QCOMPARE(questions.at(1).userName(), u"bob"_s);
    m_provider->clear();
    QCOMPARE(m_provider->questions().size(), 0);
}

void tst_QZapTestProvider::answersPendingQuestions()
{
    m_provider->setAnswer(QZapTestAnswer::never());
    QZAP_VERIFY_PENDING(bob().from("10.0.0.1"));
    QZAP_VERIFY_PENDING(bob().from("10.0.0.2"));
    QCOMPARE(m_provider->pendingCount(), 2);
    QSignalSpy authenticated(m_authenticator.get(), &QZapAuthenticator::authenticated);
    QCOMPARE(m_provider->answerPending(QZapTestAnswer::accept("carol")), 2);
    QTRY_COMPARE(authenticated.size(), 2);
    QCOMPARE(authenticated.constFirst().constFirst().toString(), u"carol"_s);
    QCOMPARE(m_provider->pendingCount(), 0);
    QCOMPARE(m_provider->answerPending(QZapTestAnswer::accept()), 0);
}

void tst_QZapTestProvider::neverAnswers()
{
    m_authenticator->setDecisionTimeout(20);
    m_provider->setAnswer(QZapTestAnswer::never());
    QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    QZAP_VERIFY_TEMPORARY(bob());
    QTRY_COMPARE(expired.size(), 1);
    QCOMPARE(m_provider->pendingCount(), 0);
}

void tst_QZapTestProvider::isUsableAfterAnExpiry()
{
    m_authenticator->setDecisionTimeout(20);
    m_provider->addAnswer(QZapTestAnswer::accept().after(1h));
    m_provider->setAnswer(QZapTestAnswer::accept());
    QZAP_VERIFY_TEMPORARY(bob());
    QCOMPARE(m_provider->answerPending(QZapTestAnswer::accept()), 0); // too late
    QZAP_VERIFY_ACCEPTED(bob());
}

void tst_QZapTestProvider::copiesAnswers()
{
    const QZapTestAnswer accept = QZapTestAnswer::accept();
    const QZapTestAnswer late = accept.after(1h); // does not change the original
    QZapTestAnswer copy = late;
    copy = accept;
    QZapTestAnswer moved = std::move(copy);
    QZapTestAnswer other = late;
    other.swap(moved);
    m_provider->setAnswer(other);
    QZAP_VERIFY_ACCEPTED(bob());
    m_provider->setAnswer(moved);
    QZAP_VERIFY_PENDING(bob());
}

QTEST_GUILESS_MAIN(tst_QZapTestProvider)
#include "tst_qzaptestprovider.moc"
