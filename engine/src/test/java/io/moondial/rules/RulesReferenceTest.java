package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.editor.RulesJsonSchema;
import io.moondial.modules.BuiltInModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The commented rules, the reference page and the JSON schema say what the settings declare. */
final class RulesReferenceTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    static final Path TEMPLATE = ROOT.resolve("engine/docs/rules.template.yaml");

    private static void assertUpToDate(String name, String made) throws IOException {
        Path file = ROOT.resolve(name);
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(file, made);
        }
        assertThat(file)
                .as("%s is stale; run this test with -Dmoondial.update=true", name)
                .hasContent(made);
    }

    @Test
    void the_page_says_what_is_declared() throws Exception {
        assertUpToDate("engine/docs/rules.md", RulesReference.page(BuiltInModules.create()));
    }

    @Test
    void the_json_schema_says_what_is_declared() throws Exception {
        assertUpToDate(
                "engine/docs/rules.schema.json", RulesJsonSchema.of(BuiltInModules.create()));
    }

    @Test
    void the_commented_rules_say_what_is_declared() throws Exception {
        assertUpToDate(
                "rules.yaml",
                RulesManual.file(Files.readString(TEMPLATE), BuiltInModules.create()));
    }
}
