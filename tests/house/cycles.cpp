// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "cycles.h"

#include <QtCore/qset.h>

namespace {

// A depth-first search.
class CycleSearch
{
public:
    explicit CycleSearch(const IncludeGraph &graph)
        : m_graph(graph)
    { }

    QList<Cycle> run()
    {
        for (auto unit = m_graph.begin(); unit != m_graph.end(); ++unit)
            visit(unit.key());
        return m_cycles;
    }

private:
    void visit(const QString &unit)
    {
        if (m_visited.contains(unit))
            return;
        m_visited.insert(unit);
        m_way += unit;
        const QMap<QString, IncludePlace> included = m_graph.value(unit);
        for (auto next = included.begin(); next != included.end(); ++next) {
            const qsizetype start = m_way.indexOf(next.key());
            if (start >= 0)
                m_cycles += {m_way.mid(start) << next.key(), *next};
            else
                visit(next.key());
        }
        m_way.removeLast();
    }

    const IncludeGraph &m_graph;
    QSet<QString> m_visited;
    QStringList m_way;
    QList<Cycle> m_cycles;
};

} // namespace

QList<Cycle> findCycles(const IncludeGraph &graph)
{
    return CycleSearch(graph).run();
}
