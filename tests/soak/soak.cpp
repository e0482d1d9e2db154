// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "soak.h"

#include "famine.h"
#include "pooltask.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qscopeguard.h>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

constexpr int ClientCount = 2;
constexpr int StepsBetweenSettlings = 200;
constexpr int SettlingsInALife = 4;
// After this time, a program hangs even on a slow machine.
constexpr auto Patience = 60s;

void turnEventLoop()
{
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

} // namespace

Soak::Soak(quint32 seed, Findings &findings)
    : m_findings(findings)
    , m_dice(seed)
    , m_files(m_people)
    , m_zoo([this](Dice *dice) { meddle(dice); })
    , m_configurator(m_files, m_zoo)
    , m_maker(m_people)
    , m_ledger(findings, m_gate,
               [this](const QByteArray &id) { return m_zoo.shelf().wasLetIn(id); })
    , m_crowd(m_context, m_people, findings)
{
    connectClients();
}

Soak::~Soak()
{
    endLife();
}

void Soak::run(QDeadlineTimer deadline)
{
    while (!deadline.hasExpired()) {
        Dice life(m_dice.seed());
        beginLife(&life);
        for (int i = 0; i < SettlingsInALife && !deadline.hasExpired(); ++i) {
            for (int j = 0; j < StepsBetweenSettlings; ++j) {
                // Each life has its own dice, so that lives do not affect each other.
                Dice dice(life.seed());
                m_findings.setStep(++m_steps);
                step(&dice);
                changed();
                if (dice.flip())
                    turnEventLoop();
                receive();
            }
            settle();
        }
        if (life.flip())
            step(&life); // the life may end during an operation
        endLife();
    }
}

void Soak::step(Dice *dice)
{
    const int choice = dice->below(100);
    if (choice < 35)
        askBySocket(dice);
    else if (choice < 50)
        askByCall(dice);
    else if (choice < 52)
        askAgain(dice);
    else if (choice < 66)
        m_configurator.change(m_authenticator.get(), dice);
    else if (choice < 73)
        m_configurator.changeProvider(m_authenticator.get(), dice);
    else if (choice < 78)
        m_files.edit(dice);
    else if (choice < 83)
        m_zoo.shelf().settleSome(dice);
    else if (choice < 85)
        startOn(m_zoo.pool(), [this, seed = dice->seed()] {
            Dice own(seed);
            m_zoo.shelf().settleSome(&own);
        });
    else if (choice < 90)
        runOrStop(dice);
    else if (choice < 91)
        evaluate(dice);
    else if (choice < 92)
        starve(dice);
    else if (choice < 94)
        listen();
    else if (choice < 95)
        askMany(dice);
    else if (m_hasCrowd)
        m_crowd.comeAndGo(dice);
}

void Soak::askBySocket(Dice *dice)
{
    for (int left = 1 + dice->below(4); left > 0; --left) {
        Question question = m_maker.make(dice);
        question.step = m_steps;
        m_ledger.ask(question);
        ++m_asked;
        ++m_askedSinceStop;
        m_clients.at(static_cast<size_t>(dice->below(ClientCount)))->send(question.frames);
    }
}

// Sends two requests with the same return path: the second replaces the first if that still waits.
void Soak::askAgain(Dice *dice)
{
    Question question = m_maker.make(dice);
    if (!question.isAnswerable)
        return;
    question.step = m_steps;
    m_ledger.ask(question);
    m_ledger.askAgain(question.id);
    m_asked += 2;
    m_askedSinceStop += 2;
    ZapClient &client = *m_clients.front();
    client.send(question.frames);
    client.send(question.frames);
}

void Soak::askByCall(Dice *dice)
{
    Question question = m_maker.make(dice);
    question.step = m_steps;
    ++m_asked;
    m_ledger.ask(question, m_authenticator->handleZapMessage(question.frames));
}

// Sends more requests than reports can be queued before any of them is reported.
void Soak::askMany(Dice *dice)
{
    if (!dice->oneIn(20))
        return;
    for (int i = 0; i < 11000; ++i)
        askByCall(dice);
}

void Soak::runOrStop(Dice *dice)
{
    switch (dice->below(4)) {
    case 0:
        m_authenticator->stop();
        break;
    case 1:
        m_authenticator->stop();
        m_authenticator->setWorkerThread(dice->flip());
        m_authenticator->start();
        break;
    default:
        m_authenticator->start();
        break;
    }
}

void Soak::evaluate(Dice *dice) const
{
    const QZapReply reply = m_authenticator->evaluate(
        QString::fromLatin1(QuestionMaker::vault()),
        QString::fromLatin1(dice->of(QuestionMaker::addresses())),
        dice->flip() ? QZapCredentials::plain(QStringLiteral("mallory"), People::Password)
                     : QZapCredentials::curve(m_people.mallory.publicKey()));
    m_findings.expect(reply.status() != QZap::Status::Success, "the vault would let mallory in");
    m_findings.expect(
        m_configurator.keepsOutWithoutDomain(m_authenticator.get(), dice,
                                             QZapCredentials::curve(m_people.mallory.publicKey())),
        "the vault opens when a domain goes");
}

// Checks that a lack of descriptors neither ends the process nor lets anybody in. It is skipped
// with a crowd, whose sockets are not protected.
void Soak::starve(Dice *dice)
{
    if (m_hasCrowd)
        return;
    m_zoo.pool().waitForDone(); // after this, its threads have started
    const QScopedValueRollback starving(m_isStarving, true);
    const Famine famine;
    if (dice->flip())
        m_configurator.change(m_authenticator.get(), dice);
    else
        m_authenticator->start();
    turnEventLoop();
    evaluate(dice);
}

void Soak::listen()
{
    if (m_listener)
        disconnect(m_listener);
    else
        m_listener = connect(m_authenticator.get(), &QZapAuthenticator::authenticated, this, [] {});
}

void Soak::meddle(Dice *dice)
{
    constexpr int Deepest = 3;
    if (m_depth >= Deepest)
        return;
    ++m_depth;
    const auto done = qScopeGuard([this] { --m_depth; });
    switch (dice->below(6)) {
    case 0:
        QCoreApplication::processEvents();
        break;
    case 1:
        if (!m_isStarving) // the clients would have to connect again
            m_authenticator->stop();
        break;
    case 2:
        if (!m_authenticator->usesWorkerThread())
            m_authenticator->start();
        break;
    case 3:
        askByCall(dice);
        break;
    case 4:
        m_configurator.change(m_authenticator.get(), dice);
        break;
    default:
        m_authenticator->setCredentialsProvider(QStringLiteral("lab"), nullptr);
        break;
    }
    changed();
}

void Soak::changed()
{
    m_gate.update(*m_authenticator, m_steps);
}

void Soak::beginLife(Dice *dice)
{
    ++m_lives;
    m_asked = m_askedSinceStop;
    m_answeredBefore = m_ledger.answerCount();
    // Peers of the previous life may still be connecting.
    const bool hadCrowd = m_hasCrowd;
    m_hasCrowd = dice->flip();
    m_mayHaveVisitors = m_hasCrowd || hadCrowd;
    m_authenticator = std::make_unique<QZapAuthenticator>(m_context);
    m_authenticator->setDecisionTimeout(100);
    m_authenticator->setWorkerThread(dice->flip());
    m_configurator.prepare(m_authenticator.get());
    m_tally = std::make_unique<Tally>(*m_authenticator, m_findings);
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [this](const QZapRequest &request, const QZapReply &reply) {
                m_ledger.tell(request, reply);
            });
    connect(m_authenticator.get(), &QZapAuthenticator::runningChanged, this, [this] {
        if (!m_authenticator->isRunning())
            stopped();
    });
    changed();
    if (dice->flip())
        m_findings.expect(m_authenticator->start(), "it does not start");
}

void Soak::endLife()
{
    if (!m_authenticator)
        return;
    m_accepted += m_authenticator->acceptedCount();
    m_refused += m_authenticator->rejectedCount();
    m_putOff += m_authenticator->temporaryCount();
    const bool wasRunning = m_authenticator->isRunning();
    m_tally.reset();
    m_authenticator.reset();
    m_ledger.collectFutures();
    m_findings.expect(m_ledger.futureCount() == 0, "futures outlived their authenticator");
    if (wasRunning)
        stopped();
    m_ledger.close(false);
}

// Called when all requests have been answered. Sockets of this process find the next handler only
// when they connect again.
void Soak::stopped()
{
    for (const auto &client : m_clients) {
        while (const auto reply = client->receive())
            m_ledger.answer(*reply);
    }
    if (m_ledger.openCount() > 0)
        m_findings.add(QStringLiteral("not answered at the end: ") + m_ledger.openOnes());
    connectClients();
}

void Soak::connectClients()
{
    m_clients.clear();
    for (int i = 0; i < ClientCount; ++i)
        m_clients.push_back(std::make_unique<ZapClient>(m_context));
    m_askedSinceStop = 0;
}

void Soak::receive()
{
    for (const auto &client : m_clients) {
        while (const auto reply = client->receive())
            m_ledger.answer(*reply);
    }
    m_ledger.collectFutures();
    m_crowd.receive();
}

// Waits until everything is finished, and compares the results.
void Soak::settle()
{
    m_configurator.repair(m_authenticator.get());
    m_files.finish();
    changed();
    m_findings.expect(m_authenticator->start(), "it does not start");
    waitFor("what the files say", [this] {
        return m_configurator.agreesWithFiles(*m_authenticator, m_people.alice)
               && m_configurator.agreesWithFiles(*m_authenticator, m_people.bob);
    });
    m_crowd.sendHome();
    m_zoo.pool().waitForDone();
    waitFor("the answers", [this] {
        m_authenticator->start(); // providers may have stopped it
        return m_ledger.openCount() == 0 && m_ledger.futureCount() == 0
               && m_authenticator->pendingCount() == 0 && m_tally->isComplete();
    });
    // These requests follow the repeated ones, to which an answer may still arrive.
    QByteArrayList last;
    for (const auto &client : m_clients) {
        const Question question = m_maker.makeSimple();
        last.append(question.id);
        m_ledger.ask(question);
        ++m_asked;
        client->send(question.frames);
    }
    waitFor("the end", [this, &last] {
        return m_ledger.wasTold(last.at(0)) && m_ledger.wasTold(last.at(1))
               && m_ledger.openCount() == 0 && m_authenticator->pendingCount() == 0
               && m_tally->isComplete();
    });
    m_tally->check();
    const qint64 answered = m_authenticator->acceptedCount() + m_authenticator->rejectedCount()
                            + m_authenticator->temporaryCount();
    const qint64 seen = m_ledger.answerCount() - m_answeredBefore;
    const qint64 taken = answered + m_authenticator->droppedCount();
    // The number of requests of real peers is not known.
    const bool addsUp = m_mayHaveVisitors ? seen <= answered && m_asked <= taken
                                          : seen == answered && m_asked == taken;
    if (!addsUp) {
        m_findings.add(QStringLiteral("%1 answers, %2 counted; %3 requests, %4 counted")
                           .arg(seen)
                           .arg(answered)
                           .arg(m_asked)
                           .arg(taken));
    }
    m_ledger.close(m_tally->isAllTold());
    m_zoo.shelf().clear();
}

void Soak::waitFor(const char *what, const std::function<bool()> &isTrue)
{
    const QDeadlineTimer deadline(Patience);
    while (!isTrue()) {
        if (deadline.hasExpired()) {
            m_findings.add(QStringLiteral("gave up waiting for %1; pending %2, open: %3")
                               .arg(QString::fromLatin1(what))
                               .arg(m_authenticator->pendingCount())
                               .arg(m_ledger.openOnes()));
            return;
        }
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
        turnEventLoop();
        receive();
    }
}

QString Soak::summary() const
{
    return QStringLiteral(
               "%1 steps, %2 authenticators; %3 accepted, %4 refused, %5 to try later; %6 "
               "messages of real peers")
        .arg(m_steps)
        .arg(m_lives)
        .arg(m_accepted)
        .arg(m_refused)
        .arg(m_putOff)
        .arg(m_crowd.receivedCount());
}
