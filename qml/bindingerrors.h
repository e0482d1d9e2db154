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

// Detects failed bindings of an object: the property then keeps its default, which may let in peers
// that the binding was to refuse. The engine reports failures when all objects are complete, which
// takes several turns of the event loop if objects are created incrementally, as by an asynchronous
// Loader, or if a handler of Component.onCompleted runs an event loop. (An event loop that C++ runs
// in a componentComplete() of its own cannot be detected.) For a binding that threw an exception,
// the engine does not report the object: each object that is being created is treated as the failed
// one.
class BindingErrors : public QObject
{
    Q_OBJECT

public:
    enum class When { Creation, Later };
    using Handler = std::function<void(When when, const QString &problem)>;

    explicit BindingErrors(QObject *watched, Handler handler);
    ~BindingErrors() override;

    // Errors in the bindings of a grouped property are treated as errors of the object.
    void setGroup(const QObject *group) { m_group = group; }

    // Called from the functions of QQmlParserStatus.
    void begin();
    void complete();

    // Returns whether JavaScript code that was called after completion, such as
    // Component.onCompleted, is running.
    bool isInHandler() const;

    // Returns whether the engine may have errors that it has not reported yet. No signal announces
    // that it has reported them.
    bool areToCome();
    static constexpr std::chrono::milliseconds AskingInterval{10};

    // Prints a warning with the location of the object in QML. Not used for errors that the engine
    // has reported.
    static void warn(const QObject *object, const QString &text);

private:
    void hear(const QList<QQmlError> &errors);
    bool isMeant(const QQmlError &error) const;
    bool isIncubating();
    void leaveCreation();

    QObject *m_watched;
    const QObject *m_group = nullptr;
    Handler m_handler;
    When m_when = When::Creation;
    bool m_isIncubating = false;
    qsizetype m_callDepth = 0; // at completion
};

} // namespace QZap::Internal

#endif // QZAP_QML_BINDINGERRORS_H
