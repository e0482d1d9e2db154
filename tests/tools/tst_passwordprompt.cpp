// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapPasswordFile>

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

using namespace Qt::StringLiterals;

namespace {

const auto FirstPrompt = QByteArrayLiteral("Password for alice: ");
const auto SecondPrompt = QByteArrayLiteral("Repeat the password: ");

} // namespace

// Tests "qzap passwd" on a pseudoterminal.
class tst_PasswordPrompt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void asksTwiceWithoutEcho();
    void discardsInputTypedBefore();
    void refused_data();
    void refused();
    void restoresTheTerminalWhenKilled_data();
    void restoresTheTerminalWhenKilled();
    void leavesIgnoredSignalsAlone();
    void continuesAfterHarmlessSignals_data();
    void continuesAfterHarmlessSignals();
    void continuesAfterAStop_data();
    void continuesAfterAStop();
    void staysSilentIfItCannotBeStopped();

private:
    enum class Session { Own, OfTheTest };

    QString file() const { return m_directory->filePath(u"users"_s); }
    void start(Session session = Session::Own);
    void type(const QByteArray &text) const;
    // Returns everything that the terminal has shown.
    QByteArray shown();
    bool hasEcho() const;
    bool isStopped() const;
    QByteArray ofProcess(const char *name) const;

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QProcess> m_process;
    QList<int> m_ignored; // signals that the started process ignores
    QByteArray m_shown;
    QByteArray m_terminal;
    int m_master = -1;
    int m_slave = -1; // keeps the terminal after the process has ended
};

void tst_PasswordPrompt::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_ignored.clear();
    m_shown.clear();
    m_master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(m_master >= 0 && ::grantpt(m_master) == 0 && ::unlockpt(m_master) == 0);
    char name[64] = {};
    QCOMPARE(::ptsname_r(m_master, name, sizeof name), 0);
    m_terminal = name;
    m_slave = ::open(m_terminal.constData(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    QVERIFY(m_slave >= 0);
    QVERIFY(hasEcho());
}

void tst_PasswordPrompt::cleanup()
{
    if (m_process && m_process->state() != QProcess::NotRunning) {
        m_process->kill();
        m_process->waitForFinished();
    }
    m_process.reset();
    ::close(m_slave);
    ::close(m_master);
}

void tst_PasswordPrompt::start(Session session)
{
    m_process = std::make_unique<QProcess>();
    m_process->setChildProcessModifier([this, session] {
        for (const int number : std::as_const(m_ignored))
            ::signal(number, SIG_IGN);
        const rlimit none = {};
        ::setrlimit(RLIMIT_CORE, &none);
        // In a session of its own, the process gets signals from the terminal's keys; in the test's
        // session, it can be stopped.
        if (session == Session::Own)
            ::setsid();
        else
            ::setpgid(0, 0);
        const int terminal =
            ::open(m_terminal.constData(), session == Session::Own ? O_RDWR : O_RDWR | O_NOCTTY);
        for (int number = 0; number <= 2; ++number)
            ::dup2(terminal, number);
        if (terminal > 2)
            ::close(terminal);
    });
    // AddressSanitizer has handlers of its own for some signals.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"ASAN_OPTIONS"_s,
                       environment.value(u"ASAN_OPTIONS"_s)
                           + u":handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0"_s);
    m_process->setProcessEnvironment(environment);
    m_process->start(QStringLiteral(QZAP_PROGRAM),
                     {u"passwd"_s, file(), u"alice"_s, u"--memory=1"_s});
    QVERIFY(m_process->waitForStarted());
}

void tst_PasswordPrompt::type(const QByteArray &text) const
{
    QCOMPARE(::write(m_master, text.constData(), size_t(text.size())), ssize_t(text.size()));
}

QByteArray tst_PasswordPrompt::shown()
{
    char bytes[256];
    for (ssize_t size = 0; (size = ::read(m_master, bytes, sizeof bytes)) > 0;)
        m_shown.append(bytes, qsizetype(size));
    return m_shown;
}

bool tst_PasswordPrompt::hasEcho() const
{
    termios settings = {};
    return ::tcgetattr(m_slave, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

QByteArray tst_PasswordPrompt::ofProcess(const char *name) const
{
    QFile file(
        u"/proc/%1/%2"_s.arg(QString::number(m_process->processId()), QString::fromLatin1(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool tst_PasswordPrompt::isStopped() const
{
    const QByteArray status = ofProcess("stat");
    return status.mid(status.lastIndexOf(')') + 2, 1) == "T";
}

void tst_PasswordPrompt::asksTwiceWithoutEcho()
{
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    QVERIFY(!hasEcho());
    type("geheim\n");
    QTRY_VERIFY(shown().contains(SecondPrompt));
    QVERIFY(!hasEcho());
    QVERIFY(ofProcess("cmdline").contains("alice"));
    QVERIFY(!ofProcess("cmdline").contains("geheim"));
    QVERIFY(!ofProcess("environ").contains("geheim"));
    type("geheim\n");
    QVERIFY(m_process->waitForFinished());
    QCOMPARE(m_process->exitStatus(), QProcess::NormalExit);
    QVERIFY2(m_process->exitCode() == 0, shown().constData());
    QVERIFY(hasEcho());
    QVERIFY2(!shown().contains("geheim"), shown().constData());
    QVERIFY(shown().startsWith(FirstPrompt + "\r\n" + SecondPrompt + "\r\n"));
    QVERIFY(QZapPasswordFile::load(file())->check(u"alice"_s, "geheim"));
}

void tst_PasswordPrompt::discardsInputTypedBefore()
{
    type("shown\n");
    QTRY_VERIFY(shown().contains("shown"));
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    type("geheim\ngeheim\n");
    QVERIFY(m_process->waitForFinished());
    QVERIFY2(m_process->exitCode() == 0, shown().constData());
    QVERIFY(QZapPasswordFile::load(file())->check(u"alice"_s, "geheim"));
}

void tst_PasswordPrompt::refused_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("another one") << QByteArray("geheim\n") << QByteArray("geheim2\n")
                                 << QByteArray("differ");
    QTest::newRow("empty") << QByteArray("\n") << QByteArray() << QByteArray("empty");
    QTest::newRow("end of file") << QByteArray("\x04") << QByteArray() << QByteArray("empty");
    QTest::newRow("too long") << "geheim" + QByteArray(400, 'x') + '\n'
                              << QByteArray() << QByteArray("255");
    QTest::newRow("end of file at last")
        << QByteArray("geheim\n") << QByteArray("\x04") << QByteArray("empty");
}

void tst_PasswordPrompt::refused()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    QFETCH(const QByteArray, said);
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    type(first);
    if (!second.isEmpty()) {
        QTRY_VERIFY(shown().contains(SecondPrompt));
        type(second);
    }
    QVERIFY(m_process->waitForFinished());
    QCOMPARE(m_process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(m_process->exitCode(), 2);
    QVERIFY2(shown().contains(said), shown().constData());
    QVERIFY2(!shown().contains("geheim"), shown().constData());
    QVERIFY(hasEcho());
    // The rest of the line must not be left to the shell, which would run it.
    int left = -1;
    QCOMPARE(::ioctl(m_slave, FIONREAD, &left), 0);
    QCOMPARE(left, 0);
    QVERIFY(!QFileInfo::exists(file()));
}

void tst_PasswordPrompt::restoresTheTerminalWhenKilled_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<int>("number");
    QTest::newRow("Ctrl-C") << QByteArray("\x03") << SIGINT;
    const QList<int> others = {SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
                               SIGCONT, SIGCHLD, SIGURG,  SIGWINCH};
    for (int number = 1; number <= SIGRTMAX; ++number) {
        struct sigaction action = {};
        if (!others.contains(number) && ::sigaction(number, nullptr, &action) == 0)
            QTest::addRow("%d, %s", number, ::strsignal(number)) << QByteArray() << number;
    }
}

void tst_PasswordPrompt::restoresTheTerminalWhenKilled()
{
    QFETCH(const QByteArray, key);
    QFETCH(const int, number);
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    QVERIFY(!hasEcho());
    type("gehe");
    if (key.isEmpty())
        QCOMPARE(::kill(pid_t(m_process->processId()), number), 0);
    else
        type(key);
    QVERIFY(m_process->waitForFinished());
    QCOMPARE(m_process->exitStatus(), QProcess::CrashExit);
    QCOMPARE(m_process->exitCode(), number);
    QVERIFY(hasEcho());
    QVERIFY2(!shown().contains("gehe"), shown().constData());
    QVERIFY(!QFileInfo::exists(file()));
}

// The process is started like by nohup.
void tst_PasswordPrompt::leavesIgnoredSignalsAlone()
{
    const QList<int> numbers = {SIGHUP, SIGUSR1, SIGALRM, SIGRTMIN};
    m_ignored = numbers;
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    for (const int number : numbers)
        QCOMPARE(::kill(pid_t(m_process->processId()), number), 0);
    type("geheim\n");
    QTRY_VERIFY(shown().contains(SecondPrompt));
    QCOMPARE(shown().count(FirstPrompt), 1);
    QVERIFY(!hasEcho());
    QCOMPARE(::kill(pid_t(m_process->processId()), SIGTERM), 0);
    QVERIFY(m_process->waitForFinished());
    QCOMPARE(m_process->exitCode(), SIGTERM);
    QVERIFY(hasEcho());
}

void tst_PasswordPrompt::continuesAfterHarmlessSignals_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGWINCH") << SIGWINCH;
    QTest::newRow("SIGCHLD") << SIGCHLD;
    QTest::newRow("SIGURG") << SIGURG;
}

void tst_PasswordPrompt::continuesAfterHarmlessSignals()
{
    QFETCH(const int, number);
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    QCOMPARE(::kill(pid_t(m_process->processId()), number), 0);
    type("geheim\n");
    QTRY_VERIFY(shown().contains(SecondPrompt));
    QCOMPARE(::kill(pid_t(m_process->processId()), number), 0);
    type("geheim\n");
    QVERIFY(m_process->waitForFinished());
    QVERIFY2(m_process->exitCode() == 0, shown().constData());
    QVERIFY2(shown().startsWith(FirstPrompt + "\r\n" + SecondPrompt + "\r\n"), shown().constData());
}

void tst_PasswordPrompt::continuesAfterAStop_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTSTP") << SIGTSTP;
    QTest::newRow("SIGSTOP") << SIGSTOP;
}

void tst_PasswordPrompt::continuesAfterAStop()
{
    QFETCH(const int, number);
    start(Session::OfTheTest);
    QTRY_VERIFY(shown().contains(FirstPrompt));
    const auto process = pid_t(m_process->processId());
    type("thrown away");
    QCOMPARE(::kill(process, number), 0);
    QTRY_VERIFY(isStopped());
    if (number == SIGSTOP) { // cannot be handled: the shell restores the terminal
        termios settings = {};
        QCOMPARE(::tcgetattr(m_slave, &settings), 0);
        settings.c_lflag |= ECHO;
        QCOMPARE(::tcsetattr(m_slave, TCSANOW, &settings), 0);
    }
    QVERIFY(hasEcho());
    QCOMPARE(shown().count(FirstPrompt), 1);
    QCOMPARE(::kill(process, SIGCONT), 0);
    QTRY_COMPARE(shown().count(FirstPrompt), 2);
    QVERIFY(!hasEcho());
    type("geheim\n");
    QTRY_VERIFY(shown().contains(SecondPrompt));
    type("geheim\n");
    QVERIFY(m_process->waitForFinished());
    QVERIFY2(m_process->exitCode() == 0, shown().constData());
    QVERIFY(hasEcho());
    QVERIFY2(!shown().contains("geheim"), shown().constData());
    QVERIFY(QZapPasswordFile::load(file())->check(u"alice"_s, "geheim"));
}

void tst_PasswordPrompt::staysSilentIfItCannotBeStopped()
{
    // In a session of its own, nobody could continue the process, so the kernel does not stop it.
    start();
    QTRY_VERIFY(shown().contains(FirstPrompt));
    type("\x1a");
    QTRY_COMPARE(shown().count(FirstPrompt), 2);
    QVERIFY(!hasEcho());
    type("geheim\ngeheim\n");
    QVERIFY(m_process->waitForFinished());
    QVERIFY2(m_process->exitCode() == 0, shown().constData());
    QVERIFY2(!shown().contains("geheim"), shown().constData());
    QVERIFY(hasEcho());
}

QTEST_GUILESS_MAIN(tst_PasswordPrompt)

#include "tst_passwordprompt.moc"
