package io.moondial.dialogtest.language;

import io.moondial.config.Place;
import io.moondial.config.Problems;
import io.moondial.problem.Problem;
import io.moondial.script.api.ApiModule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the tests of one file. */
final class FileParser {
    private final DialogFile file;
    private final List<ApiModule> modules;
    private final Problems problems;
    private final List<DialogTest> tests = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private List<RawStep> before = List.of();

    /** What the test above has left behind, for one that goes on in the same dialog. */
    private Scope above = Scope.start(Map.of());

    private FileParser(DialogFile file, List<ApiModule> modules) {
        this.modules = modules;
        this.file = file;
        this.problems = new Problems(file.path());
    }

    static List<DialogTest> parse(DialogFile file, List<ApiModule> modules)
            throws DialogFileException {
        return new FileParser(file, modules).parse();
    }

    private List<DialogTest> parse() throws DialogFileException {
        List<RawStep> steps = Lexer.cut(file.lines(), problems);
        int i = 0;
        while (i < steps.size()) {
            int end = i + 1;
            while (end < steps.size() && steps.get(end).word().kind() != Word.Kind.FRAME) {
                end++;
            }
            block(steps.get(i), steps.subList(i + 1, end));
            i = end;
        }
        if (!problems.isEmpty()) {
            throw new DialogFileException(
                    problems.inFileOrder().stream().map(this::inPoints).toList());
        }
        return tests;
    }

    /** Problems count columns in characters; here they are counted in UTF-16 units. */
    private Problem inPoints(Problem it) {
        if (it.line() < 1 || it.line() > file.lines().size() || it.column() < 1) {
            return it;
        }
        String line = file.lines().get(it.line() - 1);
        int units = Math.min(it.column() - 1, line.length());
        return new Problem(it.file(), it.line(), line.codePointCount(0, units) + 1, it.message());
    }

    private void block(RawStep head, List<RawStep> body) {
        switch (head.word()) {
            case TEST -> test(head, body);
            case BEFORE -> before(head, body);
            default -> stray(head, body);
        }
    }

    private void stray(RawStep first, List<RawStep> more) {
        problems.add(
                first.place(),
                "'%s' stands before the first test%s: begin with test \"what is tested\""
                        .formatted(
                                first.word().text(),
                                more.isEmpty() ? "" : ", and so does what follows it"));
    }

    private void before(RawStep head, List<RawStep> body) {
        if (head.hasArgument()) {
            problems.add(head.first().place(), "nothing stands behind 'before'; its steps follow");
        }
        for (RawStep step : body) {
            if (step.word() == Word.EACH
                    || step.word() == Word.SAME_DIALOG
                    || step.word() == Word.SKIP) {
                problems.add(
                        step.place(), "'" + step.word().text() + "' stands in a test, not before");
                return;
            }
        }
        before = List.copyOf(body);
    }

    private void test(RawStep head, List<RawStep> body) {
        String name = Texts.plain(head, problems, "the name of the test in double quotes");
        List<Map<String, String>> rows = rows(body);
        Scope start = above;
        for (int row = 0; row < rows.size(); row++) {
            TestParser parser = new TestParser(rows.get(row), modules, problems);
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

    private List<Map<String, String>> rows(List<RawStep> body) {
        List<RawStep> tables = body.stream().filter(it -> it.word() == Word.EACH).toList();
        if (tables.isEmpty()) {
            return List.of(Map.of());
        }
        if (tables.size() > 1) {
            problems.add(tables.get(1).place(), "a test has one 'each'; put both into one table");
        }
        if (body.stream().anyMatch(it -> it.word() == Word.SAME_DIALOG)) {
            problems.add(
                    tables.getFirst().place(),
                    "'each' begins a dialog for every row: it cannot go on in the same dialog");
        }
        return Table.read(tables.getFirst(), problems);
    }

    private String unique(RawStep head, String name) {
        Integer other = names.putIfAbsent(name, head.at().first());
        if (other != null) {
            problems.add(
                    new Place(head.at().first(), head.first().column()),
                    "line %d has a test of this name already: \"%s\"".formatted(other, name));
        }
        return name;
    }
}
