// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_QML_OBJECTLIST_H
#define QZAP_QML_OBJECTLIST_H

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtQml/qqmllist.h>

namespace QZap::Internal {

// The objects that are declared inside another, which becomes the parent of those without one.
class ObjectList
{
public:
    explicit ObjectList(QObject *owner);
    virtual ~ObjectList() = default;
    Q_DISABLE_COPY_MOVE(ObjectList)

    QQmlListProperty<QObject> property();

protected:
    // Called for each new entry; with null for an entry that is not an object, which is not added
    // to the list.
    virtual void added(QObject *object);
    virtual void removed(QObject *object);

private:
    void append(QObject *object);
    void clear();

    QObject *m_owner;
    QList<QObject *> m_objects;
};

} // namespace QZap::Internal

#endif // QZAP_QML_OBJECTLIST_H
