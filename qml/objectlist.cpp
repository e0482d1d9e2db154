// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "objectlist.h"

#include <utility>

namespace QZap::Internal {

ObjectList::ObjectList(QObject *owner)
    : m_owner(owner)
{ }

QQmlListProperty<QObject> ObjectList::property()
{
    using Property = QQmlListProperty<QObject>;
    return Property(
        m_owner, this,
        [](Property *property, QObject *object) {
            static_cast<ObjectList *>(property->data)->append(object);
        },
        [](Property *property) {
            return static_cast<ObjectList *>(property->data)->m_objects.size();
        },
        [](Property *property, qsizetype index) {
            return static_cast<ObjectList *>(property->data)->m_objects.value(index);
        },
        [](Property *property) { static_cast<ObjectList *>(property->data)->clear(); });
}

void ObjectList::added(QObject *) { }

void ObjectList::removed(QObject *) { }

void ObjectList::append(QObject *object)
{
    if (!object) {
        added(nullptr);
        return;
    }
    if (!object->parent())
        object->setParent(m_owner);
    m_objects += object;
    // The owner is destroyed before its children are.
    QObject::connect(object, &QObject::destroyed, m_owner,
                     [this](QObject *gone) { m_objects.removeAll(gone); });
    added(object);
}

void ObjectList::clear()
{
    const QList<QObject *> all = std::exchange(m_objects, {});
    for (QObject *object : all)
        removed(object);
}

} // namespace QZap::Internal
