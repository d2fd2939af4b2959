package io.moondial.dialogtest.language;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.BuiltInModules;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The grammar for editors (TextMate) knows the words of the parser. */
class DialogColoursTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    private static final Path GRAMMAR =
            ROOT.resolve(
                    "engine/src/main/resources/io/moondial/cli/editor/vscode/syntaxes/dialog.tmLanguage.json");
    private static final String UNKNOWN = "unknown";

    /**
     * What a line may begin with, by the name of the rule, in the order in which they are tried.
     */
    private final Map<String, Pattern> rules = new LinkedHashMap<>();

    @BeforeEach
    void read() throws Exception {
        JsonNode grammar = JsonMapper.shared().readTree(Files.readString(GRAMMAR));
        for (JsonNode pattern : grammar.get("patterns")) {
            String name = pattern.get("include").asString().substring(1);
            JsonNode match = grammar.get("repository").get(name).get("match");
            if (match != null) {
                rules.put(name, Pattern.compile(match.asString()));
            }
        }
    }

    /** The rule that takes the beginning of a line; "text": none does. */
    private Map.Entry<String, String> first(String line) {
        for (var rule : rules.entrySet()) {
            Matcher matcher = rule.getValue().matcher(line);
            if (matcher.lookingAt()) {
                return Map.entry(
                        rule.getKey(),
                        matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
            }
        }
        return Map.entry("text", "");
    }

    @Test
    void each_word_of_the_parser_has_a_colour_of_its_kind() {
        for (Word word : Word.values()) {
            if (word != Word.MODULE && word != Word.NO_MODULE) {
                for (String line : List.of(word.text(), word.text() + " x", word.text() + "\tx")) {
                    var found = first(line);
                    assertThat(found.getValue()).as(line).isEqualTo(word.text());
                    assertThat(found.getKey()).as(line).isIn(rules(word));
                }
            }
        }
    }

    private static List<String> rules(Word word) {
        return switch (word.kind()) {
            case FRAME, USE -> List.of("frame");
            case HEAD -> List.of("head");
            case SETTING -> List.of("setting");
            case OPENING -> List.of("handset");
            case TALK -> word.isCheck() ? List.of("check") : List.of("handset", "network");
        };
    }

    @Test
    void the_modules_that_have_a_stand_in_are_known() {
        List<ApiModule> modules =
                BuiltInModules.create().stream().filter(it -> it.backend() != null).toList();

        assertThat(modules).extracting(ApiModule::name).contains("http", "sql", "kv", "push");
        for (ApiModule it : modules) {
            String module = it.name();
            String word = it.checkWord().orElseThrow();
            assertThat(first(word + " x").getKey()).isEqualTo("module");
            assertThat(first("no " + word + " x").getKey()).isEqualTo("module");
            assertThat(
                            Objects.requireNonNull(rules.get("head"))
                                    .matcher("given " + module + " x")
                                    .results())
                    .allMatch(found -> module.equals(found.group(2)))
                    .hasSize(1);
        }
    }

    @Test
    void a_word_that_no_step_begins_with_is_marked_and_a_text_is_not() {
        for (String line :
                List.of("dail *1#", "menus x", "no", "contains x", "answers", "test\"x\"")) {
            assertThat(first(line).getKey()).as(line).isEqualTo(UNKNOWN);
        }
        assertThat(first("     2. Airtime").getKey()).isEqualTo("text");
        assertThat(first("# menu").getKey()).isEqualTo("comment");
        assertThat(first(" # no comment").getKey()).isEqualTo("text");
    }

    @Test
    void no_line_of_the_shipped_tests_is_marked() throws Exception {
        for (Path under : List.of(ROOT.resolve("scripts"), ROOT.resolve("engine/src/main"))) {
            try (Stream<Path> all = Files.walk(under)) {
                List<Path> files = all.filter(it -> it.toString().endsWith(".dialog")).toList();
                assertThat(files).isNotEmpty();
                for (Path file : files) {
                    assertThat(Files.readAllLines(file))
                            .allSatisfy(it -> assertThat(first(it).getKey()).isNotEqualTo(UNKNOWN));
                }
            }
        }
    }
}
