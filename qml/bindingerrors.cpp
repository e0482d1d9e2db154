// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "bindingerrors.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qtimer.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlincubator.h>
#include <QtQml/qqmlinfo.h>

#include <utility>

namespace QZap::Internal {

namespace {

// What is being told is no news: neither a warning of ours to the engine, nor the other way round.
thread_local bool isTelling = false;

// Whether a function is waiting for an event loop that was run in it. It may be a handler of
// Component.onCompleted, before which the engine tells of nothing.
bool isInJavaScript(QJSEngine *engine)
{
    // A line for what is evaluated here, and one for each that is below it.
    return engine->evaluate(QStringLiteral("new Error().stack")).toString().contains(u'\n');
}

} // namespace

BindingErrors::BindingErrors(QObject *watched, Handler handler)
    : m_watched(watched)
    , m_handler(std::move(handler))
{ }

void BindingErrors::begin()
{
    if (const QQmlEngine *const engine = qmlEngine(m_watched))
        connect(engine, &QQmlEngine::warnings, this, &BindingErrors::hear);
}

void BindingErrors::complete()
{
    (void)areToCome(); // of the step that completes it
    // Errors of creation come when all of its objects are complete, before the next event.
    QMetaObject::invokeMethod(this, &BindingErrors::leaveCreation, Qt::QueuedConnection);
}

bool BindingErrors::areToCome()
{
    QQmlEngine *const engine = qmlEngine(m_watched);
    if (!engine)
        return m_areToCome;
    // Where it has gone, what it was making stays unfinished.
    if (const auto *const controller = engine->incubationController())
        m_areToCome = controller->incubatingObjectCount() > 0;
    return m_areToCome || isInJavaScript(engine);
}

void BindingErrors::leaveCreation()
{
    if (areToCome())
        QTimer::singleShot(AskingInterval, this, &BindingErrors::leaveCreation);
    else
        m_when = When::Later;
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
        return; // it may have deleted this
    }
}

bool BindingErrors::isMeant(const QQmlError &error) const
{
    // The root of a type that is a document has bindings in that and in each that uses it, so that
    // the error's place says nothing.
    const bool isNobodys = !error.object();
    return error.object() == m_watched || (isNobodys && m_when == When::Creation);
}

} // namespace QZap::Internal
