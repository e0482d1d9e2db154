// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SOAK_H
#define SOAK_H

#include "configurator.h"
#include "crowd.h"
#include "dice.h"
#include "findings.h"
#include "gate.h"
#include "ledger.h"
#include "questionmaker.h"
#include "tally.h"
#include "zoo.h"

#include "zapclient.h"

#include <QtCore/qdeadlinetimer.h>

#include <memory>
#include <vector>

// Performs random valid operations on one authenticator after another, and checks invariants.
class Soak : public QObject
{
    Q_OBJECT

public:
    Soak(quint32 seed, Findings &findings);
    ~Soak() override;

    void run(QDeadlineTimer deadline);
    QString summary() const;

private:
    void step(Dice *dice);
    void askBySocket(Dice *dice);
    void askAgain(Dice *dice);
    void askByCall(Dice *dice);
    void askMany(Dice *dice);
    void runOrStop(Dice *dice);
    void evaluate(Dice *dice) const;
    void starve(Dice *dice);
    void listen();
    // Performs an operation within a call of a provider.
    void meddle(Dice *dice);
    void changed();

    void beginLife(Dice *dice);
    void endLife();
    void stopped();
    void connectClients();
    void receive();
    void settle();
    void waitFor(const char *what, const std::function<bool()> &isTrue);

    Findings &m_findings;
    Dice m_dice;
    const People m_people;
    StoreFiles m_files;
    zmq::context_t m_context;
    Zoo m_zoo;
    const Configurator m_configurator;
    QuestionMaker m_maker;
    Gate m_gate;
    Ledger m_ledger;
    Crowd m_crowd;
    std::vector<std::unique_ptr<ZapClient>> m_clients;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<Tally> m_tally;
    QMetaObject::Connection m_listener;

    bool m_hasCrowd = false;        // of real peers, whose requests are not known
    bool m_mayHaveVisitors = false; // peers of an earlier authenticator may still connect
    qint64 m_asked = 0;             // of the current authenticator
    qint64 m_askedSinceStop = 0;    // by the current sockets
    qint64 m_answeredBefore = 0;    // by earlier authenticators
    bool m_isStarving = false;      // no descriptor is left
    int m_depth = 0;                // of event loops in providers
    qint64 m_steps = 0;
    int m_lives = 0;
    qint64 m_accepted = 0;
    qint64 m_refused = 0;
    qint64 m_putOff = 0;
};

#endif // SOAK_H
