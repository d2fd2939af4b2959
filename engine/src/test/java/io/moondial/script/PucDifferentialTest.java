package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chunks made up by chance, run here and by the reference implementation, where that is installed
 * as {@code lua5.2}: the same results, the same errors. What differs on purpose is left out of the
 * comparison by name, see {@link #withoutWhatIsMeant}.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PucDifferentialTest {
    private static final int CASES = Integer.getInteger("moondial.cases", 1500);
    private static final String SHOW =
            """
            local known = {}
            for k, v in pairs(_G) do known[k] = v end
            local function show(v)
              if type(v) == "string" then return (string.format("%q", v):gsub("[\\n\\r]", "n")) end
              if type(v) == "table" or type(v) == "function" then return type(v) end
              if v ~= v then return "nan" end
              return tostring(v)
            end
            local function case(code)
              local f = load(code, "=c", "t", setmetatable({}, {__index = known}))
              if not f then return print("does not compile") end
              local r = table.pack(pcall(f))
              for i = 1, r.n do r[i] = show(r[i]) end
              print(table.concat(r, " ; "))
            end
            """;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void a_chunk_does_here_what_it_does_in_the_reference_implementation(long seed)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(isInstalled(), "lua5.2 is not installed");
        LuaCases cases = new LuaCases(seed * 7919);
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            codes.add(cases.next());
        }

        List<String> ours = ours(codes);
        List<String> theirs = theirs(codes);

        assertThat(ours).hasSameSizeAs(theirs).hasSize(CASES);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            if (!withoutWhatIsMeant(ours.get(i)).equals(withoutWhatIsMeant(theirs.get(i)))) {
                differences.add(
                        codes.get(i) + "\n  here: " + ours.get(i) + "\n  PUC:  " + theirs.get(i));
            }
        }
        assertThat(differences.size()).as(String.join("\n", differences)).isZero();
    }

    private static String withoutWhatIsMeant(String result) {
        return result.replaceAll(" *(table|function): (0x|builtin: )[0-9a-f]+", "$1")
                // messages say more here, and blame the caller's line where C has none
                .replaceFirst("^false ; \"c:1: ", "false ; \"")
                .replace("(value out of range: 0 to 255)", "(value out of range)")
                .replaceAll("(string/function/table expected), got [a-z ]+", "$1")
                .replace(
                        "#2 to 'remove' (position out of bounds)",
                        "#1 to 'remove' (position out of bounds)")
                // an error may be any value, as in Lua 5.3
                .replaceAll("^false ; \"bad argument #2 to 'assert' .*", "any error")
                .replaceAll("^false ; (true|false|table|function)$", "any error")
                // C ends a text at its first octet 0
                .replace("constant '\\0z'", "constant ''")
                .replaceAll("^false ; \"\\\\0z\"$", "false ; \"\"");
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("lua5.2", "-v").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> ours(List<String> codes) {
        ScriptBench bench = new ScriptBench(folder);
        bench.limits = new ScriptLimits(1_000_000_000, 1 << 30, Duration.ofMinutes(10));
        assertThat(bench.run(program(codes))).isInstanceOf(ScriptOutcome.Returned.class);
        return bench.log.stream().map(line -> line.substring("INFO ".length())).toList();
    }

    private List<String> theirs(List<String> codes) throws IOException, InterruptedException {
        Path program = Files.writeString(folder.resolve("theirs.txt"), program(codes));
        Path output = folder.resolve("theirs.out");
        Process lua =
                new ProcessBuilder("lua5.2", program.toString())
                        .redirectOutput(output.toFile())
                        .redirectErrorStream(true)
                        .start();
        assertThat(lua.waitFor()).isZero();
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
    }

    private static String program(List<String> codes) {
        StringBuilder program = new StringBuilder(SHOW);
        for (String code : codes) {
            program.append("case[==[").append(code).append("]==]\n");
        }
        return program.toString();
    }
}
