// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "zapclient.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qqmlengine.h>

#include <memory>

// A QML document Main.qml whose root object is created from a text, and the engine's warnings. The
// imports are inserted on the first line, before the text. The types of the folder can be used. A
// helper is available as "helper".
class Document
{
public:
    explicit Document(const QByteArray &text, const QString &folder = QStringLiteral("/nowhere"),
                      QObject *helper = nullptr);
    ~Document();
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;

    // Returns null if the object cannot be created; the warnings contain the reason.
    QObject *root() const { return m_root.get(); }
    // Returns the object with that id, which must also be a property of the root.
    template <typename T>
    T *object(const char *property) const
    {
        return m_root ? m_root->property(property).value<T *>() : nullptr;
    }
    // Returns the root, or its property with that name.
    QZapAuthenticator *authenticator(const char *property = "auth") const;
    // Evaluates an expression in the scope of the root.
    QVariant evaluate(const QString &expression);
    void destroy() { m_root.reset(); }
    QQmlEngine &engine() { return m_engine; }

    // Returns warnings such as "Main.qml:5: text".
    QStringList warnings() const { return m_warnings; }
    QStringList takeWarnings() { return std::exchange(m_warnings, {}); }

    // Returns the status of the reply to a request, such as "200".
    static QByteArray ask(QZapAuthenticator *authenticator, const QByteArray &mechanism = "NULL",
                          const QByteArrayList &credentials = {}, const QByteArray &domain = "test",
                          const QByteArray &address = "127.0.0.1");

private:
    QQmlEngine m_engine;
    QStringList m_warnings;
    std::unique_ptr<QObject> m_root;
};

#endif // DOCUMENT_H
