// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPNULLDOMAIN_H
#define QZAPNULLDOMAIN_H

#include <QZap/qzapdomain.h>

class QZapNullDomainPrivate;

class QZAP_EXPORT QZapNullDomain : public QZapDomain
{
    Q_OBJECT
    Q_PROPERTY(bool accepted READ isAccepted WRITE setAccepted NOTIFY acceptedChanged)
    Q_DECLARE_PRIVATE(QZapNullDomain)

public:
    explicit QZapNullDomain(QObject *parent = nullptr);
    ~QZapNullDomain() override;

    bool isAccepted() const;
    void setAccepted(bool accepted);

Q_SIGNALS:
    void acceptedChanged();
};

#endif // QZAPNULLDOMAIN_H
