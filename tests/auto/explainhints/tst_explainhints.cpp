// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "logcollector.h"

#include <QZap/QZap>

#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;

using QZap::Mechanism;

// Tests that QZapAuthenticator::explain() names what is often the reason: a misspelt domain, an
// entry that lets nobody in, the lockout, a missing provider.
class tst_ExplainHints : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void namesTheNearestDomain_data();
    void namesTheNearestDomain();
    void namesEntriesThatLetNobodyIn_data();
    void namesEntriesThatLetNobodyIn();
    void namesTheLockout();
    void namesMissingProviders();
    void namesWhoIsAcceptedByDefault();
    void namesLostCredentials();

private:
    static QString here() { return u"127.0.0.1"_s; }
    QString explain(const QString &domain, const QString &address,
                    const QZapCredentials &credentials) const
    {
        return m_authenticator->explain(domain, address, credentials);
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    QZapCertificate m_listed = QZapCertificate::generate();
};

void tst_ExplainHints::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_provider = std::make_unique<QZapCredentialsProvider>();
}

void tst_ExplainHints::cleanup()
{
    m_provider.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_ExplainHints::namesTheNearestDomain_data()
{
    QTest::addColumn<QStringList>("configured");
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("swapped letters")
        << QStringList{u"lab"_s, u"sensors"_s} << u"sensosr"_s
        << uR"(The domain "sensosr" is not configured; the nearest name that is configured is "sensors".)"_s;
    QTest::newRow("other case")
        << QStringList{u"lab"_s, u"sensors"_s} << u"LAB"_s
        << uR"(The domain "LAB" is not configured; the nearest name that is configured is "lab".)"_s;
    QTest::newRow("no similar name")
        << QStringList{u"lab"_s, u"sensors"_s} << u"gates"_s
        << uR"(The domain "gates" is not configured, unlike "lab", "sensors".)"_s;
    QTest::newRow("no domains")
        << QStringList() << u"lab"_s
        << uR"(The domain "lab" is not configured, nor is any other domain.)"_s;
}

void tst_ExplainHints::namesTheNearestDomain()
{
    QFETCH(const QStringList, configured);
    QFETCH(const QString, domain);
    QFETCH(const QString, sentence);
    for (const QString &name : configured)
        QVERIFY(m_authenticator->configureCurve(name, QZap::CurveAllowAny));
    const auto key = QZapCredentials::curve(QByteArray(32, 'k'));
    const QString text = explain(domain, here(), key);
    QVERIFY2(text.contains(sentence), qPrintable(text));

    // The log contains the same, once for each name.
    LogCollector log;
    for (int i = 0; i < 3; ++i)
        (void)m_authenticator->authenticate(domain, here(), key);
    QTRY_COMPARE(log.count(u"Refused CURVE peer"_s), 3);
    QString line = sentence.chopped(1);
    line.replace(u"The domain"_s, u"qzap: Domain"_s);
    QCOMPARE(log.count(line), 1);
}

void tst_ExplainHints::namesEntriesThatLetNobodyIn_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("user"); // empty: the listed key
    QTest::addColumn<QStringList>("sentences");
    QTest::newRow("locked user")
        << u"users"_s << u"eve"_s
        << QStringList{
               uR"(The user "eve" is in %d/users:2, but this line lets nobody in: it locks)"_s};
    QTest::newRow("invalid line of a user")
        << u"users"_s << u"carol"_s
        << QStringList{
               uR"(The user "carol" is in %d/users:3, but this line lets nobody in: the password is empty)"_s};
    QTest::newRow("unknown user") << u"users"_s << u"dora"_s
                                  << QStringList{
                                         uR"(The user "dora" is not in %d/users (1 user).)"_s,
                                         u"There are errors: %d/users:3: the password is empty"_s};
    QTest::newRow("invalid line of a key")
        << u"list"_s << QString()
        << QStringList{uR"(The key "%k" is in %d/keys.list:2, but this line lets nobody in: )"_s};
    QTest::newRow("invalid certificate")
        << u"files"_s << QString()
        << QStringList{uR"(The key "%k" is in %d/keys/eve.key, but this file lets nobody in: )"_s};
    QTest::newRow("file that is not read")
        << u"other"_s << QString()
        << QStringList{uR"(The key "%k" is not in %d/other (no keys).)"_s,
                       uR"(1 entry is not read: "eve.key.disabled")"_s};
}

void tst_ExplainHints::namesEntriesThatLetNobodyIn()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, user);
    QFETCH(const QStringList, sentences);
    const QByteArray key = m_listed.publicKeyText().toLatin1();
    write(u"users"_s, "bob=x\neve=*\ncarol=\n");
    write(u"keys.list"_s, "# keys\n" + key + " eve not-after=soon\n");
    makeDirectory(u"keys"_s);
    write(u"keys/eve.key"_s,
          "metadata\n    not-after = \"soon\"\ncurve\n    public-key = \"" + key + "\"\n");
    makeDirectory(u"other"_s);
    write(u"other/eve.key.disabled"_s, "curve\n    public-key = \"" + key + "\"\n");
    QVERIFY(m_authenticator->configurePlainFile(u"users"_s, path(u"users"_s)));
    QVERIFY(m_authenticator->configureCurve(u"list"_s, path(u"keys.list"_s)));
    QVERIFY(m_authenticator->configureCurve(u"files"_s, path(u"keys"_s)));
    QVERIFY(m_authenticator->configureCurve(u"other"_s, path(u"other"_s)));
    const QList<QZapDomain *> domains = m_authenticator->domains();
    for (const QZapDomain *each : domains)
        QTRY_VERIFY2(each->isReady(), qPrintable(each->name()));
    const QString text = explain(domain, here(),
                                 user.isEmpty() ? QZapCredentials::curve(m_listed.publicKey())
                                                : QZapCredentials::plain(user, "x"));
    for (QString sentence : sentences) {
        sentence.replace(u"%d"_s, path());
        sentence.replace(u"%k"_s, m_listed.publicKeyText());
        QVERIFY2(text.contains(sentence), qPrintable(sentence + u"\nis not in\n"_s + text));
    }
}

void tst_ExplainHints::namesTheLockout()
{
    QVERIFY(m_authenticator->configurePlain(u"staff"_s, {{u"bob"_s, u"x"_s}}));
    const auto bob = QZapCredentials::plain(u"bob"_s, "x");
    const auto text = [&] { return explain(u"staff"_s, here(), bob); };
    QVERIFY2(text().contains(u"lockout is not enabled."_s), qPrintable(text()));
    m_authenticator->lockout()->setMaximumFailures(1);
    m_authenticator->lockout()->setEnabled(true);
    QVERIFY2(
        text().contains(u"lockout is enabled, but does not apply: 1 wrong password in the last "
                        "600 s would lock the address."_s),
        qPrintable(text()));
    m_authenticator->lockout()->setExemptAddresses({u"10.0.0.1"_s});
    QVERIFY2(text().contains(u"address, unless it is one of exemptAddresses."_s),
             qPrintable(text()));
    const QString other = explain(u"staff"_s, here(), QZapCredentials::null());
    QVERIFY2(!other.contains(u"lockout"_s), qPrintable(other)); // does not apply to it
}

void tst_ExplainHints::namesMissingProviders()
{
    QVERIFY(m_authenticator->configurePlain(u"staff"_s, {{u"bob"_s, u"x"_s}}));
    const auto text = [&](const QString &user) {
        return explain(u"staff"_s, here(), QZapCredentials::plain(user, "x"));
    };
    const QString none = u"No credentials provider is set"_s;
    QVERIFY2(text(u"bob"_s).contains(none + u'.'), qPrintable(text(u"bob"_s)));
    QVERIFY2(!text(u"eve"_s).contains(none), qPrintable(text(u"eve"_s))); // refused anyway
    QVERIFY(m_authenticator->setCredentialsProvider(u"other"_s, m_provider.get()));
    QVERIFY2(text(u"bob"_s).contains(none + uR"( for the domain "staff", unlike "other".)"_s),
             qPrintable(text(u"bob"_s)));
    QVERIFY(m_authenticator->setCredentialsProvider(u"stafff"_s, m_provider.get()));
    QVERIFY2(
        text(u"bob"_s).contains(
            none + uR"( for the domain "staff"; the nearest name that has one is "stafff".)"_s),
        qPrintable(text(u"bob"_s)));
    QVERIFY(m_authenticator->setCredentialsProvider(u"staff"_s, m_provider.get()));
    QVERIFY2(!text(u"bob"_s).contains(none), qPrintable(text(u"bob"_s)));
    QVERIFY2(text(u"eve"_s).contains(u"The credentials provider is not asked."_s),
             qPrintable(text(u"eve"_s)));
}

void tst_ExplainHints::namesWhoIsAcceptedByDefault()
{
    QVERIFY(m_authenticator->configureCurve(u"keys"_s, QZap::CurveAllowAny));
    const auto text = [this](const QZapCredentials &credentials) {
        return explain(u"other"_s, here(), credentials);
    };
    const QString nobody = u"Nothing is configured for \"*\", either, so peers of "_s;
    QVERIFY(text(QZapCredentials::null()).contains(nobody + u"NULL are accepted."_s));
    QVERIFY(text(QZapCredentials::gssapi(u"eve@A"_s)).contains(nobody + u"GSSAPI are accepted."_s));
    QVERIFY(!text(QZapCredentials::plain(u"bob"_s, "x")).contains(nobody));
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, m_provider.get()));
    QVERIFY(!text(QZapCredentials::null()).contains(nobody));
    QVERIFY(m_authenticator->setCredentialsProvider(QZap::AnyDomain, nullptr));
    QVERIFY(m_authenticator->configureCurve(QZap::AnyDomain, QZap::CurveAllowAny));
    QVERIFY(!text(QZapCredentials::null()).contains(nobody));
}

void tst_ExplainHints::namesLostCredentials()
{
    write(u"keys.list"_s, m_listed.publicKeyText().toLatin1() + " turbine-3\n");
    QVERIFY(m_authenticator->configureCurve(u"list"_s, path(u"keys.list"_s)));
    QTRY_VERIFY(m_authenticator->domain(u"list"_s, Mechanism::Curve)->isReady());
    remove(u"keys.list"_s);
    const auto text = [this] {
        return explain(u"list"_s, here(), QZapCredentials::curve(m_listed.publicKey()));
    };
    QTRY_VERIFY2(text().contains(u"The file or directory of its credentials was removed a moment "
                                 "ago"_s),
                 qPrintable(text()));
    QVERIFY2(text().endsWith(u"Answer: try later. The credentials of the domain were removed a "
                             "moment ago."_s),
             qPrintable(text()));
    QVERIFY2(!text().contains(u"written"_s), qPrintable(text()));
}

QTEST_GUILESS_MAIN(tst_ExplainHints)
#include "tst_explainhints.moc"
