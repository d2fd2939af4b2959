package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Lua 5.2 manual as far as a script may rely on it, one file a group of sections. In a file a
 * line {@code -- 3.4.3 comparison} begins a section, {@code lua code --> results} is a test: the
 * code, run with its results shown as by {@code tostring}, strings in quotes; {@code --> ! words}
 * is an error with these words. Lines without an arrow belong to the code of the next one.
 */
class ManualTest {
    private static final String SHOW =
            """
            local function show(v)
              if type(v) == "string" then return string.format("%q", v):gsub("\\\\\\n", "\\\\n") .. "" end
              return tostring(v)
            end
            local function all(...)
              local t = {}
              for i = 1, select("#", ...) do t[i] = show((select(i, ...))) end
              return table.concat(t, ", ")
            end
            """;

    private static final List<String> GROUPS =
            List.of(
                    "language",
                    "basic",
                    "string",
                    "patterns",
                    "format",
                    "table",
                    "math",
                    "bit32",
                    "deviations",
                    "coroutine",
                    "os");

    @TempDir Path folder;

    @TestFactory
    Stream<DynamicNode> the_manual_holds() {
        return GROUPS.stream().map(group -> DynamicContainer.dynamicContainer(group, tests(group)));
    }

    private List<DynamicNode> tests(String group) {
        List<DynamicNode> tests = new ArrayList<>();
        StringBuilder code = new StringBuilder();
        String section = "";
        int number = 0;
        for (String line : lines(group)) {
            number++;
            int arrow = line.lastIndexOf("-->");
            if (line.matches("-- \\d.*")) {
                section = line.substring(3);
            } else if (arrow >= 0) {
                code.append(line, 0, arrow).append('\n');
                tests.add(
                        test(section, number, code.toString(), line.substring(arrow + 3).strip()));
                code.setLength(0);
            } else {
                code.append(line).append('\n');
            }
        }
        return tests;
    }

    private DynamicNode test(String section, int line, String code, String expected) {
        String name = section + ", line " + line + ": " + code.strip();
        return DynamicTest.dynamicTest(name, () -> check(code, expected));
    }

    private void check(String code, String expected) {
        String body =
                expected.startsWith("!")
                        ? code
                        : SHOW + "return '=' .. all((function()\n" + code + "\nend)())";
        ScriptBench bench = new ScriptBench(folder);
        if (expected.startsWith("!")) {
            assertThat(bench.errorOf(body)).contains(expected.substring(1).strip());
        } else {
            assertThat(bench.textOf(body)).isEqualTo("=" + expected);
        }
    }

    private static List<String> lines(String group) {
        try (InputStream in =
                ManualTest.class.getResourceAsStream("/lua-manual/" + group + ".lua")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new IllegalStateException(group, e);
        }
    }
}
