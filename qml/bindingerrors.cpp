// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "bindingerrors.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlincubator.h>
#include <QtQml/qqmlinfo.h>

#include <algorithm>
#include <utility>

namespace QZap::Internal {

namespace {

// Set while a warning is being forwarded to or from the engine: such a warning is not reported
// again.
thread_local bool isTelling = false;

// Returns the instances whose objects are being created.
QSet<const BindingErrors *> &inCreation()
{
    static thread_local QSet<const BindingErrors *> all;
    return all;
}

// Returns how many JavaScript functions are running, including those that wait for an event loop.
qsizetype callDepth(QJSEngine *engine)
{
    // The stack has a line for each function, after the line of the expression itself.
    return engine->evaluate(QStringLiteral("new Error().stack")).toString().count(u'\n');
}

} // namespace

BindingErrors::BindingErrors(QObject *watched, Handler handler)
    : m_watched(watched)
    , m_handler(std::move(handler))
{ }

BindingErrors::~BindingErrors()
{
    inCreation().remove(this);
}

void BindingErrors::begin()
{
    const QQmlEngine *const engine = qmlEngine(m_watched);
    if (!engine)
        return;
    inCreation().insert(this);
    connect(engine, &QQmlEngine::warnings, this, &BindingErrors::hear);
}

void BindingErrors::complete()
{
    (void)isIncubating(); // remembers the state in the step that completes it
    if (QQmlEngine *const engine = qmlEngine(m_watched))
        m_callDepth = callDepth(engine);
    // Errors of the creation are reported when all of its objects are complete, before the next
    // event.
    QMetaObject::invokeMethod(this, &BindingErrors::leaveCreation, Qt::QueuedConnection);
}

bool BindingErrors::areToCome()
{
    const QQmlEngine *const engine = qmlEngine(m_watched);
    const auto isOfEngine = [engine](const BindingErrors *other) {
        return qmlEngine(other->m_watched) == engine;
    };
    const QSet<const BindingErrors *> &all = inCreation();
    return isIncubating() || std::any_of(all.begin(), all.end(), isOfEngine);
}

bool BindingErrors::isIncubating()
{
    const QQmlEngine *const engine = qmlEngine(m_watched);
    // If the controller was destroyed, the objects that it was creating remain incomplete.
    if (const auto *const controller = engine ? engine->incubationController() : nullptr)
        m_isIncubating = controller->incubatingObjectCount() > 0;
    return m_isIncubating;
}

bool BindingErrors::isInHandler() const
{
    QQmlEngine *const engine = qmlEngine(m_watched);
    return engine && callDepth(engine) > m_callDepth;
}

void BindingErrors::leaveCreation()
{
    if (isIncubating() || isInHandler()) {
        QTimer::singleShot(AskingInterval, this, &BindingErrors::leaveCreation);
        return;
    }
    m_when = When::Later;
    inCreation().remove(this);
}

void BindingErrors::warn(const QObject *object, const QString &text)
{
    if (isTelling)
        return;
    const QScopedValueRollback telling(isTelling, true);
    qmlWarning(object).noquote() << text;
}

void BindingErrors::hear(const QList<QQmlError> &errors)
{
    if (isTelling)
        return;
    for (const QQmlError &error : errors) {
        if (!isMeant(error))
            continue;
        const QScopedValueRollback telling(isTelling, true);
        m_handler(m_when, error.toString());
        return; // the handler may have deleted this
    }
}

bool BindingErrors::isMeant(const QQmlError &error) const
{
    // The root object of a document has bindings in that document and in each document that uses
    // it, so the location of the error does not identify the object.
    const bool isNobodys = !error.object();
    return error.object() == m_watched || (m_group && error.object() == m_group)
           || (isNobodys && m_when == When::Creation);
}

} // namespace QZap::Internal
