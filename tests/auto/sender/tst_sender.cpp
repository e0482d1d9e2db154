// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/sender.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_Sender : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void distinguishesSenders_data();
    void distinguishesSenders();
};

void tst_Sender::distinguishesSenders_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<bool>("isSameAddress");
    QTest::addColumn<bool>("isSameGroup");
    const auto row = [](const char *title, const QByteArray &first, const QByteArray &second,
                        bool isSameAddress, bool isSameGroup) {
        QTest::newRow(title) << first << second << isSameAddress << isSameGroup;
    };

    row("IPv4: the same", "10.0.0.1", "10.0.0.1", true, false);
    row("IPv4: neighbours", "10.0.0.1", "10.0.0.2", false, false);
    row("IPv4 in IPv6: neighbours", "::ffff:10.0.0.1", "::ffff:10.0.0.2", false, false);
    row("IPv6: one /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff::", true, true);
    row("IPv6: one /48", "2001:db8:1:2::1", "2001:db8:1:3::1", false, true);
    row("IPv6: two /48", "2001:db8:1::1", "2001:db8:2::1", false, false);
    row("link-local: one link", "fe80::1%eth0", "fe80::2%eth0", false, true);
    row("link-local: two links", "fe80::1%eth0", "fe80::1%wlan0", false, false);
    row("link-local: the same", "fe80::1%eth0", "fe80::1%eth0", true, true);
    row("link-local: the last of fe80::/10", "febf::1%eth0", "febf::2%eth0", false, true);
    row("IPC: one process", "localhost:1000:100:7", "localhost:1000:100:7", true, true);
    row("IPC: one user", "localhost:1000:100:7", "localhost:1000:100:8", false, true);
    row("IPC: one user, two groups", "localhost:1000:100:7", "localhost:1000:101:8", false, true);
    row("IPC: two users", "localhost:1000:100:7", "localhost:1001:100:7", false, false);
    row("no address", "rubbish", "rubbish", true, false);
    row("two that are no address", "rubbish", "nonsense", false, false);
}

void tst_Sender::distinguishesSenders()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    QFETCH(const bool, isSameAddress);
    QFETCH(const bool, isSameGroup);
    const Sender one = Sender::of(first);
    const Sender other = Sender::of(second);
    QCOMPARE(one.address == other.address, isSameAddress);
    QCOMPARE(!one.group.isEmpty() && one.group == other.group, isSameGroup);
}

QTEST_GUILESS_MAIN(tst_Sender)
#include "tst_sender.moc"
