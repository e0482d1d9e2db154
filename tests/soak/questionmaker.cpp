// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "questionmaker.h"

namespace {

// An address for its whole network, whose addresses are always allowed or denied together.
const QByteArray NetworkAddress = "fd00::1";

// Returns one of many addresses. They are in a few networks of each size to which limits apply.
QByteArray sprayedAddress(Dice *dice)
{
    return "fd00:0:" + QByteArray::number(dice->below(3), 16) + ':'
           + QByteArray::number(dice->below(0x10000), 16)
           + "::" + QByteArray::number(dice->below(0x10000), 16);
}

} // namespace

QByteArrayList QuestionMaker::addresses()
{
    return {"10.0.0.1", "10.0.0.2", "192.0.2.7", NetworkAddress, "127.0.0.1", "", "nowhere"};
}

Question QuestionMaker::start(const QByteArray &domain, const QByteArray &address,
                              const QByteArray &mechanism)
{
    Question question;
    question.id = "q" + QByteArray::number(++m_lastId);
    question.address = address;
    question.frames = {"1.0", question.id, domain, address, question.id, mechanism};
    return question;
}

Question QuestionMaker::makeSimple()
{
    return start("lab", "10.0.0.1", "NULL");
}

Question QuestionMaker::make(Dice *dice)
{
    const QByteArray domain = dice->of(domains());
    const QByteArray mechanism =
        dice->of(QByteArrayList{"NULL", "PLAIN", "PLAIN", "CURVE", "CURVE", "GSSAPI"});
    Question question = start(domain, dice->of(addresses()), mechanism);
    if (question.address == NetworkAddress && dice->flip())
        question.frames[3] = sprayedAddress(dice);
    addCredentials(&question, domain, dice);
    if (dice->oneIn(16))
        spoil(&question, dice);
    return question;
}

void QuestionMaker::addCredentials(Question *question, const QByteArray &domain, Dice *dice) const
{
    const QByteArray mechanism = question->frames.at(5);
    const bool isVault = domain == vault();
    bool isKnown = true;
    if (mechanism == "PLAIN") {
        const QByteArray name = dice->of(QByteArrayList{"alice", "carol", "mallory"});
        const QByteArray password = dice->oneIn(4) ? "guess" : People::Password;
        isKnown = name != "mallory" && password == People::Password;
        question->frames << name << password;
    } else if (mechanism == "CURVE") {
        const QZapCertificate &key = *dice->of({&m_people.alice, &m_people.bob, &m_people.mallory});
        isKnown = domain == anyKey() || key != m_people.mallory;
        question->frames << key.publicKey();
    } else if (mechanism == "GSSAPI") {
        question->frames << "alice@EXAMPLE.ORG"; // the domain * may apply
    } else {
        isKnown = !isVault;
    }
    question->isIntruder = !isKnown;
    question->isShutOut = !isKnown && isVault;
}

void QuestionMaker::spoil(Question *question, Dice *dice)
{
    question->isMalformed = true;
    question->isShutOut = true;
    switch (dice->below(6)) {
    case 0:
        question->frames.first() = "2.0";
        break;
    case 1:
        question->frames.removeLast();
        break;
    case 2:
        question->frames.append("surplus");
        break;
    case 3:
        question->frames[2] = "a\nb";
        break;
    case 4:
        question->frames[5] = "CURVEBALL";
        break;
    default:
        question->frames = {"1.0"};
        question->isAnswerable = false;
        question->id.clear();
        break;
    }
}
