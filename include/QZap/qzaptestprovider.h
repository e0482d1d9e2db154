// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTPROVIDER_H
#define QZAPTESTPROVIDER_H

#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzaprequest.h>
#include <QZap/qzaptestanswer.h>
#include <QZap/qzaptestglobal.h>

#include <QtCore/qlist.h>

#include <memory>

class QZapTestProviderPrivate;

class QZAPTEST_EXPORT QZapTestProvider : public QZapCredentialsProvider
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QZapTestProvider)
    Q_DECLARE_PRIVATE(QZapTestProvider)

public:
    explicit QZapTestProvider(QObject *parent = nullptr);
    explicit QZapTestProvider(const QZapTestAnswer &answer, QObject *parent = nullptr);
    ~QZapTestProvider() override;

    void setAnswer(const QZapTestAnswer &answer);
    void addAnswer(const QZapTestAnswer &answer);
    int answerPending(const QZapTestAnswer &answer);

    QList<QZapRequest> questions() const;
    int pendingCount() const;
    void clear();

    void authenticate(const QZapDecision &decision) override;

private:
    std::unique_ptr<QZapTestProviderPrivate> d_ptr;
};

#endif // QZAPTESTPROVIDER_H
