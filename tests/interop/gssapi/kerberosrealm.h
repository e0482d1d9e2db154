// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef KERBEROSREALM_H
#define KERBEROSREALM_H

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtemporarydir.h>

#include <optional>
#include <utility>

// A private Kerberos realm: database, keytab, ticket cache and a running KDC, in a temporary folder
// and on a free loopback port.
class KerberosRealm
{
public:
    KerberosRealm() = default;
    ~KerberosRealm() { stop(); }
    KerberosRealm(const KerberosRealm &) = delete;
    KerberosRealm &operator=(const KerberosRealm &) = delete;

    // Creates the realm and its principals, and sets the environment of this process to use them:
    // call it before threads that use Kerberos are started. On failure, returns false and sets
    // errorString().
    bool start(const QStringList &names);
    void stop();
    QString errorString() const { return m_errorString; }

    // Returns the full name of a principal of the realm.
    static QString principal(const QString &name);

private:
    void setEnvironment();
    bool createDatabase();
    bool addPrincipals(const QStringList &names);
    bool startKdc();
    bool tryPort(quint16 port);
    bool writeConfiguration(quint16 port);
    bool run(const QString &program, const QStringList &arguments, const QByteArray &input = {});
    bool fail(const QString &error);
    QString path(const QString &name) const { return m_directory->filePath(name); }

    std::optional<QTemporaryDir> m_directory;
    QProcess m_kdc;
    QString m_errorString;
    QList<std::pair<QByteArray, std::optional<QByteArray>>> m_previousEnvironment;
};

#endif // KERBEROSREALM_H
