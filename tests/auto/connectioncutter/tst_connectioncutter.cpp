// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/connectioncutter.h"

#include <QtCore/qtemporaryfile.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_LINUX
#    include <fcntl.h>
#    include <netinet/in.h>
#    include <sys/socket.h>
#    include <sys/wait.h>
#    include <unistd.h>
#endif

using namespace QZap::Internal;

// Ends the connection that is meant, and touches nothing else.
class tst_ConnectionCutter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void identifiesByEndpoint_data();
    void identifiesByEndpoint();
    void endsAConnection();
    void sparesOthers_data();
    void sparesOthers();
    void keepsLocksOfFiles();

private:
    ConnectionCutter m_cutter;
};

void tst_ConnectionCutter::initTestCase()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    QVERIFY(ConnectionCutter::isSupported());
    QVERIFY(!m_cutter.open());
}

#ifdef Q_OS_LINUX

namespace {

// Two sockets that are connected to each other.
struct Pair
{
    Pair()
    {
        int ends[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
            qFatal("no sockets");
        near = FileDescriptor(ends[0]);
        far = FileDescriptor(ends[1]);
    }
    quint64 number() const
    {
        quint64 cookie = 0;
        socklen_t size = sizeof cookie;
        ::getsockopt(near.get(), SOL_SOCKET, SO_COOKIE, &cookie, &size);
        return cookie;
    }
    bool isConnected() const
    {
        char byte;
        return ::recv(far.get(), &byte, 1, MSG_PEEK) < 0; // nothing has arrived, not even an end
    }

    FileDescriptor near;
    FileDescriptor far;
};

// Returns whether another process could lock the file.
bool canOthersLock(int descriptor)
{
    const pid_t child = ::fork();
    if (child == 0) {
        struct flock lock = {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        const bool isFree = ::fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
        ::_exit(isFree ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

void tst_ConnectionCutter::identifiesByEndpoint_data()
{
    QTest::addColumn<QByteArray>("endpoint"); // in which PORT is that of the socket
    QTest::addColumn<bool>("isIdentified");
    QTest::newRow("the same") << QByteArray("tcp://[::1]:PORT") << true;
    QTest::newRow("the name of a zone") << QByteArray("tcp://[::1%lo]:PORT") << true;
    QTest::newRow("the number of a zone") << QByteArray("tcp://[::1%1]:PORT") << true;
    QTest::newRow("another port") << QByteArray("tcp://[::1]:1PORT") << false;
    QTest::newRow("another address") << QByteArray("tcp://[::2]:PORT") << false;
    QTest::newRow("another address in a zone") << QByteArray("tcp://[::2%lo]:PORT") << false;
    QTest::newRow("another transport") << QByteArray("ipc://[::1]:PORT") << false;
}

void tst_ConnectionCutter::identifiesByEndpoint()
{
    QFETCH(QByteArray, endpoint);
    QFETCH(const bool, isIdentified);

    const FileDescriptor socket(::socket(AF_INET6, SOCK_STREAM, 0));
    sockaddr_in6 address = {};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    socklen_t size = sizeof address;
    if (::bind(socket.get(), reinterpret_cast<sockaddr *>(&address), size) != 0)
        QSKIP("there is no IPv6");
    QCOMPARE(::getsockname(socket.get(), reinterpret_cast<sockaddr *>(&address), &size), 0);
    endpoint.replace("PORT", QByteArray::number(ntohs(address.sin6_port)));
    QCOMPARE(ConnectionCutter::identify(socket.get(), endpoint).has_value(), isIdentified);
}

void tst_ConnectionCutter::endsAConnection()
{
    const Pair pair;
    QVERIFY(pair.isConnected());
    QCOMPARE(m_cutter.cut(pair.near.get(), pair.number(), [] { return true; }),
             ConnectionCutter::Outcome::Ended);
    QVERIFY(!pair.isConnected());
}

void tst_ConnectionCutter::sparesOthers_data()
{
    QTest::addColumn<int>("numberOffset");
    QTest::addColumn<bool>("isCurrent");
    QTest::newRow("another number") << 1 << true;
    QTest::newRow("no longer the current one") << 0 << false;
}

void tst_ConnectionCutter::sparesOthers()
{
    QFETCH(const int, numberOffset);
    QFETCH(const bool, isCurrent);

    const Pair pair;
    const quint64 number = pair.number() + static_cast<quint64>(numberOffset);
    QCOMPARE(m_cutter.cut(pair.near.get(), number, [isCurrent] { return isCurrent; }),
             ConnectionCutter::Outcome::Gone);
    QVERIFY(pair.isConnected());
    QCOMPARE(m_cutter.cut(-1, number, [] { return true; }), ConnectionCutter::Outcome::Gone);
}

// The number of a closed connection's descriptor is that of a file by now. POSIX takes the locks of
// a process on a file away when it closes any of its descriptors of it.
void tst_ConnectionCutter::keepsLocksOfFiles()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    QCOMPARE(::fcntl(file.handle(), F_SETLK, &lock), 0);
    QVERIFY(!canOthersLock(file.handle()));
    QCOMPARE(m_cutter.cut(file.handle(), 1, [] { return true; }), ConnectionCutter::Outcome::Gone);
    QVERIFY(!canOthersLock(file.handle()));
}

#else

void tst_ConnectionCutter::identifiesByEndpoint_data() { }
void tst_ConnectionCutter::identifiesByEndpoint() { }
void tst_ConnectionCutter::endsAConnection() { }
void tst_ConnectionCutter::sparesOthers_data() { }
void tst_ConnectionCutter::sparesOthers() { }
void tst_ConnectionCutter::keepsLocksOfFiles() { }

#endif

QTEST_GUILESS_MAIN(tst_ConnectionCutter)
#include "tst_connectioncutter.moc"
