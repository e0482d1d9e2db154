// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "decisionprinter.h"

#include "console.h"

#include <QZap/QZapAuthenticator>
#include <QZap/QZapGuard>

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>

#include <array>

using namespace Qt::StringLiterals;

namespace {

using Row = std::array<QString, 7>;

// The widths of all columns but the last. A CURVE peer's user id is its key of 40 characters.
constexpr std::array<qsizetype, 6> Widths{12, 9, 5, 6, 15, 40};

void printRow(const Row &row)
{
    QString line;
    for (size_t i = 0; i < Widths.size(); ++i)
        line += row.at(i).leftJustified(Widths.at(i)) + "  "_L1;
    line += row.back();
    Console::print(line);
}

QString verdictOf(QZap::Status status)
{
    switch (status) {
    case QZap::Status::Success:
        return u"accepted"_s;
    case QZap::Status::TemporaryError:
        return u"try later"_s;
    case QZap::Status::AuthenticationFailure:
    case QZap::Status::InternalError:
        break;
    }
    return u"refused"_s;
}

QString timeText(const QDateTime &time)
{
    return time.toString(u"HH:mm:ss.zzz"_s);
}

QString nameOf(QZap::Mechanism mechanism)
{
    const char *name =
        QMetaEnum::fromType<QZap::Mechanism>().valueToKey(static_cast<int>(mechanism));
    return QString::fromLatin1(name).toUpper();
}

// Returns the user id that a refused peer claims, without proof.
QString claimedId(const QZapRequest &request)
{
    switch (request.mechanism()) {
    case QZap::Mechanism::Plain:
        return request.userName();
    case QZap::Mechanism::Curve:
        return request.publicKeyText();
    case QZap::Mechanism::Gssapi:
        return request.principal();
    case QZap::Mechanism::Null:
    case QZap::Mechanism::Unknown:
        break;
    }
    return {};
}

// Escapes text from a peer, which must not move the cursor or break the columns.
QString printable(const QString &text)
{
    QString result;
    for (const QChar c : text) {
        const bool isSeparator =
            c.category() == QChar::Separator_Line || c.category() == QChar::Separator_Paragraph;
        if (c.isPrint() && !isSeparator)
            result += c;
        else
            result += u"\\u%1"_s.arg(ushort{c.unicode()}, 4, 16, QChar(u'0'));
    }
    return result.isEmpty() ? u"-"_s : result;
}

} // namespace

DecisionPrinter::DecisionPrinter(const QZapAuthenticator &authenticator, QObject *parent)
    : QObject(parent)
{
    connect(&authenticator, &QZapAuthenticator::decided, this, &DecisionPrinter::print);
}

void DecisionPrinter::addGuard(const QZapGuard &guard)
{
    connect(&guard, &QZapGuard::revoked, this, &DecisionPrinter::printRevoked);
}

void DecisionPrinter::printHeader()
{
    printRow(
        {u"TIME"_s, u"VERDICT"_s, u"MECH"_s, u"DOMAIN"_s, u"ADDRESS"_s, u"USER ID"_s, u"REASON"_s});
}

void DecisionPrinter::print(const QZapRequest &request, const QZapReply &reply)
{
    const bool accepted = reply.status() == QZap::Status::Success;
    printRow(
        {timeText(request.timestamp().toLocalTime()), verdictOf(reply.status()),
         nameOf(request.mechanism()), printable(request.domain()), printable(request.address()),
         printable(accepted ? reply.userId() : claimedId(request)), printable(reply.statusText())});
}

void DecisionPrinter::printRevoked(const QZapSession &session, const QString &reason)
{
    printRow({timeText(QDateTime::currentDateTime()), u"revoked"_s, nameOf(session.mechanism()),
              printable(session.domain()), printable(session.address()),
              printable(session.userId()), printable(reason)});
}
