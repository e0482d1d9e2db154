// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sourcefile.h"

#include <QtCore/qdir.h>
#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>

using namespace Qt::StringLiterals;

namespace {

bool isWordCharacter(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Returns whether the quote at this position separates digits, as in 10'000.
bool separatesDigits(const QByteArray &text, qsizetype quote)
{
    qsizetype start = quote;
    while (start > 0 && (isWordCharacter(text[start - 1]) || text[start - 1] == '\''))
        --start;
    return start < quote && text[start] >= '0' && text[start] <= '9';
}

// Returns the end of the comment or literal that starts at this position, or the next position if
// there is none.
qsizetype endOfToken(const QByteArray &text, qsizetype start)
{
    const auto behind = [&text](const QByteArray &end, qsizetype from) {
        const qsizetype found = text.indexOf(end, from);
        return found < 0 ? text.size() : found + end.size();
    };
    const QByteArray two = text.mid(start, 2);
    if (two == "//") {
        const qsizetype end = text.indexOf('\n', start);
        return end < 0 ? text.size() : end;
    }
    if (two == "/*")
        return behind("*/", start + 2);
    if (two == "R\"") { // with or without a prefix
        const qsizetype bracket = text.indexOf('(', start);
        return bracket < 0 ? text.size()
                           : behind(')' + text.mid(start + 2, bracket - start - 2) + '"', bracket);
    }
    const char quote = text[start];
    if (quote != '"' && (quote != '\'' || separatesDigits(text, start)))
        return start + 1;
    for (qsizetype i = start + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == quote || text[i] == '\n')
            return i + 1;
    }
    return text.size();
}

} // namespace

QByteArray withoutComments(const QByteArray &text)
{
    QByteArray result;
    result.reserve(text.size());
    for (qsizetype i = 0; i < text.size();) {
        const qsizetype end = endOfToken(text, i);
        const QByteArray token = text.mid(i, end - i);
        if (token.startsWith("//") || token.startsWith("/*"))
            result += ' ' + QByteArray(token.count('\n'), '\n');
        else
            result += token;
        i = end;
    }
    return result;
}

SourceFile SourceFile::parse(const QString &path, const QByteArray &contents)
{
    SourceFile file;
    file.hasLicense = contents.contains("SPDX-FileCopyrightText: ")
                      && contents.contains("SPDX-License-Identifier: ");
    file.isSource = path.endsWith(".cpp"_L1);
    // Public headers have a forwarding header named after the class, without an extension.
    file.isCpp = file.isSource || path.endsWith(".h"_L1)
                 || (path.startsWith("include/"_L1) && !path.section(u'/', -1).contains(u'.'));
    if (!file.isCpp)
        return file;

    static const QRegularExpression directive(u"^\\s*#\\s*include\\b\\s*(.*)$"_s);
    static const QRegularExpression name(u"^(?:\"([^\"]+)\"|<([^>]+)>)\\s*$"_s);
    int number = 0;
    for (const QByteArray &line : withoutComments(contents).split('\n')) {
        ++number;
        if (line.trimmed().isEmpty())
            continue;
        ++file.codeLines;
        const QRegularExpressionMatch match = directive.match(QString::fromUtf8(line));
        if (!match.hasMatch())
            continue;
        const QRegularExpressionMatch header = name.match(match.captured(1));
        file.includes += {header.captured(1) + header.captured(2), number};
    }
    return file;
}

SourceTree readSourceTree(const QString &root, const QStringList &folders)
{
    SourceTree tree;
    for (const QString &folder : folders) {
        QDirIterator files(root + u'/' + folder, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            const QString path = QDir(root).relativeFilePath(file.fileName());
            if (!file.open(QIODevice::ReadOnly))
                qFatal("%ls: %ls", qUtf16Printable(path), qUtf16Printable(file.errorString()));
            tree.insert(path, SourceFile::parse(path, file.readAll()));
        }
    }
    return tree;
}
