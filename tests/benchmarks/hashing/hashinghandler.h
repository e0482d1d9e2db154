// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HASHINGHANDLER_H
#define HASHINGHANDLER_H

#include "handlers/qzaphandler.h"
#include "hashing/userfiles.h"

// QZapAuthenticator with a domain for each of the password files.
class HashingHandler : public QZapHandler
{
public:
    static constexpr char PlainDomain[] = "plain";
    static constexpr char HashedDomain[] = "hashed";
    static constexpr char ColdDomain[] = "cold";

    HashingHandler(const UserFiles &files, Cores cores)
        : QZapHandler(Variant::Plain, cores)
        , m_files(files)
    { }

protected:
    bool configure(QZapAuthenticator *authenticator, const Fixture &fixture) override;

private:
    const UserFiles &m_files;
};

#endif // HASHINGHANDLER_H
