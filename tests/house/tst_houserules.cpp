// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "houserules.h"
#include "testnames.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

using Contents = QMap<QString, QByteArray>;

namespace {

constexpr char License[] = "// SPDX-FileCopyrightText: 2026 A\n// SPDX-License-Identifier: MIT\n";

constexpr char Table[] = "# A comment.\n"
                         "src/low:\n"
                         "src/mid: low\n"
                         "src/side: low <QZap/mid.h>\n"
                         "src/high: all\n"
                         "src/view: public\n"
                         "src/kit: public <low/low.h>\n"
                         "free: <QZap/free.h> <QZap/macros.h> <QZap/extra.h>\n"
                         "umbrella: <QZap/All>\n"
                         "only side: <zmq*>\n";

QByteArray lines(const char *line, int count)
{
    return QByteArray(line).repeated(count);
}

} // namespace

// Tests the rules with artificial trees.
class tst_HouseRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsValidTrees_data();
    void acceptsValidTrees();
    void reportsBreaches_data();
    void reportsBreaches();
    void reportsMissingLicense();
    void reportsUnbuiltSource();
    void reportsRoomWithoutFiles();
    void reportsTableErrors_data();
    void reportsTableErrors();
    void removesComments_data();
    void removesComments();
    void findsNamedTests();
    void knowsTestFunctions_data();
    void knowsTestFunctions();
    void findsConditionsInClasses_data();
    void findsConditionsInClasses();

private:
    // Returns a tree without breaches.
    static Contents goodTree();
    static QStringList breaches(const Contents &contents, const QByteArray &table = Table,
                                const QString &unbuilt = {});
};

Contents tst_HouseRules::goodTree()
{
    return {
        {u"include/QZap/All"_s, "#include <QZap/mid.h>\n#include <QZap/view.h>\n"},
        {u"include/QZap/Mid"_s, "#include <QZap/mid.h>\n"},
        {u"include/QZap/Kit"_s, "#include <QZap/kit.h>\n"},
        {u"include/QZap/kit.h"_s, "#include <QZap/view.h>\n"},
        {u"include/QZap/free.h"_s, "#include <QZap/macros.h>\n"},
        {u"include/QZap/macros.h"_s, "int m;\n"},
        {u"include/QZap/mid.h"_s, "#include <QZap/free.h>\n"},
        {u"include/QZap/view.h"_s, "#include <QZap/mid.h>\n"},
        {u"src/high/high.cpp"_s, "#include \"high/high.h\"\n#include \"mid/mid_p.h\"\n"},
        {u"src/high/high.h"_s, "#include \"low/low.h\"\n#include \"side/side.h\"\n"},
        {u"src/kit/kit.cpp"_s, "#include <QZap/kit.h>\n#include \"low/low.h\"\n"},
        {u"src/low/low.cpp"_s, "#include \"low/low.h\"\n#include <QtCore/qstring.h>\n"},
        {u"src/low/low.h"_s, "int l;\n"},
        {u"src/low/low2.h"_s, "int l;\n"},
        {u"src/mid/mid.cpp"_s, "#include \"mid/mid_p.h\"\n#include \"moc_mid.cpp\"\n"},
        {u"src/mid/mid_p.h"_s, "#include <QZap/mid.h>\n#include \"low/low.h\"\n"},
        {u"src/side/side.cpp"_s, "#include \"side.h\"\n#include <zmq.h>\n"},
        {u"src/side/side.h"_s, "#include <QZap/mid.h>\n#include <QZap/free.h>\n"},
        {u"src/view/view.cpp"_s, "#include <QZap/view.h>\n#include <QZap/Mid>\n"},
    };
}

QStringList tst_HouseRules::breaches(const Contents &contents, const QByteArray &table,
                                     const QString &unbuilt)
{
    SourceTree tree;
    QSet<QString> built;
    for (auto file = contents.begin(); file != contents.end(); ++file) {
        tree.insert(file.key(), SourceFile::parse(file.key(), *file));
        if (file.key() != unbuilt)
            built.insert(file.key());
    }
    const Rooms rooms = Rooms::parse(table);
    QStringList result;
    for (const Breach &breach : HouseRules(tree, rooms, built).breaches())
        result += breach.toString();
    return result;
}

namespace {

// Returns the contents with the license prepended to each file.
Contents licensed(Contents contents)
{
    for (QByteArray &text : contents)
        text.prepend(License);
    return contents;
}

} // namespace

void tst_HouseRules::acceptsValidTrees_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("the tree as it is") << u"src/low/low.h"_s << QByteArray("int l;\n");
    QTest::newRow("an include in a comment")
        << u"src/low/low.h"_s << QByteArray("/*\n#include \"high/high.h\"\n*/\n");
    QTest::newRow("500 lines of a source and comments")
        << u"src/low/low.cpp"_s << lines("int i;\n", 500) + lines("// c\n\n", 500);
    QTest::newRow("200 lines of a header and comments")
        << u"src/low/low.h"_s << lines("int i;\n", 200) + "/*\n" + lines("c\n", 200) + "*/\n";
    QTest::newRow("a source that includes what includes its public header")
        << u"src/mid/mid.cpp"_s << QByteArray("#include \"mid/link.h\"\n");
}

void tst_HouseRules::acceptsValidTrees()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, text);
    Contents contents = goodTree();
    contents[u"src/mid/link.h"_s] = "#include <QZap/mid.h>\n";
    contents[path] = text;
    QCOMPARE(breaches(licensed(contents)), QStringList());
}

void tst_HouseRules::reportsBreaches_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("breach");
    const auto row = [](const char *name, const char *path, const QByteArray &text,
                        const char *breach) {
        QTest::newRow(name) << QString::fromLatin1(path) << text << QString::fromLatin1(breach);
    };

    row("a room above", "src/mid/new.h", "int i;\n#include \"high/high.h\"\n",
        "src/mid/new.h:4: includes src/high/high.h of the room high, and mid may include: `low`");
    row("a room beside", "src/mid/new.h", "#include \"side/side.h\"\n",
        "src/mid/new.h:3: includes src/side/side.h of the room side, and mid may include: `low`");
    row("in brackets", "src/mid/new.h", "#include <high/high.h>\n",
        "src/mid/new.h:3: includes src/high/high.h of the room high, and mid may include: `low`");
    row("with spaces", "src/mid/new.h", "  #  include  \"high/high.h\" // why\n",
        "src/mid/new.h:3: includes src/high/high.h of the room high, and mid may include: `low`");
    row("by a way around", "src/mid/new.h", "#include \"../high/high.h\"\n",
        "src/mid/new.h:3: includes src/high/high.h of the room high, and mid may include: `low`");
    row("by a macro", "src/mid/new.h", "#include HEADER\n",
        "src/mid/new.h:3: includes what is not written as the name of a file");
    row("a public header of a room below, by a room for public headers", "src/view/new.cpp",
        "#include <QZap/kit.h>\n",
        "src/view/new.cpp:3: includes include/QZap/kit.h of the room kit, "
        "and view may include: the public headers");
    row("an internal header that is not the named one", "src/kit/new.h",
        "#include \"low/low2.h\"\n",
        "src/kit/new.h:3: includes src/low/low2.h of the room low, and kit may include: the public "
        "headers, `<low/low.h>`");
    row("a public header of a room above", "src/mid/new.h", "#include <QZap/view.h>\n",
        "src/mid/new.h:3: includes include/QZap/view.h of the room view, and mid may include: "
        "`low`");
    row("the same by the name of its class", "src/low/new.h", "#include <QZap/Mid>\n",
        "src/low/new.h:3: includes include/QZap/Mid of the room mid, and low may include: nothing");
    row("a private header, where the public one is allowed", "src/side/new.h",
        "#include \"mid/mid_p.h\"\n",
        "src/side/new.h:3: includes src/mid/mid_p.h of the room mid, and side may include: `low`, "
        "`<QZap/mid.h>`");
    row("a private header, where all public ones are allowed", "src/view/new.h",
        "#include \"mid/mid_p.h\"\n",
        "src/view/new.h:3: includes src/mid/mid_p.h of the room mid, and view may include: the "
        "public headers");
    row("a free header from the lowest room", "src/low/new.h", "#include <QZap/free.h>\n",
        "src/low/new.h:3: includes include/QZap/free.h, and low may include: nothing");
    row("more than a free header from one", "include/QZap/extra.h", "#include <QZap/mid.h>\n",
        "include/QZap/extra.h:3: includes include/QZap/mid.h, and may include free headers only");
    row("a private header from a public one", "include/QZap/mid.h", "#include \"mid/link.h\"\n",
        "include/QZap/mid.h:3: includes src/mid/link.h, which is not public");
    row("the umbrella", "src/view/new.h", "#include <QZap/All>\n",
        "src/view/new.h:3: includes QZap/All, which is for users of the library only");
    row("a private header from the umbrella", "include/QZap/All", "#include \"mid/link.h\"\n",
        "include/QZap/All:3: includes src/mid/link.h, which is not public");
    row("a public header that is not there", "src/view/new.h", "#include <QZap/gone.h>\n",
        "src/view/new.h:3: includes QZap/gone.h, which does not exist");
    row("another library's header", "src/mid/new.h", "#include <zmq.hpp>\n",
        "src/mid/new.h:3: includes zmq.hpp, which only side may include");
    row("another library's header in quotes", "src/mid/new.h", "#include \"zmq.h\"\n",
        "src/mid/new.h:3: includes zmq.h, which only side may include");
    row("another library's header in a public one", "include/QZap/mid.h", "#include <zmq.h>\n",
        "include/QZap/mid.h:3: includes zmq.h, which no public header may include");
    row("the same in the room that may include it", "include/QZap/side.h", "#include <zmq.h>\n",
        "include/QZap/side.h:3: includes zmq.h, which no public header may include");
    row("an unknown room", "src/attic/new.h", "int i;\n",
        "src/attic/new.h: is in src/attic, which rooms.txt does not list");
    row("a folder in a room", "src/low/cellar/new.h", "int i;\n",
        "src/low/cellar/new.h: is in src/low/cellar, which rooms.txt does not list");
    row("a public header without a source", "include/QZap/new.h", "int i;\n",
        "include/QZap/new.h: has no source, and rooms.txt does not name it");
    row("501 lines of a source", "src/low/low.cpp", lines("int i;\n", 501),
        "src/low/low.cpp: has 501 lines of code, and a source has 500 at most");
    row("201 lines of a header", "src/low/low.h", lines("int i;\n", 201),
        "src/low/low.h: has 201 lines of code, and a header has 200 at most");
    row("a cycle of two headers", "src/mid/link.h", "#include \"mid/user.h\"\n",
        "src/mid/link.h:3: closes an include cycle: src/mid/user -> src/mid/link -> "
        "src/mid/user");
    row("a cycle through sources", "src/mid/link.cpp", "#include \"mid/user.h\"\n",
        "src/mid/link.cpp:3: closes an include cycle: src/mid/user -> src/mid/link -> "
        "src/mid/user");
    row("a cycle of three through a private header", "src/mid/link_p.h",
        "#include \"mid/caller.h\"\n",
        "src/mid/link_p.h:3: closes an include cycle: src/mid/caller -> src/mid/user -> "
        "src/mid/link -> src/mid/caller");
}

void tst_HouseRules::reportsBreaches()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, text);
    QFETCH(QString, breach);
    Contents contents = goodTree();
    contents[u"src/mid/link.h"_s] = "int i;\n";
    contents[u"src/mid/user.h"_s] = "#include \"mid/link.h\"\n";
    contents[u"src/mid/caller.h"_s] = "#include \"mid/user.h\"\n";
    QCOMPARE(breaches(licensed(contents)), QStringList());
    contents[path] = text;
    QCOMPARE(breaches(licensed(contents)), QStringList(breach));
}

void tst_HouseRules::reportsMissingLicense()
{
    for (const QString &path : {u"src/CMakeLists.txt"_s, u"src/low/low.h"_s}) {
        Contents contents = licensed(goodTree());
        contents[path] = "// SPDX-License-Identifier: MIT\n";
        QCOMPARE(breaches(contents),
                 QStringList(path + u": has no SPDX lines for its copyright and license"_s));
    }
}

void tst_HouseRules::reportsUnbuiltSource()
{
    QCOMPARE(breaches(licensed(goodTree()), Table, u"src/low/low.cpp"_s),
             QStringList(u"src/low/low.cpp: is not built"_s));
}

void tst_HouseRules::reportsRoomWithoutFiles()
{
    QCOMPARE(breaches(licensed(goodTree()), QByteArray(Table) + "src/lo: low\n"),
             QStringList(u"rooms.txt: names src/lo, which has no files"_s));
}

void tst_HouseRules::reportsTableErrors_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("error");
    QTest::newRow("no colon") << QByteArray("src/low") << u"has a line without a colon: src/low"_s;
    QTest::newRow("a room further down")
        << QByteArray("src/a: b\nsrc/b: a") << u"lets a include b, which is not a room above it"_s;
    QTest::newRow("a name twice") << QByteArray("src/low:\nqml/low:")
                                  << u"has two rooms of the name low"_s;
    QTest::newRow("free, and no header")
        << QByteArray("free: qzap.h") << u"names qzap.h, which is no <header>, as free"_s;
    QTest::newRow("restricted, and no header")
        << QByteArray("src/a:\nonly a: zmq.h") << u"restricts zmq.h, which is no <header>"_s;
    QTest::newRow("restricted to no room")
        << QByteArray("only a: <zmq.h>") << u"lets a include <zmq.h>, and has no such room"_s;
}

void tst_HouseRules::reportsTableErrors()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, error);
    QCOMPARE(Rooms::parse(line).errors(), QStringList(error));
    QVERIFY(breaches({}, line).contains(u"rooms.txt: "_s + error));
}

void tst_HouseRules::removesComments_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char *name, const char *text, const char *code) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(code);
    };
    row("to the end of the line", "a // b\nc", "a  \nc");
    row("several lines", "a /* b\n * c */ d", "a  \n d");
    row("at the end", "a //", "a  ");
    row("not closed", "a /* b", "a  ");
    row("in a text", "\"//\" // b", "\"//\"  ");
    row("behind an escaped quote", R"("\"//" // b)", R"("\"//"  )");
    row("behind a character", "'\"' // b", "'\"'  ");
    row("behind separated digits", "10'000 // b", "10'000  ");
    row("in a raw text with a prefix", "u8R\"(\"//)\" // b", "u8R\"(\"//)\"  ");
    row("in a raw text", "R\"x(// \")\" )x\" // b", "R\"x(// \")\" )x\"  ");
}

void tst_HouseRules::removesComments()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, code);
    QCOMPARE(withoutComments(text), code);
}

void tst_HouseRules::findsNamedTests()
{
    QCOMPARE(TestNames::namedIn(u"See tst_a::first(), \\c{tst_b::second()} and b::third() and\n"
                                "tst_c::notAFunction."_s),
             QStringList({u"tst_a::first()"_s, u"tst_b::second()"_s}));
}

void tst_HouseRules::knowsTestFunctions_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("exists");
    QTest::newRow("a test") << u"tst_a::first()"_s << true;
    QTest::newRow("the last test") << u"tst_a::last()"_s << true;
    QTest::newRow("no such function") << u"tst_a::second()"_s << false;
    QTest::newRow("part of a name") << u"tst_a::firs()"_s << false;
    QTest::newRow("in a comment") << u"tst_a::former()"_s << false;
    QTest::newRow("no slot") << u"tst_a::helper()"_s << false;
    QTest::newRow("another test's") << u"tst_b::first()"_s << false;
    QTest::newRow("no such test") << u"tst_c::first()"_s << false;
}

void tst_HouseRules::knowsTestFunctions()
{
    QFETCH(const QString, name);
    TestNames tests;
    tests.add(u"tst_a"_s, "class tst_A : public QObject\n{\nprivate Q_SLOTS:\n"
                          "    void first();\n    // void former();\n    void last();\n\n"
                          "private:\n    void helper();\n};\n");
    tests.add(u"tst_b"_s, "class tst_B : public QObject\n{\nprivate Q_SLOTS:\n"
                          "    void other();\n};\n");
    QTEST(tests.contains(name), "exists");
}

void tst_HouseRules::findsConditionsInClasses_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<bool>("isFound");
    const QByteArray begin = "class tst_A : public QObject\n{\n    Q_OBJECT\nprivate Q_SLOTS:\n";
    QTest::newRow("none") << begin + "    void first();\n};\n" << false;
    QTest::newRow("a slot") << begin + "#ifdef Q_OS_LINUX\n    void first();\n#endif\n};\n" << true;
    QTest::newRow("indented") << begin + "    void first();\n  # if X\n  # endif\n};\n" << true;
    QTest::newRow("before it") << "#ifdef X\nclass B;\n#endif\n" + begin + "};\n" << false;
    QTest::newRow("after it") << begin + "};\n#ifdef X\n#endif\n" << false;
    QTest::newRow("second class") << "struct S\n{\n};\n" + begin + "#ifdef X\n#endif\n};\n" << true;
}

void tst_HouseRules::findsConditionsInClasses()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const bool, isFound);
    TestNames tests;
    tests.add(u"tst_a"_s, contents);
    QCOMPARE(tests.conditional(), isFound ? QStringList{u"tst_a"_s} : QStringList());
}

QTEST_GUILESS_MAIN(tst_HouseRules)
#include "tst_houserules.moc"
