package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.script.ScriptOutcome.ScriptFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sound scripts with words exchanged by chance, the same chance each time: whatever comes of it
 * either does not compile, with a line that is in the file, or ends, and never by a fault of ours.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("long")
class MutatedScriptTest {
    private static final int SCRIPTS = 1500;
    private static final Pattern WORD =
            Pattern.compile("\\w+|\\s+|\"[^\"]*\"|'[^']*'|.", Pattern.DOTALL);
    private static final List<String> SOURCES =
            List.of(
                    "language",
                    "basic",
                    "string",
                    "patterns",
                    "format",
                    "table",
                    "math",
                    "bit32",
                    "os");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void a_script_of_exchanged_words_ends_without_a_fault_of_ours(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = lines();
        List<String> words = words(String.join("\n", lines));
        ScriptBench bench = new ScriptBench(folder);
        bench.limits = new ScriptLimits(20_000, 1 << 20, Duration.ofMinutes(1));
        for (int i = 0; i < SCRIPTS; i++) {
            String lua = mutate(random, lines.get(random.nextInt(lines.size())), words);
            check(bench.file("main.lua", lua), lua);
        }
    }

    private static void check(ScriptBench bench, String lua) {
        ScriptRelease release = bench.compile();
        release.problems()
                .forEach(
                        p -> {
                            assertThat(p.line())
                                    .as(lua)
                                    .isBetween(1, (int) lua.lines().count() + 1);
                            assertThat(p.message()).as(lua).doesNotContain("the compiler failed");
                        });
        release.script("main")
                .ifPresent(
                        script -> {
                            if (script.run(bench.newRun()) instanceof ScriptOutcome.Failed failed) {
                                assertThat(failed.fault().kind())
                                        .as(lua + "\n" + failed)
                                        .isNotEqualTo(ScriptFault.Kind.INTERNAL);
                            }
                        });
    }

    private static String mutate(Random random, String line, List<String> words) {
        List<String> own = words(line);
        for (int i = random.nextInt(4); i >= 0 && !own.isEmpty(); i--) {
            int at = random.nextInt(own.size());
            switch (random.nextInt(4)) {
                case 0 -> own.remove(at);
                case 1 -> own.add(at, own.get(random.nextInt(own.size())));
                default -> own.set(at, words.get(random.nextInt(words.size())));
            }
        }
        return String.join("", own);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }

    private static List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String source : SOURCES) {
            try (InputStream in =
                    MutatedScriptTest.class.getResourceAsStream("/lua-manual/" + source + ".lua")) {
                new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceFirst("-->.*$", ""))
                        .filter(line -> !line.isBlank())
                        .forEach(lines::add);
            }
        }
        return lines;
    }
}
