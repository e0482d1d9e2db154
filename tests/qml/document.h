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

// A QML document named Main.qml, whose root object is made of the text, and what the engine says of
// it. Its imports stand in the first line, where the text begins. Types of the folder can be used.
// A helper has the name "helper" in it.
class Document
{
public:
    explicit Document(const QByteArray &text, const QString &folder = QStringLiteral("/nowhere"),
                      QObject *helper = nullptr);
    ~Document();
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;

    // Null where it cannot be made; the warnings say why.
    QObject *root() const { return m_root.get(); }
    // The object of that id, which has to be a property of the root as well.
    template <typename T>
    T *object(const char *property) const
    {
        return m_root ? m_root->property(property).value<T *>() : nullptr;
    }
    // The root, or its property of that name.
    QZapAuthenticator *authenticator(const char *property = "auth") const;
    // In the scope of the root.
    QVariant evaluate(const QString &expression);
    void destroy() { m_root.reset(); }
    QQmlEngine &engine() { return m_engine; }

    // As in "Main.qml:5: text".
    QStringList warnings() const { return m_warnings; }
    QStringList takeWarnings() { return std::exchange(m_warnings, {}); }

    // The status of the reply to a request: "200".
    static QByteArray ask(QZapAuthenticator *authenticator, const QByteArray &mechanism = "NULL",
                          const QByteArrayList &credentials = {}, const QByteArray &domain = "test",
                          const QByteArray &address = "127.0.0.1");

private:
    QQmlEngine m_engine;
    QStringList m_warnings;
    std::unique_ptr<QObject> m_root;
};

#endif // DOCUMENT_H
