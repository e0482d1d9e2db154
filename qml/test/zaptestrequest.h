// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPTESTREQUEST_H
#define ZAPTESTREQUEST_H

#include <QZap/qzaptestrequest.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtQml/qqml.h>

// A QZapTestRequest with functions that QML can call.
class ZapTestRequest
{
    Q_GADGET
    QML_VALUE_TYPE(zapTestRequest)

public:
    ZapTestRequest() = default;
    explicit ZapTestRequest(const QZapTestRequest &request)
        : m_request(request)
    { }

    Q_INVOKABLE ZapTestRequest from(const QString &address) const
    {
        return ZapTestRequest(m_request.from(address));
    }
    Q_INVOKABLE ZapTestRequest domain(const QString &name) const
    {
        return ZapTestRequest(m_request.domain(name));
    }
    Q_INVOKABLE ZapTestRequest unconfiguredDomain(const QString &name) const
    {
        return ZapTestRequest(m_request.unconfiguredDomain(name));
    }

    const QZapTestRequest &request() const { return m_request; }

private:
    QZapTestRequest m_request;
};

#endif // ZAPTESTREQUEST_H
