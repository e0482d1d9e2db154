// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/loadnews.h"

#include <QtTest/qtest.h>

#include <new>

using namespace QZap::Internal;

class tst_LoadNews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheLastLoad();
    void keepsEachProblemOnce();
    void keepsTheLastProblems();
    void isAnnouncedOnceUntilTaken();
    void isAnnouncedAgainAfterAFailure();

private:
    LoadNews<int> m_news;
};

void tst_LoadNews::keepsTheLastLoad()
{
    for (int i = 0; i <= 1000; ++i)
        m_news.put(i);
    QCOMPARE(m_news.take().first, std::make_optional(1000));
    QVERIFY(!m_news.take().first);
}

void tst_LoadNews::keepsEachProblemOnce()
{
    for (int i = 0; i < 1000; ++i) {
        m_news.put(QStringLiteral("first"));
        m_news.put(QStringLiteral("second"));
    }
    QCOMPARE(m_news.take().second,
             QStringList({QStringLiteral("first"), QStringLiteral("second")}));
    QVERIFY(m_news.take().second.isEmpty());
}

void tst_LoadNews::keepsTheLastProblems()
{
    for (int i = 0; i < 1000; ++i)
        m_news.put(QString::number(i));
    const QStringList problems = m_news.take().second;
    QCOMPARE(problems.size(), ProblemList::Maximum);
    QCOMPARE(problems.constLast(), QStringLiteral("999"));
}

void tst_LoadNews::isAnnouncedOnceUntilTaken()
{
    int posts = 0;
    const auto post = [&posts] { return ++posts > 0; };
    for (int i = 1; i < 4; ++i) {
        m_news.announce(post);
        m_news.announce(post);
        QCOMPARE(posts, i);
        (void)m_news.take();
    }
}

void tst_LoadNews::isAnnouncedAgainAfterAFailure()
{
    int posts = 0;
    m_news.announce([] { return false; });
    QVERIFY_THROWS_EXCEPTION(std::bad_alloc,
                             m_news.announce([]() -> bool { throw std::bad_alloc(); }));
    m_news.announce([&posts] { return ++posts > 0; });
    QCOMPARE(posts, 1);
    (void)m_news.take();
}

QTEST_GUILESS_MAIN(tst_LoadNews)
#include "tst_loadnews.moc"
