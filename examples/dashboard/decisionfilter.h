// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DECISIONFILTER_H
#define DECISIONFILTER_H

#include <QtCore/qsortfilterproxymodel.h>
#include <QtQml/qqmlregistration.h>

// Filters the recent decisions by status and text.
class DecisionFilter : public QSortFilterProxyModel
{
    Q_OBJECT
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged)
    Q_PROPERTY(Verdict verdict READ verdict WRITE setVerdict NOTIFY verdictChanged)
    QML_ELEMENT

public:
    enum Verdict { Any, Accepted, Refused, PutOff };
    Q_ENUM(Verdict)

    using QSortFilterProxyModel::QSortFilterProxyModel;

    QString text() const { return m_text; }
    void setText(const QString &text);
    Verdict verdict() const { return m_verdict; }
    void setVerdict(Verdict verdict);

Q_SIGNALS:
    void textChanged();
    void verdictChanged();

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QString m_text;
    Verdict m_verdict = Any;
};

#endif // DECISIONFILTER_H
