// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using namespace Qt::StringLiterals;

using QZap::Mechanism;

// One of the ways to set the location of credentials to a relative path.
using SetPath = std::function<void(QZapAuthenticator &, const QString &)>;
Q_DECLARE_METATYPE(SetPath)

// Tests that a relative path keeps its meaning when the current directory changes.
class tst_RelativePaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void keepTheirMeaningAfterChdir_data();
    void keepTheirMeaningAfterChdir();
    void setAgainUseTheNewDirectory_data();
    void setAgainUseTheNewDirectory();
    void absolutePathIsTheSamePlace();
    void errorsShowTheAbsolutePath();
    void parentDirectoriesBehindLinks();
    void removedCurrentDirectory();
    void urlsWithAHost_data();
    void urlsWithAHost();

private:
    enum class Kind { Directory, List, PasswordFile };

    static void addWays();
    // Fills a folder with credentials of the kind at "path", with these users or keys.
    static void fill(const QString &folder, Kind kind, const QStringList &names);
    static QByteArray keyOf(const QString &name)
    {
        return QCryptographicHash::hash(name.toUtf8(), QCryptographicHash::Sha256);
    }
    QZap::Status ask(Kind kind, const QString &name) const;

    QString m_before;
    std::unique_ptr<QTemporaryDir> m_here;
    std::unique_ptr<QTemporaryDir> m_elsewhere;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
};

void tst_RelativePaths::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_before = QDir::currentPath();
    m_here = std::make_unique<QTemporaryDir>();
    m_elsewhere = std::make_unique<QTemporaryDir>();
    m_authenticator = std::make_unique<QZapAuthenticator>();
}

void tst_RelativePaths::cleanup()
{
    m_authenticator.reset();
    QDir::setCurrent(m_before);
}

void tst_RelativePaths::addWays()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<SetPath>("setPath");
    const auto domainOf = [](QZapAuthenticator &authenticator, QZapDomain *made) {
        QZapDomain *domain = authenticator.domain(u"*"_s, made->mechanism());
        if (domain)
            delete made;
        else if (authenticator.addDomain(made))
            domain = made;
        return domain;
    };
    const SetPath configureCurve = [](QZapAuthenticator &a, const QString &path) {
        QVERIFY(a.configureCurve(u"*"_s, path));
    };
    const SetPath setLocation = [domainOf](QZapAuthenticator &a, const QString &path) {
        qobject_cast<QZapCurveDomain *>(domainOf(a, new QZapCurveDomain))->setLocation(path);
    };
    const SetPath configurePlainFile = [](QZapAuthenticator &a, const QString &path) {
        QVERIFY(a.configurePlainFile(u"*"_s, path));
    };
    const SetPath setPasswordFile = [domainOf](QZapAuthenticator &a, const QString &path) {
        qobject_cast<QZapPlainDomain *>(domainOf(a, new QZapPlainDomain))->setPasswordFile(path);
    };
    QTest::newRow("directory, configureCurve") << Kind::Directory << configureCurve;
    QTest::newRow("directory, location") << Kind::Directory << setLocation;
    QTest::newRow("key list, configureCurve") << Kind::List << configureCurve;
    QTest::newRow("key list, location") << Kind::List << setLocation;
    QTest::newRow("password file, configurePlainFile") << Kind::PasswordFile << configurePlainFile;
    QTest::newRow("password file, passwordFile") << Kind::PasswordFile << setPasswordFile;
}

void tst_RelativePaths::fill(const QString &folder, Kind kind, const QStringList &names)
{
    const QString path = folder + u"/path"_s;
    if (kind == Kind::Directory)
        QVERIFY(QDir().mkpath(path));
    QByteArray lines;
    for (const QString &name : names) {
        const auto certificate =
            QZapCertificate::fromPublicKey(QZapAuthenticator().curveUserId(keyOf(name)).toLatin1());
        QVERIFY(certificate);
        if (kind == Kind::Directory)
            QVERIFY(certificate->save(path, name, QZapCertificate::SaveOption::Overwrite));
        else if (kind == Kind::List)
            lines += certificate->publicKeyText().toLatin1() + '\n';
        else
            lines += name.toUtf8() + "=secret\n";
    }
    if (kind == Kind::Directory)
        return;
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    file.write(lines);
}

QZap::Status tst_RelativePaths::ask(Kind kind, const QString &name) const
{
    const auto credentials = kind == Kind::PasswordFile ? QZapCredentials::plain(name, "secret")
                                                        : QZapCredentials::curve(keyOf(name));
    return m_authenticator->evaluate(u"test"_s, {}, credentials).status();
}

void tst_RelativePaths::keepTheirMeaningAfterChdir_data()
{
    addWays();
}

void tst_RelativePaths::keepTheirMeaningAfterChdir()
{
    QFETCH(const Kind, kind);
    QFETCH(const SetPath, setPath);
    fill(m_here->path(), kind, {u"friend"_s});
    fill(m_elsewhere->path(), kind, {u"stranger"_s});
    QVERIFY(QDir::setCurrent(m_here->path()));
    setPath(*m_authenticator, u"path"_s);
    QTRY_COMPARE(ask(kind, u"friend"_s), QZap::Status::Success);

    QVERIFY(QDir::setCurrent(m_elsewhere->path()));
    // A change is read from the directory of the time when the path was set.
    fill(m_here->path(), kind, {u"friend"_s, u"guest"_s});
    QTRY_COMPARE(ask(kind, u"guest"_s), QZap::Status::Success);
    QCOMPARE(ask(kind, u"friend"_s), QZap::Status::Success);
    QCOMPARE(ask(kind, u"stranger"_s), QZap::Status::AuthenticationFailure);
}

void tst_RelativePaths::setAgainUseTheNewDirectory_data()
{
    addWays();
}

void tst_RelativePaths::setAgainUseTheNewDirectory()
{
    QFETCH(const Kind, kind);
    QFETCH(const SetPath, setPath);
    fill(m_here->path(), kind, {u"friend"_s});
    fill(m_elsewhere->path(), kind, {u"stranger"_s});
    QVERIFY(QDir::setCurrent(m_here->path()));
    setPath(*m_authenticator, u"path"_s);
    QTRY_COMPARE(ask(kind, u"friend"_s), QZap::Status::Success);
    QVERIFY(QDir::setCurrent(m_elsewhere->path()));
    setPath(*m_authenticator, u"path"_s);
    // The previous credentials are not in force while the new ones are loaded.
    QCOMPARE(ask(kind, u"friend"_s), QZap::Status::TemporaryError);
    QTRY_COMPARE(ask(kind, u"stranger"_s), QZap::Status::Success);
    QCOMPARE(ask(kind, u"friend"_s), QZap::Status::AuthenticationFailure);
}

void tst_RelativePaths::absolutePathIsTheSamePlace()
{
    fill(m_here->path(), Kind::List, {u"friend"_s});
    QVERIFY(QDir::setCurrent(m_here->path()));
    QVERIFY(m_authenticator->configureCurve(u"*"_s, u"path"_s));
    QTRY_COMPARE(ask(Kind::List, u"friend"_s), QZap::Status::Success);
    auto *const domain =
        qobject_cast<QZapCurveDomain *>(m_authenticator->domain(u"*"_s, Mechanism::Curve));
    QCOMPARE(domain->location(), u"path"_s); // unchanged
    QSignalSpy changed(domain, &QZapCurveDomain::locationChanged);
    const QString absolute = QDir::currentPath() + u"/path"_s;
    domain->setLocation(absolute);
    QCOMPARE(domain->location(), absolute);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(ask(Kind::List, u"friend"_s), QZap::Status::Success); // the keys remain in force
}

void tst_RelativePaths::errorsShowTheAbsolutePath()
{
    QVERIFY(QDir::setCurrent(m_here->path()));
    const QString place = QDir::currentPath() + u"/nowhere"_s;
    QVERIFY(!m_authenticator->configureCurve(u"a"_s, u"nowhere"_s));
    QVERIFY2(m_authenticator->errorString().contains(place),
             qPrintable(m_authenticator->errorString()));
    QVERIFY(!m_authenticator->configurePlainFile(u"a"_s, u"nowhere"_s));
    QVERIFY2(m_authenticator->errorString().contains(place),
             qPrintable(m_authenticator->errorString()));
    QZapCurveDomain domain;
    domain.setLocation(u"nowhere"_s);
    QVERIFY(QDir::setCurrent(m_elsewhere->path()));
    QTRY_VERIFY2(domain.errorString().contains(place), qPrintable(domain.errorString()));
}

// "link/.." is the parent of the link's target, not the directory that contains the link.
void tst_RelativePaths::parentDirectoriesBehindLinks()
{
#ifdef Q_OS_WIN
    QSKIP("needs symbolic links");
#endif
    QVERIFY(QDir().mkpath(m_elsewhere->filePath(u"inner"_s)));
    fill(m_elsewhere->path(), Kind::Directory, {u"friend"_s});
    fill(m_here->path(), Kind::Directory, {u"stranger"_s});
    QVERIFY(QFile::link(m_elsewhere->filePath(u"inner"_s), m_here->filePath(u"link"_s)));
    QVERIFY(QDir::setCurrent(m_here->path()));
    QVERIFY(m_authenticator->configureCurve(u"*"_s, u"link/../path"_s));
    QTRY_COMPARE(ask(Kind::Directory, u"friend"_s), QZap::Status::Success);
    QCOMPARE(ask(Kind::Directory, u"stranger"_s), QZap::Status::AuthenticationFailure);
}

// A relative path must not be resolved against the root.
void tst_RelativePaths::removedCurrentDirectory()
{
    fill(m_here->path(), Kind::Directory, {u"stranger"_s});
    QVERIFY(QDir().mkpath(m_elsewhere->filePath(u"gone"_s)));
    QVERIFY(QDir::setCurrent(m_elsewhere->filePath(u"gone"_s)));
    QVERIFY(QDir().rmdir(m_elsewhere->filePath(u"gone"_s)));
    const QString belowRoot = m_here->path().mid(1) + u"/path"_s;
    QVERIFY(!m_authenticator->configureCurve(u"*"_s, belowRoot));
    QVERIFY(!m_authenticator->configurePlainFile(u"*"_s, belowRoot));
    QCOMPARE(ask(Kind::Directory, u"stranger"_s), QZap::Status::TemporaryError);
}

void tst_RelativePaths::urlsWithAHost_data()
{
    QTest::addColumn<QString>("start");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("no host") << u"file://"_s << true;
    QTest::newRow("localhost") << u"file://localhost"_s << true;
    QTest::newRow("another host") << u"file://elsewhere"_s << false;
    QTest::newRow("invalid") << u"file://[bad"_s << false;
}

void tst_RelativePaths::urlsWithAHost()
{
    QFETCH(const QString, start);
    QFETCH(const bool, accepted);
    fill(m_here->path(), Kind::List, {u"friend"_s});
    QCOMPARE(m_authenticator->configureCurve(u"*"_s, start + m_here->path() + u"/path"_s),
             accepted);
}

QTEST_GUILESS_MAIN(tst_RelativePaths)
#include "tst_relativepaths.moc"
