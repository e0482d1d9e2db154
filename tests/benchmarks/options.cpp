// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "options.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qtextstream.h>

#include <cstdlib>
#include <limits>

namespace {

struct Option
{
    const char *name;
    const char *description;
    const char *valueName;
    const char *value;
    const char *quickValue;
};

constexpr char Requests[] = "requests";
constexpr char Rounds[] = "rounds";
constexpr char Keys[] = "keys";
constexpr char Patterns[] = "patterns";
constexpr char GrowthRounds[] = "growth-rounds";
constexpr char Certificates[] = "certificates";
constexpr char Users[] = "users";
constexpr char ColdUsers[] = "cold-users";
constexpr char FileUsers[] = "file-users";
constexpr char Revocations[] = "revocations";
constexpr char WatchSeconds[] = "watch-seconds";
constexpr char IdleSeconds[] = "idle-seconds";
constexpr char Parallel[] = "parallel";
constexpr char HandshakeSeconds[] = "handshake-seconds";
constexpr char Flood[] = "flood";
constexpr char Connections[] = "connections";
constexpr char ManyDevices[] = "devices";

constexpr Option Numbers[] = {
    {Requests, "Requests in each measurement; slow handlers get fewer.", "N", "40000", "3000"},
    {Rounds, "Rounds, in each of which every handler has its turn.", "N", "5", "1"},
    {Keys, "Keys of the large CURVE domain.", "N", "1000000", "1000"},
    {Patterns, "DEALERs x outstanding requests of each.", "LIST", "8x16,1x64,1x1", "8x16,1x1"},
    {GrowthRounds, "Rounds over the numbers of keys.", "N", "9", "1"},
    {Certificates, "Certificate files in a folder.", "N", "100000", "300"},
    {Users, "PLAIN users with hashed passwords.", "N", "10000", "200"},
    {ColdUsers, "Users whose hashes are as dear as usual.", "N", "64", "2"},
    {FileUsers, "Users of a large password file.", "N", "1000000", "1000"},
    {Revocations, "Revocations of each kind while the event loop is blocked.", "N", "20", "2"},
    {WatchSeconds, "For how long files are watched, by a clock that skips waiting.", "SECONDS",
     "600", "600"},
    {IdleSeconds, "For how long nothing happens.", "SECONDS", "5", "0.2"},
    {Parallel, "Handshakes at a time.", "N", "32", "8"},
    {HandshakeSeconds, "Time of each measurement of handshakes.", "SECONDS", "0.3", "0.05"},
    {Flood, "Requests that are sent at once while a timer is watched.", "N", "200000", "3000"},
    {Connections, "Connections of a socket with a guard.", "N", "1000", "20"},
    {ManyDevices, "Devices that connect at once after a restart.", "N", "10000", "40"},
};

QStringList knownMeasures()
{
    return {
        QStringLiteral("asking"),   QStringLiteral("growth"),  QStringLiteral("handshakes"),
        QStringLiteral("blocked"),  QStringLiteral("timer"),   QStringLiteral("stores"),
        QStringLiteral("users"),    QStringLiteral("updates"), QStringLiteral("revoking"),
        QStringLiteral("watching"), QStringLiteral("hashing"), QStringLiteral("guard"),
        QStringLiteral("memory"),   QStringLiteral("idle"),
#ifdef QZAP_HAS_SQL
        QStringLiteral("sql"),
#endif
    };
}

[[noreturn]] void fail(const QString &message)
{
    QTextStream(stderr) << message << Qt::endl;
    std::exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe): there are no threads yet
}

class Parser
{
public:
    Parser();
    void process(const QCoreApplication &application) { m_parser.process(application); }

    bool isUnbound() const { return m_parser.isSet(QStringLiteral("unbound")); }
    QString file(const char *name) const { return m_parser.value(QLatin1StringView(name)); }
    QString text(const char *name) const;
    double number(const char *name, double maximum = std::numeric_limits<int>::max()) const;
    QStringList list(const char *name, const QStringList &known) const;
    QList<Pattern> patterns() const;

private:
    QCommandLineParser m_parser;
};

Parser::Parser()
{
    m_parser.setApplicationDescription(
        QStringLiteral("Measures ZAP handlers side by side; see README.md."));
    m_parser.addHelpOption();
    m_parser.addOption({QStringLiteral("handlers"),
                        QStringLiteral("Handlers to measure, of: %1. The raw one always is.")
                            .arg(Options::knownHandlers().join(u',')),
                        QStringLiteral("LIST"), Options::knownHandlers().join(u',')});
    m_parser.addOption({QStringLiteral("mechanisms"), QStringLiteral("Mechanisms to ask with."),
                        QStringLiteral("LIST"), QStringLiteral("null,plain,curve")});
    m_parser.addOption({QStringLiteral("measure"), QStringLiteral("What to measure."),
                        QStringLiteral("LIST"), knownMeasures().join(u',')});
    for (const Option &option : Numbers) {
        m_parser.addOption(
            {QLatin1StringView(option.name),
             QStringLiteral("%1 Default: %2, quick: %3.")
                 .arg(QLatin1StringView(option.description), QLatin1StringView(option.value),
                      QLatin1StringView(option.quickValue)),
             QLatin1StringView(option.valueName)});
    }
    m_parser.addOption({QStringLiteral("json"), QStringLiteral("Also writes the figures to FILE."),
                        QStringLiteral("FILE")});
    m_parser.addOption({QStringLiteral("svg"),
                        QStringLiteral("Also draws the growth with the number of keys to FILE."),
                        QStringLiteral("FILE")});
    m_parser.addOption({QStringLiteral("unbound"),
                        QStringLiteral("Leaves it to the scheduler on which cores threads run.")});
    m_parser.addOption({QStringLiteral("quick"),
                        QStringLiteral("Only sees whether everything works, in a few seconds.")});
}

QString Parser::text(const char *name) const
{
    QString given = m_parser.value(QLatin1StringView(name));
    if (!given.isEmpty())
        return given;
    const bool quick = m_parser.isSet(QStringLiteral("quick"));
    for (const Option &option : Numbers) {
        if (qstrcmp(option.name, name) == 0)
            return QLatin1StringView(quick ? option.quickValue : option.value);
    }
    return {};
}

double Parser::number(const char *name, double maximum) const
{
    bool ok = false;
    const double value = text(name).toDouble(&ok);
    if (!ok || value <= 0 || value > maximum)
        fail(QStringLiteral("--%1: %2 is out of range").arg(QLatin1StringView(name), text(name)));
    return value;
}

QStringList Parser::list(const char *name, const QStringList &known) const
{
    QStringList items = m_parser.value(QLatin1StringView(name)).split(u',');
    for (const QString &item : qAsConst(items)) {
        if (!known.contains(item))
            fail(QStringLiteral("--%1: %2 is none of %3")
                     .arg(QLatin1StringView(name), item, known.join(u',')));
    }
    return items;
}

QList<Pattern> Parser::patterns() const
{
    QList<Pattern> result;
    const QStringList items = text(Patterns).split(u',');
    for (const QString &item : items) {
        const Pattern pattern{item.section(u'x', 0, 0).toInt(), item.section(u'x', 1).toInt()};
        if (pattern.dealers < 1 || pattern.outstanding < 1)
            fail(QStringLiteral("--patterns: %1 is not like 8x16").arg(item));
        result.append(pattern);
    }
    return result;
}

} // namespace

QStringList Options::knownHandlers()
{
    QStringList result{QStringLiteral("raw"),
                       QStringLiteral("qzap"),
                       QStringLiteral("qzap-listeners"),
                       QStringLiteral("qzap-provider"),
                       QStringLiteral("qzap-worker"),
                       QStringLiteral("qzap-guard"),
                       QStringLiteral("qzap-audit"),
                       QStringLiteral("qzap-audit-slow")};
#ifdef QZAP_HAS_CZMQ
    result += QStringLiteral("czmq");
#endif
#ifdef QZAP_PYTHON
    result += {QStringLiteral("pyzmq-thread"), QStringLiteral("pyzmq-asyncio")};
#endif
    return result;
}

Options Options::parse(const QCoreApplication &application)
{
    Parser parser;
    parser.process(application);
    Options options;
    options.handlers = parser.list("handlers", knownHandlers());
    // The raw handler is always measured: all results are compared with it.
    options.handlers.removeAll(QStringLiteral("raw"));
    options.handlers.prepend(QStringLiteral("raw"));
    options.mechanisms =
        parser.list("mechanisms", QStringList{QStringLiteral("null"), QStringLiteral("plain"),
                                              QStringLiteral("curve")});
    options.measures = parser.list("measure", knownMeasures());
    options.patterns = parser.patterns();
    options.requests = static_cast<qint64>(parser.number(Requests));
    options.rounds = static_cast<int>(parser.number(Rounds));
    options.keys = static_cast<qint64>(parser.number(Keys, 100e6));
    options.growthRounds = static_cast<int>(parser.number(GrowthRounds));
    options.certificates = static_cast<qint64>(parser.number(Certificates, 10e6));
    options.users = static_cast<qint64>(parser.number(Users, 1 << 24)); // each needs an address
    options.coldUsers = static_cast<qint64>(parser.number(ColdUsers, 10000));
    options.fileUsers = static_cast<qint64>(parser.number(FileUsers, 1.5e6)); // 64 MiB of text
    options.revocations = static_cast<qint64>(parser.number(Revocations, 10000));
    options.watchSeconds = static_cast<qint64>(parser.number(WatchSeconds, 1e6));
    options.idleSeconds = parser.number(IdleSeconds);
    options.parallel = static_cast<int>(parser.number(Parallel, 1000));
    options.handshakeSeconds = parser.number(HandshakeSeconds);
    options.flood = static_cast<qint64>(parser.number(Flood));
    options.connections = static_cast<qint64>(parser.number(Connections, 5000));
    options.devices = static_cast<qint64>(parser.number(ManyDevices, 1e6)); // a descriptor each
    options.bound = !parser.isUnbound();
    options.jsonFile = parser.file("json");
    options.svgFile = parser.file("svg");
    return options;
}
