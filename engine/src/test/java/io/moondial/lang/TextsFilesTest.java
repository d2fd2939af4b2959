package io.moondial.lang;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of texts as they are read. */
class TextsFilesTest {
    @TempDir Path folder;

    private void save(String name, byte[] content) throws IOException {
        Path file = folder.resolve("lang").resolve(name);
        Files.createDirectories(folder.resolve("lang"));
        Files.write(file, content);
    }

    private void save(String name, String content) throws IOException {
        save(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private Texts read(String settings) {
        return Texts.read(
                folder, folder, WrittenSettings.settings(TextSettings.class, settings), Texts.NONE);
    }

    private List<String> problems(String settings) {
        return read(settings).problems().stream()
                .map(Problem::toString)
                .map(it -> it.replace(folder + "/lang/", ""))
                .toList();
    }

    private static @Nullable String text(Texts texts, String language, String key) {
        Wording found = texts.find(language, key);
        return found == null ? null : found.filled(BigDecimal.ONE, name -> "<" + name + ">");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: plain|plain",
                "a: 'it''s {x}'|it's <x>",
                "a: \"two\\nlines\"|`two\nlines`",
                "a: 12.50|12.50",
                "a: yes|yes",
                "a: \"{{x}} {_y1}\"|{x} <_y1>",
                "a: \"{{{x}}}\"|{<x>}",
                "a: {one: \"one {count}\", other: x}|one <count>",
                "a: \"\"|``"
            })
    void a_text_is_read_as_it_is_written(String yaml, String text) throws IOException {
        save("en.yaml", yaml + "\n");
        assertThat(problems("{}")).isEmpty();
        assertThat(text(read("{}"), "en", "a")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: \"{}\"|en.yaml:1:4: found \"{}\": a placeholder is a name in braces",
                "a: \"{a b}\"|en.yaml:1:4: found \"{a b}\": a placeholder",
                "a: \"{1}\"|en.yaml:1:4: found \"{1}\": a placeholder",
                "a: \"x}\"|en.yaml:1:4: found \"}\": a placeholder",
                "a: |en.yaml:1:3: there is no text",
                "a.b: x/a: {b: y}|en.yaml:2:5: the text 'a.b' is already on line 1; remove one",
                "a: {other: {x: y}}|en.yaml:1:12: the plural form 'other' is a text",
                ".a: x|en.yaml:1:1: a key has letters, digits, _ and -",
                "a: x/b: &y z|en.yaml:2:4: put this text in quotes: \"&y\"",
                "just a text|en.yaml:1:1: found just a text; allowed are keys with their values"
            })
    void what_cannot_be_read_is_named_with_its_place(String yaml, String problem)
            throws IOException {
        save("en.yaml", yaml.replace('/', '\n') + "\n");
        assertThat(problems("{}")).first().asString().startsWith(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max_file: 20B|en.yaml: 27 octets long; at most 20 are allowed (texts: max_file)",
                "max_keys: 1|en.yaml: 2 texts; at most 1 are allowed (texts: max_keys)",
                "max_length: 10|en.yaml:2:4: the text has 17 characters; at most 10 are allowed (texts: max_length)",
                "max_languages: 1|sw.yaml: one language too many: at most 1 may be in a script folder (texts: max_languages)"
            })
    void a_limit_that_is_broken_is_named_with_its_key(String limit, String problem)
            throws IOException {
        save("en.yaml", "a: x\nb: a text of letters\n\n");
        save("sw.yaml", "a: x\n");
        assertThat(problems(limit)).containsExactly(problem);
    }

    @Test
    void what_is_no_file_of_texts_is_named_or_left_alone() throws IOException {
        save("en.yaml", "a: x\n");
        save(".en.yaml.swp", "broken: [");
        save(".hidden.yaml", "broken: [");
        save("README", "broken: [");
        save("EN.yaml", "a: x\n");
        Files.createDirectory(folder.resolve("lang/fr.yaml"));
        Path outside = Files.writeString(folder.resolveSibling(folder.getFileName() + "x"), "a: x");
        try {
            Files.createSymbolicLink(folder.resolve("lang/sw.yaml"), outside);
            assertThat(problems("{}"))
                    .satisfiesExactly(
                            one ->
                                    assertThat(one)
                                            .startsWith(
                                                    "EN.yaml: the name before .yaml must be the name of a language: two"),
                            one -> assertThat(one).startsWith("fr.yaml: not a plain file but a f"),
                            one -> assertThat(one).startsWith("sw.yaml: a link that leads out"));
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void a_text_of_the_default_language_stands_in_and_no_other() throws IOException {
        save("en.yaml", "a: english\n");
        save("nb.yaml", "b: norsk\n");
        Texts texts = read("{}");
        assertThat(text(texts, "nb", "a")).isEqualTo("english");
        assertThat(text(texts, "en", "b")).isNull();
        assertThat(texts.find("no")).contains("nb");
        assertThat(texts.find("")).isEmpty();
        assertThat(texts.find("-")).isEmpty();
        assertThat(texts.isFirstMiss("nb", "a")).isTrue();
        assertThat(texts.isFirstMiss("nb", "a")).isFalse();
    }

    @Test
    void a_file_that_has_not_changed_is_not_read_again() throws IOException {
        save("en.yaml", "a: x\n");
        save("sw.yaml", "a: y\n");
        save("zu.yaml", "a: {\n");
        Texts before = read("{}");
        save("sw.yaml", "a: z\n");
        Texts after = Texts.read(folder, folder, TextSettings.DEFAULTS, before);
        assertThat(after.find("en", "a")).isSameAs(before.find("en", "a"));
        assertThat(text(after, "sw", "a")).isEqualTo("z");
        assertThat(after.problems()).isEqualTo(before.problems()).hasSize(1);
        TextSettings others = WrittenSettings.settings(TextSettings.class, "max_length: 5");
        assertThat(Texts.read(folder, folder, others, before).find("en", "a"))
                .isNotSameAs(before.find("en", "a"));
    }

    @Test
    void so_many_warnings_that_nobody_reads_them_are_cut_with_their_number() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            many.append("k").append(i).append(": x\n");
        }
        save("en.yaml", many.toString());
        List<Problem> found = read("{}").check(List.of(), null, Set.of());
        assertThat(found).hasSize(101).allMatch(Problem::isWarning);
        assertThat(found.getLast().message()).isEqualTo("and 50 more like these");
    }
}
