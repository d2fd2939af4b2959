package io.moondial.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the console, as they are: small, readable by everybody, without inline code. */
class ConsoleFilesTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("moondial.root"))
                    .resolve("engine/src/main/resources/io/moondial/admin/console");
    private static final int MOST_OCTETS = 200 << 10;

    /** What WCAG 2.2 asks of text (1.4.3) and of what one must see to use something (1.4.11). */
    private static final double OF_TEXT = 4.5;

    private static final double OF_EDGES = 3;

    private static Map<String, String> files() throws IOException {
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.collect(
                    Collectors.toMap(
                            it -> it.getFileName().toString(),
                            ConsoleFilesTest::read,
                            (a, b) -> a,
                            TreeMap::new));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] library(String path) throws IOException {
        String[] parts = path.split("/", 2);
        Path folder = Path.of("META-INF/resources/webjars").resolve(parts[0]);
        String version =
                System.getProperty("java.class.path")
                        .transform(
                                it -> {
                                    Matcher jar =
                                            Pattern.compile("/" + parts[0] + "-([0-9.]+)\\.jar")
                                                    .matcher(it);
                                    assertThat(jar.find()).as("the webjar of " + parts[0]).isTrue();
                                    return jar.group(1);
                                });
        try (InputStream in =
                ConsoleFilesTest.class
                        .getClassLoader()
                        .getResourceAsStream(
                                folder.resolve(version).resolve(parts[1]).toString())) {
            assertThat(in).as(path).isNotNull();
            return in.readAllBytes();
        }
    }

    @Test
    void the_whole_page_is_under_200_kib_libraries_and_all() throws IOException {
        long own = files().values().stream().mapToLong(it -> it.getBytes(UTF_8).length).sum();
        long libraries = 0;
        for (String name : libraries()) {
            libraries += library(name).length;
        }
        assertThat(own + libraries).isLessThan(MOST_OCTETS);
    }

    private static List<String> libraries() throws IOException {
        return files().values().stream()
                .flatMap(it -> Pattern.compile("/lib/([\\w./-]+)").matcher(it).results())
                .map(it -> it.group(1))
                .distinct()
                .toList();
    }

    @Test
    void nothing_stands_inline_that_the_content_security_policy_would_refuse() throws IOException {
        files().forEach(
                        (name, text) ->
                                assertThat(text)
                                        .as(name)
                                        .doesNotContainPattern("<script(?![^>]*\\bsrc=)")
                                        .doesNotContainPattern("<style")
                                        .doesNotContainPattern("\\sstyle=")
                                        .doesNotContainPattern("<[^>]*\\son\\w+=")
                                        .doesNotContain(
                                                "innerHTML", "unsafeHTML", "eval(", "unsafe-"));
    }

    @Test
    void what_is_imported_is_there() throws IOException {
        Map<String, String> files = files();
        for (String text : files.values()) {
            Matcher imported =
                    Pattern.compile("(?:from|href=|src=) ?['\"]/([\\w-]+\\.\\w+)['\"]")
                            .matcher(text);
            while (imported.find()) {
                assertThat(files).containsKey(imported.group(1));
            }
        }
        for (String library : libraries()) {
            assertThat(library(library)).isNotEmpty();
        }
    }

    @Test
    void every_word_that_a_page_uses_is_there_and_every_word_is_used() throws IOException {
        Map<String, String> pages = files();
        Map<String, String> words = words(requireNonNull(pages.remove("words.js")));
        Map<String, Set<String>> used = new TreeMap<>();
        for (String page : pages.values()) {
            Pattern.compile("(?<!/)\\bwords\\.(\\w+)(?:\\.(\\w+))?")
                    .matcher(page)
                    .results()
                    .forEach(it -> use(used, it.group(1), it.group(2)));
            Matcher alias = Pattern.compile("const w = words\\.(\\w+);").matcher(page);
            while (alias.find()) {
                String group = alias.group(1);
                Pattern.compile("\\bw\\.(\\w+)")
                        .matcher(page)
                        .results()
                        .forEach(it -> use(used, group, it.group(1)));
            }
        }
        // one of them is chosen by a value
        String all = String.join("\n", pages.values());
        words.keySet().stream()
                .filter(it -> all.contains("words." + it + "["))
                .forEach(it -> used.put(it, Set.of()));
        assertThat(used.keySet()).containsExactlyInAnyOrderElementsOf(words.keySet());
        words.forEach(
                (group, text) -> {
                    Set<String> keys = keys(text);
                    Set<String> asked = requireNonNull(used.get(group));
                    if (!asked.isEmpty()) {
                        assertThat(asked).as(group).containsExactlyInAnyOrderElementsOf(keys);
                    }
                });
    }

    private static void use(Map<String, Set<String>> used, String group, @Nullable String key) {
        Set<String> keys = used.computeIfAbsent(group, it -> new TreeSet<>());
        if (key != null && !key.equals("map")) {
            keys.add(key);
        }
    }

    /** What stands under each key of the file, whose first level is indented by two. */
    private static Map<String, String> words(String file) {
        Map<String, String> groups = new TreeMap<>();
        Matcher key = Pattern.compile("(?ms)^  (\\w+): (.*?),?\\n(?=  \\w|};|\\n)").matcher(file);
        while (key.find()) {
            groups.put(key.group(1), key.group(2));
        }
        return groups;
    }

    /** The keys of an object, not those of objects within; empty if it is none. */
    private static Set<String> keys(String object) {
        Set<String> keys = new TreeSet<>();
        if (object.startsWith("{")) {
            String flat =
                    object.substring(1)
                            .replaceAll("`[^`]*`|'[^']*'", "''")
                            .replaceAll("\\{[^{}]*}", "''");
            Pattern.compile("(?:^|[,\\s])(\\w+): ")
                    .matcher(flat)
                    .results()
                    .forEach(it -> keys.add(it.group(1)));
        }
        return keys;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void each_text_can_be_told_from_what_is_behind_it(boolean dark) throws IOException {
        Map<String, String> tokens = tokens(dark);
        for (String on : List.of("paper", "wash")) {
            for (String text : List.of("ink", "quiet", "accent", "bad", "good", "warn")) {
                assertThat(contrast(tokens, text, on))
                        .as(text + " on " + on)
                        .isGreaterThan(OF_TEXT);
            }
            assertThat(contrast(tokens, "edge", on)).as("edge on " + on).isGreaterThan(OF_EDGES);
        }
        for (int i = 1; i <= 7; i++) {
            assertThat(contrast(tokens, "series-" + i, "paper")).isGreaterThan(OF_EDGES);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "on-accent, accent",
        "bad, bad-wash",
        "warn, warn-wash",
        "ink, screen",
        "ink, answer",
        "good, answer",
        "quiet, answer",
        "accent, answer",
        "ink, covered",
        "ink, missed",
        "ink, added",
        "ink, removed",
        "bad, wash",
        "quiet, added",
        "quiet, removed",
        "bad, answer",
        "accent, bad-wash",
        "accent, warn-wash",
        "quiet, bad-wash"
    })
    void each_pair_that_is_used_has_contrast(String text, String on) throws IOException {
        assertThat(contrast(tokens(false), text, on)).as("light").isGreaterThan(OF_TEXT);
        assertThat(contrast(tokens(true), text, on)).as("dark").isGreaterThan(OF_TEXT);
    }

    private static Map<String, String> tokens(boolean dark) throws IOException {
        String[] parts = requireNonNull(files().get("tokens.css")).split("@media", 2);
        Map<String, String> tokens = new HashMap<>(colors(parts[0]));
        if (dark) {
            tokens.putAll(colors(parts[1]));
        }
        return tokens;
    }

    private static Map<String, String> colors(String css) {
        return Pattern.compile("--([\\w-]+): #([0-9a-f]{6});")
                .matcher(css)
                .results()
                .collect(Collectors.toMap(it -> it.group(1), it -> it.group(2)));
    }

    /** The ratio of WCAG 2.2: 1 for the same colour, 21 for black on white. */
    private static double contrast(Map<String, String> tokens, String one, String other) {
        double a = luminance(requireNonNull(tokens.get(one)));
        double b = luminance(requireNonNull(tokens.get(other)));
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(String rgb) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double part = Integer.parseInt(rgb.substring(2 * i, 2 * i + 2), 16) / 255.0;
            sum +=
                    weights[i]
                            * (part <= 0.04045
                                    ? part / 12.92
                                    : Math.pow((part + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}
