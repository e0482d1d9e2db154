// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "lockoutfixture.h"
#include "sanitizers.h"

#include <QtCore/qfile.h>
#include <QtCore/qobject.h>
#include <QtTest/qtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <thread>

#ifdef Q_OS_LINUX
#    include <malloc.h>
#    include <sys/resource.h>
#    include <sys/wait.h>
#    include <unistd.h>
#endif

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

qint64 allocatedBytes()
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    const auto info = mallinfo2();
    return static_cast<qint64>(info.uordblks + info.hblkhd);
#else
    return 0;
#endif
}

} // namespace

// Tests how much memory the lockout uses, what many failures do to it, and its thread safety.
class tst_LockoutMemory : public QObject, protected LockoutFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { makeLockout(); }

    void statesItsMemory_data();
    void statesItsMemory();
    void refusesWithoutMemory();
    void isThreadSafe();
    void survivesASpray_data();
    void survivesASpray();
};

void tst_LockoutMemory::statesItsMemory_data()
{
    QTest::addColumn<int>("maximumEntries");
    QTest::addColumn<int>("maximumFailures");
    QTest::newRow("default") << LockoutSettings().maximumEntries
                             << LockoutSettings().maximumFailures;
    QTest::newRow("few entries") << 16 << 10;
    QTest::newRow("many failures") << 16'384 << 100;
    QTest::newRow("one failure") << 16'384 << 1;
}

void tst_LockoutMemory::statesItsMemory()
{
    QFETCH(const int, maximumEntries);
    QFETCH(const int, maximumFailures);
    m_settings.maximumEntries = maximumEntries;
    m_settings.maximumFailures = maximumFailures;
    const auto stated = static_cast<qint64>(Lockout::memoryFor(m_settings));
    if (maximumFailures <= LockoutSettings().maximumFailures)
        QVERIFY2(stated <= 4 * 1024 * 1024, QByteArray::number(stated).constData());
    const qint64 before = allocatedBytes();
    enable();
    const qint64 allocated = allocatedBytes() - before;
    // malloc() rounds blocks of its own mappings up to pages.
    QVERIFY2(allocated <= stated + 24 * 4096, QByteArray::number(allocated).constData());
}

void tst_LockoutMemory::refusesWithoutMemory()
{
#if !defined(Q_OS_LINUX) || defined(HAS_ADDRESS_SANITIZER) || defined(HAS_THREAD_SANITIZER)
    QSKIP("Sanitizers have memory of their own");
#else
    constexpr int NotLimited = 77; // an exit code
    enable();
    lock("10.0.0.1");
    LockoutSettings tooMuch = m_settings;
    tooMuch.maximumEntries = 1'000'000; // more than 200 MiB
    QFile statm(u"/proc/self/statm"_s);
    QVERIFY(statm.open(QIODevice::ReadOnly));
    const auto pages = statm.readAll().split(' ').constFirst().toULongLong();
    const rlim_t room = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE))
                        + rlim_t{32} * 1024 * 1024;
    // In a separate process, so that no other allocation fails.
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        const rlimit limit = {room, room};
        rlimit effective = {};
        if (::setrlimit(RLIMIT_AS, &limit) != 0 || ::getrlimit(RLIMIT_AS, &effective) != 0
            || effective.rlim_cur != room) {
            ::_exit(NotLimited);
        }
        const bool isKept = m_lockout->configure(tooMuch) && m_lockout->isEnabled()
                            && refusalTime("10.0.0.1") && m_lockout->lockedCount() == 1;
        m_settings.isEnabled = false;
        const bool staysDisabled = !m_lockout->configure(m_settings)
                                   && m_lockout->configure(tooMuch) && !m_lockout->isEnabled();
        ::_exit(isKept && staysDisabled ? 0 : 1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status));
    if (WEXITSTATUS(status) == NotLimited)
        QSKIP("This system, such as qemu's user mode, does not limit memory");
    QCOMPARE(WEXITSTATUS(status), 0);
#endif
}

// The engine may add failures in a private thread while the facade configures and reads the
// lockout.
void tst_LockoutMemory::isThreadSafe()
{
    constexpr quint32 Requests = 20'000;
    Lockout lockout; // with the real clock
    m_settings.isEnabled = true;
    m_settings.maximumEntries = 64;
    QVERIFY(!lockout.configure(m_settings));
    std::atomic<bool> isDone{false};
    std::thread engine([&] {
        for (quint32 i = 0; i < Requests; ++i) {
            const QByteArray address = ipv4(i / 4);
            const QByteArray password = QByteArray::number(i);
            const Lockout::Attempt attempt{address, "bob", password};
            if (lockout.isEnabled() && !lockout.refusalTime(attempt))
                lockout.addFailure(attempt);
            if (i % 8 == 0)
                lockout.addSuccess(attempt);
        }
        isDone = true;
    });
    qint64 events = 0;
    for (int i = 0; !isDone || lockout.hasEvents(); ++i) {
        m_settings.maximumEntries = 64 + i % 2;
        m_settings.isEnabled = isDone || i % 16 != 0;
        QVERIFY(!lockout.configure(m_settings));
        lockout.endLocks();
        QVERIFY(lockout.locked().size() <= 64);
        QVERIFY(lockout.lockedCount() <= 64);
        (void)lockout.release(*AddressRule::fromText(u"10.0.0.0/24"_s));
        (void)lockout.timeToNextEnd();
        while (lockout.takeEvent())
            ++events;
    }
    engine.join();
    QVERIFY(events > 0);
}

void tst_LockoutMemory::survivesASpray_data()
{
    QTest::addColumn<bool>("isIpv6");
    QTest::addColumn<int>("failures"); // for each address
    QTest::newRow("IPv4: one failure each") << false << 1;
    QTest::newRow("IPv4: each is locked") << false << 10;
    QTest::newRow("IPv6: one failure each") << true << 1;
}

// There are ten million failures in an optimized build, and fewer otherwise.
void tst_LockoutMemory::survivesASpray()
{
    QFETCH(const bool, isIpv6);
    QFETCH(const int, failures);
#ifdef QT_DEBUG
    constexpr quint32 Requests = 100'000;
#else
    constexpr quint32 Requests = 10'000'000;
#endif
    m_settings.maximumFailures = 10;
    enable();
    m_lockout->addSuccess({"192.0.2.1", "bob", "secret"});
    for (int i = 0; i < 9; ++i)
        fail("192.0.2.1", QByteArray::number(i));
    const qint64 before = allocatedBytes();
    std::array<char, 64> text;
    for (quint32 i = 0; i < Requests; ++i) {
        const quint32 number = i / static_cast<quint32>(failures);
        const int size =
            isIpv6 ? std::snprintf(text.data(), text.size(), "2001:%x:%x::1", number >> 16,
                                   number & 0xffff)
                   : std::snprintf(text.data(), text.size(), "10.%u.%u.%u", number >> 16 & 0xff,
                                   number >> 8 & 0xff, number & 0xff);
        const quint32 password = i % 10;
        m_lockout->addFailure({QByteArrayView(text.data(), size), "bob",
                               QByteArrayView(reinterpret_cast<const char *>(&password), 4)});
        s_now += i % 64 == 0; // 64,000 a second
    }
    QCOMPARE(allocatedBytes() - before, 0);
    QVERIFY(m_lockout->lockedCount() <= m_settings.maximumEntries);
    QCOMPARE(m_lockout->lockedCount() > 1000, failures == 10);
    // Failures of IPv6 addresses do not affect those of an IPv4 address.
    QCOMPARE(fail("192.0.2.1", "10"), isIpv6);
    // Failures never displace the credentials that have succeeded.
    QVERIFY(!refusalTime("192.0.2.1", "secret"));
}

QTEST_APPLESS_MAIN(tst_LockoutMemory)
#include "tst_lockoutmemory.moc"
