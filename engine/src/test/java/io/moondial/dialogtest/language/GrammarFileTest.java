package io.moondial.dialogtest.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GrammarFileTest {
    private static final Pattern RULE =
            Pattern.compile(
                    "(?m)^(before|steps|test|head|setting|using|doing|expecting|checking) +=(.*(\\R +.*)*)");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?m)^( *)```([a-z]*)\\n((?:.*\\n)*?)\\1```$");
    private static final Pattern WORD = Pattern.compile("(?m)[=/] \"([a-z ]+)\"");

    @Test
    void the_words_of_the_grammar_are_those_of_the_parser() throws Exception {
        String root = Objects.requireNonNull(System.getProperty("moondial.root"));
        String grammar = Files.readString(Path.of(root, "engine/docs/dialog-grammar.md"));

        TreeSet<String> written = new TreeSet<>();
        Matcher rule = RULE.matcher(grammar);
        while (rule.find()) {
            WORD.matcher("=" + rule.group(2).replaceAll("\\([^)]*\\)", ""))
                    .results()
                    .forEach(it -> written.add(it.group(1)));
        }

        assertThat(written).containsExactlyElementsOf(new TreeSet<>(Word.texts()));
    }

    @Test
    void each_example_of_the_page_is_a_file_of_tests_or_the_steps_of_one() throws Exception {
        String root = Objects.requireNonNull(System.getProperty("moondial.root"));
        String page = Files.readString(Path.of(root, "engine/docs/dialog-grammar.md"));

        Matcher example = EXAMPLE.matcher(page);
        int count = 0;
        while (example.find()) {
            if (!example.group(2).isEmpty()) {
                continue; // the grammar itself
            }
            String text = example.group(3).stripTrailing().stripIndent();
            boolean whole = text.lines().anyMatch(it -> it.startsWith("test "));
            String file = whole ? text : "test \"an example\"\n" + text;
            assertThat(DialogFile.of(Path.of("x.dialog"), file).tests()).as(text).isNotEmpty();
            count++;
        }
        assertThat(count).isGreaterThan(4);
    }
}
