package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each script on the pages about menus and about N-Squared, with the conversation below it. */
class MenusPageTest {
    private static final Path DOCS =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "engine/docs");
    private static final Pattern EXAMPLE =
            Pattern.compile("```lua\n(.*?)```\n\n```dialog\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("```lua\n");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"menus.md, 6", "n-squared.md, 4"})
    void every_script_on_the_page_does_what_the_page_says(String name, int atLeast)
            throws Exception {
        String page = Files.readString(DOCS.resolve(name));
        List<MatchResult> examples = EXAMPLE.matcher(page).results().toList();

        assertThat(examples)
                .hasSizeGreaterThanOrEqualTo(atLeast)
                .hasSize((int) SCRIPT.matcher(page).results().count());
        for (MatchResult example : examples) {
            assertThat(failures(example.group(1), example.group(2))).as(example.group(1)).isEmpty();
        }
    }

    private List<String> failures(String script, String dialog) throws Exception {
        List<ApiModule> modules = BuiltInModules.create();
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), script);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules, "process: {triggers: [{ussd_string_prefix: \"*1\", script_key: main}]}\n");
        String file = dialog.startsWith("test ") ? dialog : "test \"page\"\n" + dialog;
        return new Suite(
                        Configuration.read(rules, CompilationObserver.NONE, modules),
                        DialogFile.of(folder.resolve("x.dialog"), file).tests(modules),
                        new Suite.Options(1, false))
                .run(it -> {}).stream().flatMap(MenusPageTest::messages).toList();
    }

    private static java.util.stream.Stream<String> messages(TestResult result) {
        return result.failures().stream().map(it -> result.test().name() + ": " + it.message());
    }
}
