package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Rules;
import io.moondial.config.Schema;
import io.moondial.modules.BuiltInModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference page and the JSON schema say what the settings declare. */
final class RulesReferenceTest {
    private static final Path DOCS =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "engine/docs");

    private static void assertUpToDate(String name, String made) throws IOException {
        Path file = DOCS.resolve(name);
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(file, made);
        }
        assertThat(file)
                .as("engine/docs/%s is stale; run this test with -Dmoondial.update=true", name)
                .hasContent(made);
    }

    @Test
    void the_page_says_what_is_declared() throws Exception {
        assertUpToDate("rules.md", RulesReference.page(BuiltInModules.create()));
    }

    @Test
    void the_json_schema_says_what_is_declared() throws Exception {
        assertUpToDate("rules.schema.json", RulesReference.jsonSchema(BuiltInModules.create()));
    }

    /** The commented file is written by hand: its sections and keys stand in the declared order. */
    @Test
    void the_commented_rules_have_every_key_in_the_declared_order() throws Exception {
        String shipped = Files.readString(DOCS.resolve("../../rules.yaml"));
        Rules.schema(BuiltInModules.create())
                .sections()
                .forEach(
                        (name, schema) -> {
                            int start = shipped.indexOf("\n" + name + ":") + 1;
                            assertThat(start).as(name).isPositive();
                            var next = Pattern.compile("(?m)^[a-z]+:").matcher(shipped);
                            int end = next.find(start + 1) ? next.start() : shipped.length();
                            String section = shipped.substring(start, end);
                            int last = -1;
                            for (Schema.Description key : schema.keys()) {
                                var line =
                                        Pattern.compile("(?m)^  (#  )?#? ?" + key.name() + ":")
                                                .matcher(section);
                                assertThat(line.find(last + 1))
                                        .as(name + "." + key.name())
                                        .isTrue();
                                last = line.start();
                            }
                        });
    }
}
