package io.moondial.dialogtest.language;

import io.moondial.config.Nearest;
import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.script.api.ApiModule;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A file of scripted tests, as it was read. */
public final class DialogFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int MAX_OCTETS = 16 << 20;

    private final Path path;
    private final String content;
    private final List<String> lines;

    private DialogFile(Path path, String content) {
        this.path = path;
        this.content = content;
        this.lines = withoutMark(content).lines().toList();
    }

    /** A file of this content. */
    public static DialogFile of(Path path, String content) {
        return new DialogFile(path, content);
    }

    /**
     * Reads a file.
     *
     * @throws DialogFileException if it cannot be read, or is not UTF-8
     */
    public static DialogFile read(Path path) throws DialogFileException {
        try {
            byte[] octets = PlainFile.read(path, MAX_OCTETS);
            return new DialogFile(
                    path,
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
        } catch (CharacterCodingException e) {
            throw refused(path, "the file is not UTF-8: save it in that encoding");
        } catch (UnreadableFileException e) {
            throw refused(path, e.reason());
        }
    }

    private static DialogFileException refused(Path path, String message) {
        return new DialogFileException(List.of(new Problem(path, 0, 0, message)));
    }

    /**
     * The tests in it, in their order.
     *
     * @throws DialogFileException with everything that is wrong in it
     */
    public List<DialogTest> tests() throws DialogFileException {
        return tests(BuiltInModules.create());
    }

    /**
     * The same, if scripts have these modules.
     *
     * @throws DialogFileException with everything that is wrong in it
     */
    public List<DialogTest> tests(List<ApiModule> modules) throws DialogFileException {
        return FileParser.parse(this, modules);
    }

    public Path path() {
        return path;
    }

    /** Where it is: names of files in it are relative to that. */
    public Path folder() {
        return path.toAbsolutePath().resolveSibling("");
    }

    /** As it is shown. */
    public String name() {
        return path.toString().replace('\\', '/');
    }

    /** All of it, mark and line ends too. */
    public String content() {
        return content;
    }

    /** Its lines, without their ends. */
    public List<String> lines() {
        return lines;
    }

    /** The lines of a step, as they are in the file. */
    public List<String> lines(Lines at) {
        return new ArrayList<>(lines.subList(at.first() - 1, at.last()));
    }

    private static String withoutMark(String text) {
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    /**
     * The lines of a file where a step is.
     *
     * @param first from 1
     * @param last the same, or the last one that continues it
     * @param doneOn the lines of {@code do} that the step is done by: that of the test or of its
     *     {@code before}, then those within the steps that it names; none: the step is no part of
     *     named steps
     */
    public record Lines(int first, int last, List<Integer> doneOn) {
        public Lines {
            doneOn = List.copyOf(doneOn);
        }

        Lines(int first, int last) {
            this(first, last, List.of());
        }

        /** The line of the test, or of its {@code before}, that the step is or is done by. */
        public int ownLine() {
            return doneOn.isEmpty() ? first : doneOn.getFirst();
        }

        /** The same lines, as they are done by a {@code do}. */
        Lines doneBy(Lines by) {
            List<Integer> through = new ArrayList<>(by.doneOn);
            through.add(by.first);
            return new Lines(first, last, through);
        }
    }

    /** Reads the tests of one file. */
    private static final class FileParser {
        private final DialogFile file;
        private final List<ApiModule> modules;
        private final Problems problems;
        private final List<DialogTest> tests = new ArrayList<>();
        private final Map<String, Integer> names = new HashMap<>();
        private final NamedSteps named;
        private List<Lexer.RawStep> before = List.of();

        /** What the test above has left behind, for one that goes on in the same dialog. */
        private TestParser.Scope above = TestParser.Scope.start(Map.of());

        private FileParser(DialogFile file, List<ApiModule> modules) {
            this.modules = modules;
            this.file = file;
            this.problems = new Problems(file.path());
            this.named = new NamedSteps(problems);
        }

        static List<DialogTest> parse(DialogFile file, List<ApiModule> modules)
                throws DialogFileException {
            return new FileParser(file, modules).parse();
        }

        private List<DialogTest> parse() throws DialogFileException {
            List<Lexer.RawStep> steps =
                    Lexer.cut(
                            file.lines(),
                            modules.stream().flatMap(it -> it.checkWord().stream()).toList(),
                            problems);
            List<Block> blocks = blocks(steps);
            blocks.stream()
                    .filter(it -> it.head().word() == Word.STEPS)
                    .forEach(it -> named.define(it.head(), it.body()));
            blocks.forEach(it -> block(it.head(), it.body()));
            named.readUnused(modules);
            if (!problems.isEmpty()) {
                throw new DialogFileException(
                        problems.inFileOrder().stream().map(this::inPoints).distinct().toList());
            }
            return tests;
        }

        /** What begins with a word in a line of its own kind, and what stands below it. */
        private record Block(Lexer.RawStep head, List<Lexer.RawStep> body) {}

        private static List<Block> blocks(List<Lexer.RawStep> steps) {
            List<Block> blocks = new ArrayList<>();
            int i = 0;
            while (i < steps.size()) {
                int end = i + 1;
                while (end < steps.size() && steps.get(end).word().kind() != Word.Kind.FRAME) {
                    end++;
                }
                blocks.add(new Block(steps.get(i), steps.subList(i + 1, end)));
                i = end;
            }
            return blocks;
        }

        /** Problems count columns in characters; here they are counted in UTF-16 units. */
        private Problem inPoints(Problem it) {
            if (it.line() < 1 || it.line() > file.lines().size() || it.column() < 1) {
                return it;
            }
            String line = file.lines().get(it.line() - 1);
            int units = Math.min(it.column() - 1, line.length());
            return new Problem(
                    it.file(), it.line(), line.codePointCount(0, units) + 1, it.message());
        }

        private void block(Lexer.RawStep head, List<Lexer.RawStep> body) {
            switch (head.word()) {
                case TEST -> test(head, body);
                case BEFORE -> before(head, body);
                case STEPS -> {} // defined already
                default -> stray(head, body);
            }
        }

        private void stray(Lexer.RawStep first, List<Lexer.RawStep> more) {
            problems.add(
                    first.place(),
                    "'%s' comes before the first test%s: begin with test \"what is tested\", or with before"
                            .formatted(
                                    first.word().text(),
                                    more.isEmpty() ? "" : ", and so does what follows it"));
        }

        private void before(Lexer.RawStep head, List<Lexer.RawStep> body) {
            if (head.hasArgument()) {
                problems.add(
                        head.first().place(),
                        "nothing may follow 'before' on its line; its steps come below");
            }
            before = shared(body, "not before", problems);
        }

        /** The steps that may be those of several tests; others are reported. */
        private static List<Lexer.RawStep> shared(
                List<Lexer.RawStep> body, String where, Problems problems) {
            List<Lexer.RawStep> shared = new ArrayList<>();
            for (Lexer.RawStep step : body) {
                switch (step.word()) {
                    case EACH, SAME_DIALOG, SKIP ->
                            problems.add(
                                    step.place(),
                                    "'" + step.word().text() + "' belongs in a test, " + where);
                    default -> shared.add(step);
                }
            }
            return shared;
        }

        private void test(Lexer.RawStep head, List<Lexer.RawStep> body) {
            String name = Texts.plain(head, problems, "the name of the test in double quotes");
            List<Map<String, String>> rows = rows(body);
            TestParser.Scope start = above;
            for (int row = 0; row < rows.size(); row++) {
                TestParser parser = new TestParser(rows.get(row), modules, named::of, problems);
                String rowName =
                        rows.size() == 1 && rows.getFirst().isEmpty()
                                ? name
                                : Table.rowName(name, rows.get(row));
                tests.add(
                        parser.parse(
                                file,
                                head,
                                unique(head, rowName),
                                before,
                                body,
                                start,
                                !tests.isEmpty()));
                above = parser.scope();
                if (!problems.isEmpty()) {
                    return; // the other rows would say the same again
                }
            }
        }

        private List<Map<String, String>> rows(List<Lexer.RawStep> body) {
            List<Lexer.RawStep> tables =
                    body.stream().filter(it -> it.word() == Word.EACH).toList();
            if (tables.isEmpty()) {
                return List.of(Map.of());
            }
            if (tables.size() > 1) {
                problems.add(
                        tables.get(1).place(), "a test has one 'each'; put both into one table");
            }
            if (body.stream().anyMatch(it -> it.word() == Word.SAME_DIALOG)) {
                problems.add(
                        tables.getFirst().place(),
                        "'each' begins a dialog for every row: it cannot go on in the same dialog");
            }
            return Table.read(tables.getFirst(), problems);
        }

        private String unique(Lexer.RawStep head, String name) {
            Integer other = names.putIfAbsent(name, head.at().first());
            if (other != null) {
                problems.add(
                        new Place(head.at().first(), head.first().column()),
                        "a test on line %d already has this name: \"%s\"".formatted(other, name));
            }
            return name;
        }

        /** The steps of a file that have a name, for {@code do}. */
        private static final class NamedSteps {
            /** How many steps the tests of a file can do, all together. */
            private static final int MAX_DONE = 200_000;

            private final Problems problems;
            private final Map<String, Block> blocks = new LinkedHashMap<>();
            private final Set<String> used = new HashSet<>();
            private int done;

            NamedSteps(Problems problems) {
                this.problems = problems;
            }

            void define(Lexer.RawStep head, List<Lexer.RawStep> body) {
                String name = Texts.plain(head, problems, "the name of the steps");
                if (name.isEmpty()) {
                    return;
                }
                if (body.isEmpty()) {
                    problems.add(head.place(), "no step stands below this line");
                }
                List<Lexer.RawStep> steps = shared(body, "not in named steps", problems);
                Block other = blocks.putIfAbsent(name, new Block(head, steps));
                if (other != null) {
                    problems.add(
                            head.first().place(),
                            "the steps on line %d already have this name: \"%s\""
                                    .formatted(other.head().at().first(), name));
                }
            }

            /**
             * Reports what is wrong with steps that nothing does, as far as it does not depend on a
             * test: its variables, and what it has dialled before.
             */
            void readUnused(List<ApiModule> modules) {
                for (var block : blocks.entrySet()) {
                    if (!used.contains(block.getKey())) {
                        block.getValue().body().forEach(it -> readUnused(it, modules));
                    }
                }
            }

            private void readUnused(Lexer.RawStep step, List<ApiModule> modules) {
                if (Template.VARIABLE.matcher(step.textFrom(0)).find()) {
                    return;
                }
                switch (step.word().kind()) {
                    case USE -> of(step);
                    case SETTING, OPENING, TALK ->
                            new StepParser(step, Map.of(), modules, problems).read();
                    case HEAD, FRAME -> {} // a given may have values of the test
                }
            }

            /** The steps that a {@code do} stands for; none if it is wrong, which is reported. */
            List<Lexer.RawStep> of(Lexer.RawStep use) {
                String name = Texts.plain(use, problems, "the name of steps that stand above");
                if (name.isEmpty()) {
                    return List.of();
                }
                used.add(name);
                Block block = blocks.get(name);
                if (block == null) {
                    problems.add(
                            use.first().place(),
                            "no steps have this name"
                                    + Nearest.suggestion(name, blocks.keySet())
                                    + (blocks.isEmpty()
                                            ? ": define them above, with 'steps " + name + "'"
                                            : ""));
                    return List.of();
                }
                if (block.head().at().first() > use.at().first()) {
                    problems.add(
                            use.first().place(),
                            "these steps stand below, on line %d: they belong above what does them"
                                    .formatted(block.head().at().first()));
                    return List.of();
                }
                if (done > MAX_DONE) {
                    return List.of(); // reported already
                }
                done += block.body().size();
                if (done > MAX_DONE) {
                    problems.add(
                            use.place(),
                            "'do' adds more than %d steps to this file: divide it into several"
                                    .formatted(MAX_DONE));
                    return List.of();
                }
                return block.body().stream().map(it -> it.doneBy(use)).toList();
            }
        }

        /** Reads the table of {@code each}: names in its first line, then a row for each test. */
        private static final class Table {
            private Table() {}

            /** The rows, each a value by its name; one empty row if the table cannot be used. */
            static List<Map<String, String>> read(Lexer.RawStep step, Problems problems) {
                List<Lexer.Piece> lines =
                        step.argument().stream().filter(it -> !it.text().isEmpty()).toList();
                if (lines.size() < 2) {
                    problems.add(
                            step.place(),
                            "'each' takes the names of a table's columns, and below it a row for"
                                    + " each test; | is between the cells");
                    return List.of(Map.of());
                }
                List<String> names = names(lines.getFirst(), problems);
                List<Map<String, String>> rows = new ArrayList<>();
                for (Lexer.Piece line : lines.subList(1, lines.size())) {
                    rows.add(row(line, names, problems));
                }
                return rows;
            }

            private static List<String> names(Lexer.Piece header, Problems problems) {
                List<String> names = new ArrayList<>();
                for (Lexer.Piece cell : cells(header, problems)) {
                    if (!cell.text().matches("[A-Za-z][A-Za-z0-9]*")) {
                        problems.add(
                                cell.place(),
                                "the name of a column is a letter, then letters and digits");
                    } else if (names.contains(cell.text())) {
                        problems.add(cell.place(), "there are two columns " + cell.text());
                    }
                    names.add(cell.text());
                }
                return names;
            }

            private static Map<String, String> row(
                    Lexer.Piece line, List<String> names, Problems problems) {
                List<Lexer.Piece> cells = cells(line, problems);
                Map<String, String> row = new LinkedHashMap<>();
                if (cells.size() != names.size()) {
                    problems.add(
                            line.place(),
                            "this row has %d cells, the table %d columns (%s)"
                                    .formatted(
                                            cells.size(), names.size(), String.join(", ", names)));
                    return row;
                }
                for (int i = 0; i < cells.size(); i++) {
                    row.put(names.get(i), value(cells.get(i), problems));
                }
                return row;
            }

            private static String value(Lexer.Piece cell, Problems problems) {
                return cell.text().startsWith("\"")
                        ? String.join("$", Texts.Quoted.read(cell, 0, problems).runs())
                        : cell.text();
            }

            /** The cells of a line; a bar in quotes parts nothing. */
            private static List<Lexer.Piece> cells(Lexer.Piece line, Problems problems) {
                List<Lexer.Piece> cells = new ArrayList<>();
                String text = line.text();
                int start = 0;
                int i = 0;
                while (i < text.length()) {
                    char c = text.charAt(i);
                    if (c == '"' && text.substring(start, i).isBlank()) {
                        // what is wrong within it is reported when its value is read
                        i = Texts.Quoted.read(line, i, new Problems(problems.file())).end();
                    } else {
                        if (c == '|') {
                            cells.add(cell(line, start, i));
                            start = i + 1;
                        }
                        i++;
                    }
                }
                cells.add(cell(line, start, text.length()));
                return cells;
            }

            private static Lexer.Piece cell(Lexer.Piece line, int start, int end) {
                int from = Math.min(Lexer.skipBlanks(line.text(), start), end);
                String text = Lexer.stripBlanksAtEnd(line.text().substring(from, end));
                return new Lexer.Piece(text, line.line(), line.column() + from);
            }

            /**
             * The name of a row's test: its columns filled in, or added after it if it names none.
             */
            static String rowName(String name, Map<String, String> row) {
                String filled = Template.of(name, row, UnaryOperator.identity()).toString();
                return filled.equals(name)
                        ? name
                                + row.entrySet().stream()
                                        .map(it -> it.getKey() + "=" + it.getValue())
                                        .collect(Collectors.joining(", ", " (", ")"))
                        : filled;
            }
        }
    }
}
