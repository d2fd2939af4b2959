package io.moondial.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The words in log lines that say what a line is about, and the table that explains them. */
class LoggedSubjectTest {
    private static final Path ENGINE =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "engine");
    private static final Pattern LOGGER =
            Pattern.compile("getLogger\\(\\s*(?:\"([^\"]+)\"|(\\w+)\\.class)\\s*\\)");

    /** Those of all loggers that the sources of the engine name. */
    private static Set<String> used() throws IOException {
        Set<String> subjects = new TreeSet<>();
        Path sources = ENGINE.resolve("src/main/java");
        try (var files = Files.walk(sources)) {
            for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
                String folder = sources.relativize(file.getParent()).toString().replace('/', '.');
                Matcher logger = LOGGER.matcher(Files.readString(file));
                while (logger.find()) {
                    String name =
                            logger.group(1) == null
                                    ? folder + "." + logger.group(2)
                                    : logger.group(1);
                    subjects.add(LogLine.Subject.of(name));
                }
            }
        }
        return subjects;
    }

    private static Set<String> explained() throws IOException {
        String page = Files.readString(ENGINE.resolve("docs/messages.md"));
        int start = page.indexOf("| subject |");
        return Pattern.compile("(?m)^\\| `([^`]+)` \\|")
                .matcher(page.substring(start, page.indexOf("\n\n", start)))
                .results()
                .map(it -> it.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void each_is_explained_and_none_that_no_line_has() throws Exception {
        assertThat(used()).contains("link", "dialog", "heap").isEqualTo(explained());
    }

    @Test
    void none_is_the_name_of_a_class() throws Exception {
        assertThat(used()).allMatch(it -> it.matches("[a-z0-9]+"));
    }

    @Test
    void a_logger_of_a_library_keeps_the_last_part_of_its_name() {
        assertThat(LogLine.Subject.of("io.netty.util.ResourceLeakDetector"))
                .isEqualTo("ResourceLeakDetector");
        assertThat(LogLine.Subject.of("ROOT")).isEqualTo("ROOT");
    }
}
