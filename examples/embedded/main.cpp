// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A server for a device without a display: Rules.qml declares which peers may send to it. The
// arguments are an endpoint and, before it, a folder with that file, server.key_secret and the
// files that the rules name.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>

#include <zmq.hpp>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

int fail(const QString &message)
{
    qCritical().noquote() << message;
    return 1;
}

void print(zmq::socket_t &socket)
{
    zmq::message_t message;
    if (socket.recv(message, zmq::recv_flags::dontwait)) {
        // The text of the peer is printed in quotes, with control characters escaped.
        qInfo() << message.gets("User-Id") << "says" << QString::fromStdString(message.to_string());
    }
}

} // namespace

int main(int argc, char *argv[])
try {
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QDir folder(arguments.value(1, u"/etc/embedded"_s));
    const QString endpoint = arguments.value(2, u"tcp://*:5555"_s);

    zmq::context_t context;
    if (!QZap::setDefaultContext(context)) // before the rules are loaded
        return 1;
    QQmlEngine engine;
    engine.addImportPath(QStringLiteral(QZAP_QML_IMPORT_PATH));
    QQmlComponent document(&engine, QUrl::fromLocalFile(folder.filePath(u"Rules.qml"_s)));
    const std::unique_ptr<QObject> rules(document.isReady() ? document.create() : nullptr);
    const auto *const authenticator = qobject_cast<QZapAuthenticator *>(rules.get());
    if (!authenticator || !authenticator->isRunning())
        return fail(authenticator ? authenticator->errorString() : document.errorString());

    QString error;
    const auto key = QZapCertificate::load(folder.filePath(u"server.key_secret"_s), &error);
    zmq::socket_t socket(context, zmq::socket_type::pull);
    if (!key || !QZap::secureCurve(socket, u"telemetry"_s, *key))
        return fail(error);
    socket.bind(endpoint.toStdString());
    QZapSocketNotifier notifier(socket);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, [&socket] { print(socket); });
    qInfo() << "Bound to" << socket.get(zmq::sockopt::last_endpoint).c_str();
    return QCoreApplication::exec();
} catch (const zmq::error_t &error) {
    return fail(QString::fromLocal8Bit(error.what()));
}
