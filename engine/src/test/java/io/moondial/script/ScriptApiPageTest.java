package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import io.moondial.script.api.ApiModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptApiPageTest {
    private static final Path DOCS =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "engine/docs");
    private static final String LIBRARIES =
            """
            local own = {%s}
            local rows, basic = {}, {}
            local function names(t)
              local list = {}
              for k in pairs(t) do list[#list + 1] = "`" .. k .. "`" end
              table.sort(list)
              return table.concat(list, ", ")
            end
            for name, value in pairs(_G) do
              if type(value) == "function" then
                basic[name] = value
              elseif type(value) == "table" and value ~= _G and not own[name] then
                rows[#rows + 1] = "| `" .. name .. "` | " .. names(value) .. " |"
              end
            end
            table.sort(rows)
            table.insert(rows, 1, "| basic | " .. names(basic) .. " |")
            return "| library | functions |\\n|---|---|\\n" .. table.concat(rows, "\\n")
            """;

    @TempDir Path folder;

    @Test
    void the_page_says_what_the_code_says() throws IOException {
        String rendered = rendered();
        Path page = DOCS.resolve("script-api.md");
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(page, rendered);
        }

        assertThat(page)
                .as("engine/docs/script-api.md is stale; run this test with -Dmoondial.update=true")
                .hasContent(rendered);
    }

    @Test
    void every_example_on_the_page_runs() throws IOException {
        List<String> examples = ScriptApiPage.examples(rendered());

        assertThat(examples).hasSizeGreaterThan(18);
        for (String example : examples) {
            ScriptBench bench =
                    new ScriptBench(folder)
                            .request("msisdn", "27761485722")
                            .withTexts()
                            .answer(new PrimitiveResult.Input("2"));
            assertThat(bench.run(example)).as(example).isInstanceOf(ScriptOutcome.Returned.class);
        }
    }

    @Test
    void the_limits_on_the_page_are_the_defaults() throws IOException {
        assertThat(rendered())
                .contains("| `max_call_depth` | 190 |", "| `max_string_length` | 65536 |");
    }

    private static String own(ScriptBench bench) {
        return bench.host().api().stream()
                .filter(ApiModule::isGlobal)
                .map(module -> module.name() + " = true")
                .collect(Collectors.joining(", "));
    }

    private String rendered() throws IOException {
        String template = Files.readString(DOCS.resolve("script-api.template.md"));
        ScriptBench bench = new ScriptBench(folder);
        String libraries =
                Objects.requireNonNull(bench.textOf(LIBRARIES.replace("%s", own(bench))));
        return ScriptApiPage.render(template, bench.host().api(), libraries.lines().toList());
    }
}
