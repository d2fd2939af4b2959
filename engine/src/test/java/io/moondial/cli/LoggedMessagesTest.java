package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code engine/docs/messages.md} against the sources: each warning and error of the log has an
 * entry, and no entry is of a line that is written no more. A line whose words are put together
 * elsewhere is not found by the first of the two.
 */
class LoggedMessagesTest {
    private static final Path ENGINE =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "engine");

    /** What a call is that may log at one of these levels; the index of its parenthesis ends it. */
    private static final Pattern CALL =
            Pattern.compile(
                    "\\b(?:log|LOG|scriptLog)\\s*\\.(?:warn|error|at(?:Warn|Error)\\(\\)[^;]*?\\.log)\\(|\\bdrops\\.drop\\(");

    private static final Pattern LEVEL = Pattern.compile("\\bLevel\\.(?:WARN|ERROR)\\b");
    private static final String LITERAL = "\"(?:[^\"\\\\\\n]|\\\\.)*\"";
    private static final Pattern TEXT =
            Pattern.compile(LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*");
    private static final Pattern PART = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    /** What stands in an entry for what differs: words in capitals, numbers, the key at first. */
    private static final Pattern DIFFERS =
            Pattern.compile("^[a-zA-Z_]+:|\\b[A-Z]{2,}(?: [A-Z]{2,})*\\b|\\bN\\b|[0-9]+");

    private record Message(String place, String format) {
        Pattern pattern() {
            return Pattern.compile(
                    Arrays.stream(format.strip().split("\\{}", -1))
                            .map(Pattern::quote)
                            .collect(Collectors.joining(".*")));
        }
    }

    private static final List<Message> WRITTEN = new ArrayList<>();
    private static final List<String> ENTRIES = new ArrayList<>();
    private static String texts = "";

    @BeforeAll
    static void read() throws IOException {
        Path sources = ENGINE.resolve("src/main/java");
        var all = new StringBuilder();
        try (var files = Files.walk(sources)) {
            for (Path file :
                    files.filter(it -> it.toString().endsWith(".java")).sorted().toList()) {
                String source = Files.readString(file).replaceAll("(?m)^ *(?://|/?\\*).*$", "");
                texts(source).forEach(it -> all.append(it).append('\n'));
                String place = sources.relativize(file).toString();
                for (int call : new TreeSet<>(calls(source))) {
                    int line = (int) source.substring(0, call).lines().count();
                    longestFormat(source.substring(call, end(source, call)))
                            .forEach(it -> WRITTEN.add(new Message(place + ":" + line, it)));
                }
            }
        }
        texts = all.toString();
        Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                .matcher(Files.readString(ENGINE.resolve("docs/messages.md")))
                .results()
                .map(it -> it.group(1))
                .filter(it -> it.contains(" "))
                .forEach(ENTRIES::add);
    }

    /** Where the parentheses of the calls that log stand. */
    private static List<Integer> calls(String source) {
        List<Integer> calls = new ArrayList<>();
        CALL.matcher(source).results().map(it -> it.end() - 1).forEach(calls::add);
        LEVEL.matcher(source)
                .results()
                .map(it -> enclosing(source, it.start()))
                .filter(it -> it > 0 && !source.substring(0, it).endsWith("mayWrite"))
                .forEach(calls::add);
        return calls;
    }

    private static int enclosing(String source, int index) {
        int depth = 0;
        for (int i = index - 1; i > 0 && ";{}".indexOf(source.charAt(i)) < 0; i--) {
            char c = source.charAt(i);
            depth += c == ')' ? 1 : c == '(' ? -1 : 0;
            if (depth < 0) {
                return i;
            }
        }
        return 0;
    }

    /** Behind the parenthesis that closes the one there; those in texts do not count. */
    private static int end(String source, int open) {
        String bare =
                PART.matcher(source.substring(open))
                        .replaceAll(it -> "\"" + "_".repeat(it.group(1).length()) + "\"");
        int depth = 0;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0) {
                return open + i;
            }
        }
        throw new IllegalStateException("a call that is never closed");
    }

    private static List<String> texts(String source) {
        return TEXT.matcher(source).results().map(LoggedMessagesTest::joined).toList();
    }

    private static String joined(MatchResult text) {
        return PART.matcher(text.group())
                .results()
                .map(it -> it.group(1).replace("\\\"", "\"").replace("\\n", "\n"))
                .collect(Collectors.joining());
    }

    /** The text that is the line of the log: of a call's texts the longest with placeholders. */
    private static List<String> longestFormat(String call) {
        return texts(call).stream()
                .sorted(
                        Comparator.<String, Boolean>comparing(it -> !it.contains("{}"))
                                .thenComparingInt(it -> -it.length()))
                .limit(1)
                .filter(it -> it.matches("(?s).*[a-z]{2}.*[a-z]{2}.*"))
                .toList();
    }

    @Test
    void each_warning_and_error_has_an_entry() {
        assertThat(WRITTEN).hasSizeGreaterThan(80);
        assertThat(WRITTEN.stream().filter(it -> ENTRIES.stream().noneMatch(explains(it))).toList())
                .as("warnings and errors of the log that engine/docs/messages.md does not explain")
                .isEmpty();
    }

    @Test
    void no_line_has_two_entries() {
        assertThat(ENTRIES).doesNotHaveDuplicates();
    }

    private static Predicate<String> explains(Message message) {
        return message.pattern().asMatchPredicate();
    }

    @Test
    void no_entry_is_of_a_line_that_is_written_no_more() {
        assertThat(ENTRIES.stream().filter(it -> !isWritten(it)).toList())
                .as("entries of engine/docs/messages.md whose words no source has")
                .isEmpty();
    }

    private static boolean isWritten(String entry) {
        return WRITTEN.stream().anyMatch(it -> explains(it).test(entry))
                || DIFFERS.splitAsStream(entry)
                        .max(Comparator.comparingInt(String::length))
                        .map(String::strip)
                        .filter(it -> texts.contains(it))
                        .isPresent();
    }
}
