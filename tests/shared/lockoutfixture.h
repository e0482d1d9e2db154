// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOCKOUTFIXTURE_H
#define LOCKOUTFIXTURE_H

#include "engine/lockout/lockout.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

#include <memory>
#include <optional>

// Contains a Lockout with a clock that the tests set.
class LockoutFixture
{
protected:
    // Creates a disabled lockout.
    void makeLockout()
    {
        s_now = 1'000'000;
        m_settings = {};
        m_settings.maximumFailures = 3;
        m_lockout = std::make_unique<QZap::Internal::Lockout>(clock);
    }
    static qint64 clock() { return s_now * 1'000'000; }
    void enable()
    {
        m_settings.isEnabled = true;
        QVERIFY(!m_lockout->configure(m_settings));
    }
    bool fail(const QByteArray &address, const QByteArray &password, const QByteArray &user = "bob")
    {
        return m_lockout->addFailure({address, user, password});
    }
    // Fails with different passwords until the address is locked.
    void lock(const QByteArray &address)
    {
        int failures = 1;
        while (!fail(address, QByteArray::number(failures)))
            QVERIFY(++failures <= m_settings.maximumFailures);
        QCOMPARE(failures, m_settings.maximumFailures);
    }
    std::optional<qint64> refusalTime(const QByteArray &address,
                                      const QByteArray &password = "secret") const
    {
        return m_lockout->refusalTime({address, "bob", password});
    }
    static QByteArray ipv4(quint32 number)
    {
        return "10." + QByteArray::number(number >> 16 & 0xff) + '.'
               + QByteArray::number(number >> 8 & 0xff) + '.' + QByteArray::number(number & 0xff);
    }

    static inline qint64 s_now = 0; // ms
    QZap::Internal::LockoutSettings m_settings;
    std::unique_ptr<QZap::Internal::Lockout> m_lockout;
};

#endif // LOCKOUTFIXTURE_H
