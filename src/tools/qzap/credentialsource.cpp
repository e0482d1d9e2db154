// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentialsource.h"

#include "storeoptions.h"

#include <QZap/qzappasswordfile.h>

#include "credentials/certificates/certificateload.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/feeds/storeentry.h"
#include "credentials/files/directoryreader.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"
#include "credentials/keys/keylistline.h"
#include "credentials/passwords/passwordfileline.h"
#include "credentials/passwords/passwordfileparser.h"
#include "credentials/stores/passwordstore.h"

#include <algorithm>
#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaximumSize =
    std::max({MaximumCertificateSize, MaximumKeyListSize, MaximumPasswordFileSize});

void addField(SqlCredential *credential, QByteArrayView name, QByteArrayView value)
{
    // It is stored as the time of expiry.
    if (!resemblesNotAfter(name))
        credential->fields.insert(QString::fromUtf8(name), QString::fromUtf8(value));
}

} // namespace

CredentialSource::CredentialSource(const QString &path, FileKind kind, const Settings &settings)
    : m_path(path)
    , m_kind(kind)
    , m_settings(settings)
{ }

QList<Problem> CredentialSource::read(const Take &take, const HashOf &hashOf)
{
    m_take = take;
    m_hashOf = hashOf;
    m_problems = {};
    if (m_kind == FileKind::Directory) {
        readDirectory();
        return m_problems.problems(m_path);
    }
    const FileRead read = readFile(m_path, MaximumSize);
    if (!read.isOk())
        return {read.problem};
    switch (m_kind) {
    case FileKind::Certificate:
        readCertificate(read, m_path);
        break;
    case FileKind::KeyList:
        readKeyList(read.contents.view());
        break;
    case FileKind::Passwords:
        readPasswords(read.contents.view());
        break;
    case FileKind::Directory:
    case FileKind::Unknown:
        break;
    }
    return m_problems.problems(m_path);
}

void CredentialSource::report(const Problem &problem)
{
    m_problems.add([&] { return problem; });
}

void CredentialSource::readDirectory()
{
    const KeyLoad load = loadKeyDirectory(m_path, {});
    const auto directory = DirectoryReader::make(m_path);
    if (!load.keys || directory->open() != 0)
        return report({u"cannot be read"_s, m_path});
    for (const Problem &error : load.errors)
        report(error);
    // A key that several files contain is that of the first.
    load.keys->visitOwn([&](QByteArrayView key, const KeyStore::Match *) {
        const QByteArray name = load.keys->originOf(key).fileName.toByteArray();
        const FileRead read = directory->read(name, MaximumCertificateSize);
        readCertificate(read, directory->pathOf(name));
    });
}

void CredentialSource::readCertificate(const FileRead &read, const QString &file)
{
    const CertificateLoad load = parseCertificateFile(read, file);
    for (const Problem &error : load.errors)
        report(error);
    if (!load.certificate)
        return;
    SqlCredential credential;
    credential.id.key = load.certificate->publicKeyView().toByteArray();
    for (const CertificateField &field : load.certificate->metadata)
        addField(&credential, field.name, field.value);
    if (load.certificate->notAfter)
        credential.notAfter = StoreOptions::timeOf(*load.certificate->notAfter);
    takeKey(std::move(credential), file, 0);
}

void CredentialSource::readKeyList(QByteArrayView contents)
{
    LineReader lines(contents);
    KeyListLine line;
    while (lines.next()) {
        switch (line.parse(lines.line(), true)) {
        case KeyListLine::Kind::Blank:
            break;
        case KeyListLine::Kind::Bad:
            report({line.problem().what, m_path, lines.number()});
            break;
        case KeyListLine::Kind::Key: {
            SqlCredential credential;
            credential.id.key = QByteArrayView(line.key(), CurveKeySize).toByteArray();
            credential.userId = QString::fromUtf8(line.userId());
            for (const KeyListLine::Field &field : line.fields())
                addField(&credential, field.name, field.value);
            if (line.notAfter() != KeyStore::Never)
                credential.notAfter = StoreOptions::timeOf(line.notAfter());
            takeKey(std::move(credential), m_path, lines.number());
            break;
        }
        }
    }
}

void CredentialSource::takeKey(SqlCredential credential, const QString &file, int line)
{
    credential.id.kind = SqlCredential::Kind::Curve;
    credential.id.domain = m_settings.domain;
    if (!m_settings.userIdField.isEmpty() && credential.fields.contains(m_settings.userIdField))
        credential.userId = credential.fields.value(m_settings.userIdField).toString();
    const Result<StoreEntry> entry =
        StoreEntry::ofKey(credential.id.key, credential.userId, credential.fields.toVariantMap(),
                          credential.notAfter);
    const Problem problem = entry ? m_take(credential, false) : entry.problem();
    if (problem)
        report({problem.what, file, line});
}

void CredentialSource::readPasswords(QByteArrayView contents)
{
    LineReader lines(contents);
    PasswordFileLine line(DefaultMaximumHashMemory);
    while (lines.next()) {
        SqlCredential credential;
        switch (line.parse(lines.line())) {
        case PasswordFileLine::Kind::Blank:
            break;
        case PasswordFileLine::Kind::Bad:
            report({line.problem().what, m_path, lines.number()});
            break;
        case PasswordFileLine::Kind::Locked:
            credential.id.name = QString::fromUtf8(line.user());
            takeUser(credential, true, lines.number());
            break;
        case PasswordFileLine::Kind::Entry:
            // The list of users shows names, and what follows the colon may be a password.
            if (line.user().contains(':')) {
                report({u"the user name contains a colon, as lines of other programs do; write "
                        "name=password, or add the user with qzap store add"_s,
                        m_path, lines.number()});
                break;
            }
            credential.id.name = QString::fromUtf8(line.user());
            credential.hash = line.isHashed() ? line.password().toByteArray()
                                              : hashOf(credential.id.name, line.password());
            if (credential.hash.isEmpty())
                report({u"cannot be hashed: there is not enough memory"_s, m_path, lines.number()});
            else
                takeUser(credential, false, lines.number());
            break;
        }
    }
}

QByteArray CredentialSource::hashOf(const QString &user, QByteArrayView password) const
{
    QByteArray stored = m_hashOf(user);
    if (!stored.isEmpty() && PasswordHash::verify(stored, password) == PasswordHash::Match::Same)
        return stored;
    // This is a view, so that there is no copy of the password.
    return QZapPasswordFile::hash(QByteArray::fromRawData(password.data(), password.size()),
                                  m_settings.hashMemory);
}

void CredentialSource::takeUser(SqlCredential credential, bool isLocked, int line)
{
    credential.id.kind = SqlCredential::Kind::Plain;
    credential.id.domain = m_settings.domain;
    Problem problem = PasswordStore::userNameProblem(credential.id.name.toUtf8());
    if (!problem && !isLocked) {
        const Result<StoreEntry> entry =
            StoreEntry::ofUser(credential.id.name, credential.hash, {}, credential.notAfter);
        if (!entry)
            problem = entry.problem();
    }
    if (!problem)
        problem = m_take(credential, isLocked);
    if (problem)
        report({problem.what, m_path, line});
}
