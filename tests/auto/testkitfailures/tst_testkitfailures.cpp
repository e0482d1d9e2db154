// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QtCore/qhash.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests that each failure of a test with QZap::Test says what the answer was, and what to correct.
class tst_TestKitFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachTestHasARow();
    void saysWhatToMend_data();
    void saysWhatToMend();
    void namesTheLine();

private:
    static void addRowsOfRequests();
    static void addRowsOfRules();

    QHash<QString, QString> m_outputs; // by the name of the test
    QHash<QString, QString> m_results;
};

void tst_TestKitFailures::initTestCase()
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(FAILURES_PROGRAM), {u"-o"_s, u"-,txt"_s});
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    const QString output = QString::fromUtf8(process.readAll());
    static const QRegularExpression start(u"^(PASS  |FAIL!|XFAIL |XPASS) +: Failures::(\\w+)\\("_s);
    QString name;
    for (const QString &line : output.split(u'\n')) {
        const QRegularExpressionMatch match = start.match(line);
        if (match.hasMatch()) {
            name = match.captured(2);
            m_results[name] = match.captured(1).trimmed();
        }
        m_outputs[name] += line + u'\n';
    }
    QVERIFY2(m_outputs.contains(u"wrongPassword"_s), qPrintable(output));
}

void tst_TestKitFailures::eachTestHasARow()
{
    QStringList names = m_outputs.keys();
    names.removeAll(QString()); // the output before the first test
    names.removeAll(u"initTestCase"_s);
    names.removeAll(u"cleanupTestCase"_s);
    QCOMPARE(names.size(), 48);
}

void tst_TestKitFailures::saysWhatToMend_data()
{
    QTest::addColumn<QString>("result");
    QTest::addColumn<QStringList>("sentences"); // in this order
    const auto row = [](const char *name, const QString &result, const QStringList &sentences) {
        QTest::newRow(name) << result << sentences;
    };
    const QString fail = u"FAIL!"_s;
    row("wrongPassword", fail,
        {u"'QZAP_VERIFY_ACCEPTED(m_client->plain(\"bob\", \"y\").domain(\"staff\"))'"_s,
         u"It was refused, with the status 400 (AuthenticationFailure) and the reason \"The user name or password is wrong\". Expected: accepted."_s,
         u"  The domain \"staff\" is configured for PLAIN."_s,
         u"  The user \"bob\" is in the domain's passwords."_s});
    row("acceptedStranger", fail,
        {u"It was accepted as \"bob\". Expected: refused, with the status 400 (AuthenticationFailure)."_s,
         u"The user \"bob\" is in the domain's passwords."_s});
    row("temporaryIsNoRefusal", fail,
        {u"It was turned away for now, with the status 300 (TemporaryError)"_s,
         u"Expected: refused"_s, u"lockdown is set"_s});
    row("refusedIsNotTemporary", fail,
        {u"It was refused, with the status 400 (AuthenticationFailure)"_s,
         u"Expected: turned away for now, with a temporary answer."_s,
         u"The user \"eve\" is not in the domain's passwords (1 user)."_s});
    row("otherUser", fail, {u"It was accepted as \"bob\". Expected: accepted as \"alice\"."_s});
    row("refusedUser", fail,
        {u"'QZAP_COMPARE_USER(m_client->plain(QStringLiteral(\"bob\"), \"y\")"_s,
         u"It was refused"_s, u"Expected: accepted as \"bob\"."_s});
    row("otherStatus", fail, {u"It was refused"_s, u"Expected: the status 200 (Success)."_s});
    row("reportedOnlyIsNotRefused", fail,
        {u"It breaks the rules, but was let in because of reportOnly"_s, u"Expected: refused"_s,
         u"matches no entry of allowedAddresses"_s});
    row("reportedOnlyIsNotAccepted", fail,
        {u"It breaks the rules, but was let in because of reportOnly"_s, u"Expected: accepted."_s});
    row("refusedConfiguration", fail,
        {u"It was turned away for now"_s, u"start() fails: "_s, u"10.0.0.0/99"_s});
    row("silentProvider", fail,
        {u"It was not answered within 50 ms: a credentials provider was asked, has deferred its answer, and must give it. Expected: accepted."_s});
    row("providerWithoutScript", fail,
        {u"The QZapTestProvider has no answer: name one by setAnswer() or addAnswer()"_s});
    row("answeredIsNotPending", fail,
        {u"It was accepted as \"bob\". Expected: a credentials provider is asked, and defers its answer."_s});
    row("missingCredentialsAreNotPending", fail,
        {u"It was turned away for now"_s, u"Expected: a credentials provider is asked"_s,
         u"It has no credentials."_s});
    row("nullWithoutDomain", fail,
        {u"It was not sent: libzmq asks nobody about the peers of a NULL socket without a domain, and lets all of them in. Secure the socket by QZap::secureNull(), and name its domain in the test by domain()."_s});
    row("curveWithoutDomain", fail,
        {u"It was not sent: libzmq asks nobody about the peers of a CURVE socket"_s,
         u"QZap::secureCurve()"_s});
    row("invalidKey", fail,
        {u"It was not sent: a CURVE key has 32 bytes or, in Z85, 40 characters; this one is invalid, and has 7."_s});
    row("emptyCertificate", fail, {u"It was not sent: the certificate contains no key."_s});
    row("noMechanism", fail, {u"It was not sent: the credentials have no mechanism."_s});
    row("longDomain", fail, {u"It was not sent: no socket has a domain of more than 255 bytes."_s});
    row("nameThatCannotBeEncoded", fail,
        {u"It was not sent: the encoding of the authenticator cannot represent the name."_s});
    row("noAuthenticator", fail,
        {u"It was not sent: the client has no authenticator, or it was destroyed."_s});
    row("destroyedAuthenticator", fail,
        {u"It was not sent: the client has no authenticator, or it was destroyed."_s});
    row("otherThread", fail,
        {u"It was not sent: the authenticator lives in another thread than the test."_s});
    row("destroyedClient", fail,
        {u"It was not sent: the request has no QZapTestClient, or it was destroyed."_s});
    row("requestOfNobody", fail,
        {u"It was not sent: the request has no QZapTestClient, or it was destroyed."_s});
    row("longExplanation", fail, {u"It was refused"_s, u"Expected: accepted."_s, u" ...)"_s});
    row("expectedFailure", u"PASS"_s, {});
    row("unexpectedPass", u"XPASS"_s, {u"QZAP_VERIFY_ACCEPTED"_s});
    row("helperThatReturns", fail, {u"'isBob()'"_s, u"Expected: accepted as \"bob\"."_s});
    row("goesOnAfterNothing", fail, {u"the end"_s});
    addRowsOfRequests();
    addRowsOfRules();
}

// Requests that are not sent.
void tst_TestKitFailures::addRowsOfRequests()
{
    const auto row = [](const char *name, const QStringList &sentences) {
        QTest::newRow(name) << u"FAIL!"_s << sentences;
    };
    const QString nearest =
        u"  The domain \"saff\" is not configured; the nearest name that is configured is \"staff\"."_s;
    row("malformedAddress",
        {u"It was not sent: \"10.66.1\" is not the address of a peer: write an IPv4 or IPv6 address in full, such as 192.0.2.7 or 2001:db8::7, without a port; a peer over IPC has localhost:UID:GID:PID, such as localhost:1000:100:4711. Expected: refused"_s});
    row("subnetAsAddress",
        {u"It was not sent: \"10.66.1.0/24\" is not the address of a peer: a peer has a single address; write one of this subnet."_s});
    row("longPassword", {u"It was not sent: no peer has a password of more than 255 bytes."_s});
    row("misspeltDomain",
        {u"It was not sent: the domain \"saff\" is not configured; correct its name or, if it is meant, write unconfiguredDomain(\"saff\"). Expected: refused"_s,
         nearest});
    row("missingDomain",
        {u"It was not sent: the request names no domain; name it by domain() or, if the socket really has none, write unconfiguredDomain(\"\")."_s,
         u"  The domain \"\" is not configured, unlike \"asked\", \"staff\"."_s});
    row("acceptedByNothing", {u"It was not sent: the domain \"saff\" is not configured"_s,
                              u"Expected: accepted."_s, nearest});
    row("unconfiguredDomainThatIs",
        {u"It was not sent: the domain \"staff\" is configured; name it by domain()."_s});
}

// Answers that need an explanation.
void tst_TestKitFailures::addRowsOfRules()
{
    const auto row = [](const char *name, const QStringList &sentences) {
        QTest::newRow(name) << u"FAIL!"_s << sentences;
    };
    row("lockoutThatIsOff", {u"It was accepted as \"bob\". Expected: turned away for now"_s,
                             u"  lockout is not enabled."_s});
    row("lockoutThatIsOn",
        {u"It was accepted as \"bob\". Expected: turned away for now"_s,
         u"  lockout is enabled, but does not apply: 10 wrong passwords in the last 600 s would lock the address."_s});
    row("providerThatIsNotSet",
        {u"It was accepted as \"bob\". Expected: a credentials provider is asked"_s,
         u"  No credentials provider is set."_s});
    row("providerOfAMisspeltDomain",
        {u"It was accepted as \"bob\". Expected: a credentials provider is asked"_s,
         u"  No credentials provider is set for the domain \"staff\"; the nearest name that has one is \"saff\"."_s});
    row("providerThatIsNotAsked",
        {u"It was refused"_s, u"Expected: a credentials provider is asked"_s,
         u"  The credentials provider is not asked."_s});
    row("decisionTimeout",
        {u"It was turned away for now, with the status 300 (TemporaryError) and the reason \"The decision took too long: decisionTimeout, "_s});
    row("disabledUser",
        {u"It was refused"_s, u"  The user \"eve\" is in /"_s,
         u"/users:2, but this line lets nobody in: it locks the user out by \"*\" or \"!\" instead of a password."_s});
    row("invalidLine", {u"It was refused"_s, u"  The key \""_s,
                        u"/keys:2, but this line lets nobody in: "_s, u"not-after"_s});
    row("lineWithoutAKey", {u"It was refused"_s, u"/keys (no keys)."_s, u"  There are errors: /"_s,
                            u"/keys:1: the first word has 39 bytes"_s});
    row("removedList", {u"It was turned away for now"_s,
                        u"The credentials of the domain were removed a moment ago"_s,
                        u"  The file or directory of its credentials was removed a moment ago"_s});
}

void tst_TestKitFailures::saysWhatToMend()
{
    QFETCH(const QString, result);
    QFETCH(const QStringList, sentences);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    const QString output = m_outputs.value(name);
    QCOMPARE(m_results.value(name), result);
    qsizetype from = 0;
    for (const QString &sentence : sentences) {
        const qsizetype at = output.indexOf(sentence, from);
        QVERIFY2(at >= 0, qPrintable(sentence + u"\nis not in\n"_s + output));
        from = at;
    }
    QVERIFY2(!output.contains(QChar::ReplacementCharacter), qPrintable(output));
    QVERIFY2(!output.contains(u"Answer: "_s), qPrintable(output)); // that of explain()
}

void tst_TestKitFailures::namesTheLine()
{
    static const QRegularExpression place(u"Loc: \\[.*failures\\.cpp\\([0-9]+\\)\\]"_s);
    QVERIFY(m_outputs.value(u"wrongPassword"_s).contains(place));
}

QTEST_GUILESS_MAIN(tst_TestKitFailures)
#include "tst_testkitfailures.moc"
