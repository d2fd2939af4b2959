package io.moondial.dialogtest.report;

import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFile.Lines;
import io.moondial.dialogtest.language.Wording;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.dialogtest.run.TestResult.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces expected screens by what came, in the files where they are. */
public final class Update {
    private static final Pattern LINE = Pattern.compile("([^\\r\\n]*)(\\r\\n|\\r|\\n|$)");

    private final Map<Path, DialogFile> files = new LinkedHashMap<>();

    /** The lines that take a step's place, by the step's first line. */
    private final Map<Path, TreeMap<Integer, Change>> changes = new LinkedHashMap<>();

    private final List<String> notes = new ArrayList<>();

    private record Change(Lines at, List<String> lines, boolean agreed) {}

    /**
     * What was written.
     *
     * @param screens how many expectations
     * @param notes what could not be
     */
    public record Outcome(int screens, List<String> notes) {}

    private Update() {}

    /** Changes the files of these results, and nothing else in them. */
    public static Outcome write(List<TestResult> results) throws IOException {
        Update update = new Update();
        results.forEach(update::collect);
        return update.write();
    }

    private void collect(TestResult result) {
        DialogFile file = result.test().file();
        for (Failure failure : result.failures()) {
            if (failure.came() != null) {
                files.put(file.path(), file);
                Change change = new Change(failure.at(), Wording.of(failure.came()), true);
                changes.computeIfAbsent(file.path(), it -> new TreeMap<>())
                        .merge(failure.at().first(), change, Update::merged);
            }
        }
    }

    /** Rows of a table, or tests with the same step before them, may see different screens. */
    private static Change merged(Change one, Change other) {
        return new Change(one.at(), one.lines(), one.agreed() && one.lines().equals(other.lines()));
    }

    private Outcome write() throws IOException {
        int written = 0;
        for (var entry : changes.entrySet()) {
            DialogFile file = files.get(entry.getKey());
            if (file != null) {
                written += write(file, entry.getValue());
            }
        }
        return new Outcome(written, notes);
    }

    private int write(DialogFile file, NavigableMap<Integer, Change> changed) throws IOException {
        if (!Files.readString(file.path()).equals(file.content())) {
            notes.add(file.name() + " has been changed since: it is not updated");
            return 0;
        }
        List<String> lines = new ArrayList<>();
        Matcher matcher = LINE.matcher(file.content());
        while (matcher.find() && !matcher.group().isEmpty()) {
            lines.add(matcher.group());
        }
        int written = 0;
        for (Change change : changed.descendingMap().values()) {
            if (change.agreed()) {
                replace(lines, change);
                written++;
            } else {
                notes.add(
                        "%s:%d: different screens came in different tests: it is not updated"
                                .formatted(file.name(), change.at().first()));
            }
        }
        Files.write(file.path(), String.join("", lines).getBytes(StandardCharsets.UTF_8));
        return written;
    }

    private static void replace(List<String> lines, Change change) {
        List<String> old = lines.subList(change.at().first() - 1, change.at().last());
        String end = end(old.getLast());
        String between = end(old.getFirst()).isEmpty() ? "\n" : end(old.getFirst());
        String mark = old.getFirst().startsWith("\uFEFF") ? "\uFEFF" : "";
        List<String> anew = new ArrayList<>();
        List<String> comments = old.stream().filter(it -> it.startsWith("#")).toList();
        for (int i = 0; i < change.lines().size(); i++) {
            boolean last = i == change.lines().size() - 1 && comments.isEmpty();
            anew.add((i == 0 ? mark : "") + change.lines().get(i) + (last ? end : between));
        }
        anew.addAll(comments);
        old.clear();
        lines.addAll(change.at().first() - 1, anew);
    }

    private static String end(String line) {
        return line.endsWith("\r\n")
                ? "\r\n"
                : line.endsWith("\n") ? "\n" : line.endsWith("\r") ? "\r" : "";
    }
}
