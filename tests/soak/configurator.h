// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONFIGURATOR_H
#define CONFIGURATOR_H

#include "dice.h"
#include "storefiles.h"
#include "zoo.h"

#include <QZap/QZapAuthenticator>

// Changes an authenticator's configuration at random.
class Configurator
{
public:
    Configurator(const StoreFiles &files, Zoo &zoo);

    // Configures the domains of the vault, which are never removed.
    void prepare(QZapAuthenticator *authenticator) const;
    void change(QZapAuthenticator *authenticator, Dice *dice) const;
    void changeProvider(QZapAuthenticator *authenticator, Dice *dice) const;
    // Corrects whatever prevents the start.
    void repair(QZapAuthenticator *authenticator) const;
    // Removes one of the vault's domains and adds it again; returns whether nobody was accepted
    // meanwhile.
    bool keepsOutWithoutDomain(QZapAuthenticator *authenticator, Dice *dice,
                               const QZapCredentials &mallory) const;
    // Returns whether a key is accepted in the vault exactly if a file currently contains it. For a
    // repaired authenticator.
    bool agreesWithFiles(const QZapAuthenticator &authenticator,
                         const QZapCertificate &certificate) const;

private:
    static void changeAddresses(QZapAuthenticator *authenticator, Dice *dice);
    static void changeLimits(QZapAuthenticator *authenticator, Dice *dice);
    void changePlain(QZapAuthenticator *authenticator, Dice *dice) const;
    void changeCurve(QZapAuthenticator *authenticator, Dice *dice) const;
    static void changeOthers(QZapAuthenticator *authenticator, Dice *dice);
    void changeDomain(QZapAuthenticator *authenticator, Dice *dice) const;
    void useRelativePath(QZapAuthenticator *authenticator, Dice *dice) const;
    static void clash(QZapAuthenticator *authenticator, Dice *dice);

    const StoreFiles &m_files;
    Zoo &m_zoo;
};

#endif // CONFIGURATOR_H
