// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_QML_BINDINGERRORS_H
#define QZAP_QML_BINDINGERRORS_H

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtQml/qqmlerror.h>

#include <chrono>
#include <functional>

namespace QZap::Internal {

// Hears of the bindings of an object that fail: a property has its default then, and that may be
// open where the binding meant to close. The engine tells of them when all objects are complete,
// which is turns later where some are made step by step, as an asynchronous Loader does, or where
// a handler of Component.onCompleted runs an event loop. (Not noticed is one that C++ runs in a
// componentComplete() of its own: nothing tells of that.) Of which object a binding was that threw
// an exception, it does not tell: each that is being made is taken for it.
class BindingErrors : public QObject
{
    Q_OBJECT

public:
    enum class When { Creation, Later };
    using Handler = std::function<void(When when, const QString &problem)>;

    explicit BindingErrors(QObject *watched, Handler handler);
    ~BindingErrors() override;

    // From the functions of QQmlParserStatus.
    void begin();
    void complete();

    // Whether JavaScript is running that has begun since completion, such as Component.onCompleted.
    bool isInHandler() const;

    // Whether the engine may know of errors, of whatever object, that it has not told of. There is
    // no signal for the end.
    bool areToCome();
    static constexpr std::chrono::milliseconds AskingInterval{10};

    // A warning at the place in QML where the object stands. Not for what the engine has told of.
    static void warn(const QObject *object, const QString &text);

private:
    void hear(const QList<QQmlError> &errors);
    bool isMeant(const QQmlError &error) const;
    bool isIncubating();
    void leaveCreation();

    QObject *m_watched;
    Handler m_handler;
    When m_when = When::Creation;
    bool m_isIncubating = false;
    qsizetype m_callDepth = 0; // at completion
};

} // namespace QZap::Internal

#endif // QZAP_QML_BINDINGERRORS_H
