// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "backend.h"

#include <QZap/QZapCredentials>
#include <QZap/QZapReply>

#include <QtCore/qdir.h>
#include <QtGui/qclipboard.h>
#include <QtGui/qfontdatabase.h>
#include <QtGui/qguiapplication.h>

using namespace Qt::StringLiterals;

namespace {

// Returns the server's certificate, which is made when it is first needed.
std::optional<QZapCertificate> loadCertificate(const QDir &directory, QString *errorMessage)
{
    const QString name = u"server"_s;
    const QString file = directory.filePath(name + u".key_secret"_s);
    if (QFile::exists(file))
        return QZapCertificate::load(file, errorMessage);
    const QZapCertificate certificate = QZapCertificate::generate();
    if (!certificate.save(directory.path(), name, {}, errorMessage))
        return std::nullopt;
    return certificate;
}

} // namespace

std::unique_ptr<Backend> Backend::create(zmq::context_t &context, const Options &options,
                                         QString *errorMessage)
{
    std::unique_ptr<Backend> backend(new Backend);
    QDir directory(options.dataDirectory);
    if (options.demo) {
        const QTemporaryDir &demo = backend->m_demoDirectory.emplace();
        if (!demo.isValid()) {
            *errorMessage =
                u"No directory can be made in %1: %2"_s.arg(QDir::tempPath(), demo.errorString());
            return nullptr;
        }
        directory.setPath(demo.path());
    }
    if (!directory.mkpath(u"clients"_s)) {
        *errorMessage = u"%1 cannot be made"_s.arg(directory.filePath(u"clients"_s));
        return nullptr;
    }
    const auto certificate = loadCertificate(directory, errorMessage);
    if (!certificate)
        return nullptr;
    const QString users = directory.filePath(u"users"_s);
    if (options.demo)
        Demo::writeUsers(users);
    backend->m_theme = options.theme;
    backend->m_keys = std::make_unique<KeyDirectory>(directory.filePath(u"clients"_s));
    backend->m_users = std::make_unique<UserList>(users);
    backend->m_server =
        std::make_unique<ServerSockets>(context, *certificate, options.listenAddress, options.port);
    if (options.demo)
        backend->m_demo = std::make_unique<Demo>(*backend->m_server, *backend->m_keys);
    return backend;
}

Backend::~Backend() = default;

QString Backend::monospace() const
{
    return QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
}

// Guests may have any key: if a guest would be refused as well, the address is the reason, not the
// key.
bool Backend::lacksKey(const QZapAuthenticator *authenticator, const QString &address,
                       const QString &publicKey) const
{
    if (m_keys->contains(publicKey))
        return false;
    const QZapReply asGuest = authenticator->evaluate(m_server->guestsDomain(), address,
                                                      QZapCredentials::curve(publicKey.toLatin1()));
    return asGuest.status() != QZap::Status::AuthenticationFailure;
}

void Backend::copy(const QString &text) const
{
    QGuiApplication::clipboard()->setText(text);
}
