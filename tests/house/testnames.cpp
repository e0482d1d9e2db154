// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "testnames.h"

#include "sourcefile.h"

#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qregularexpression.h>

using namespace Qt::StringLiterals;

namespace {

bool hasConditionInClass(const QString &text)
{
    bool isInClass = false;
    for (const QString &line : text.split(u'\n')) {
        if (line.startsWith("class "_L1) || line.startsWith("struct "_L1))
            isInClass = !line.contains(u';');
        else if (line.startsWith("};"_L1))
            isInClass = false;
        else if (isInClass && line.trimmed().startsWith(u'#'))
            return true;
    }
    return false;
}

} // namespace

TestNames TestNames::read(const QString &folder)
{
    TestNames names;
    QDirIterator files(folder, {u"tst_*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("%ls: %ls", qUtf16Printable(file.fileName()),
                   qUtf16Printable(file.errorString()));
        names.add(files.fileInfo().baseName(), file.readAll());
    }
    return names;
}

void TestNames::add(const QString &test, const QByteArray &contents)
{
    static const QRegularExpression slotSection(
        u"private (?:Q_SLOTS|slots):\n(.*?)(?:\n(?:private|protected|public)|\n\\};)"_s,
        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression function(u"void (\\w+)\\(\\);"_s);
    const QString text = QString::fromUtf8(withoutComments(contents));
    if (hasConditionInClass(text))
        m_conditional += test;
    for (const QRegularExpressionMatch &section : slotSection.globalMatch(text)) {
        for (const QRegularExpressionMatch &match : function.globalMatch(section.captured(1)))
            m_functions[test].insert(match.captured(1));
    }
}

QStringList TestNames::namedIn(const QString &text)
{
    static const QRegularExpression name(u"\\btst_[a-z0-9]+::\\w+\\(\\)"_s);
    QStringList names;
    for (const QRegularExpressionMatch &match : name.globalMatch(text))
        names += match.captured();
    return names;
}

bool TestNames::contains(const QString &name) const
{
    return m_functions.value(name.section(u"::"_s, 0, 0))
        .contains(name.section(u"::"_s, 1).chopped(2));
}
