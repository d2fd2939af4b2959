package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scripts that mean harm, each ended by a limit or harmless, and a neighbour that notices nothing.
 * The time-out is there to end a test that fails by not ending; no test passes or fails by its
 * speed.
 */
class HostileScriptTest {
    private static final String NEIGHBOUR =
            """
            assert(("x"):upper() == "X" and string.format("%05.2f", 1.5) == "01.50")
            assert(#table.concat({1, 2}, ",") == 3 and math.floor(1.5) == 1 and type(print) == "function")
            assert(rawget(_G, "leaked") == nil and json.encode({a = 1}) == '{"a":1}')
            return "well"
            """;

    @TempDir Path folder;

    record Attack(String name, String expected, String lua) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Attack> attacks() throws IOException {
        try (InputStream in = HostileScriptTest.class.getResourceAsStream("/hostile.lua")) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Attack> attacks = new ArrayList<>();
            for (String section : all.substring(3).split("\n## ", -1)) {
                String head = section.lines().findFirst().orElseThrow();
                String[] parts = head.split(" => ", 2);
                attacks.add(new Attack(parts[0], parts[1], section.substring(head.length())));
            }
            return attacks.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("attacks")
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_hostile_script_harms_nobody(Attack attack) {
        ScriptBench bench = new ScriptBench(folder);
        bench.limits = new ScriptLimits(3_000_000, 16 << 20, Duration.ofMinutes(10));
        bench.file("neighbour.lua", NEIGHBOUR);

        ScriptOutcome outcome = bench.run("leaked = true " + attack.lua());

        assertThat(describe(outcome)).startsWith(attack.expected().replaceFirst("^ends$", ""));
        assertThat(describe(outcome)).doesNotContain("INTERNAL");
        Script neighbour = bench.compile().script("neighbour").orElseThrow();
        assertThat(neighbour.run(bench.newRun()))
                .isInstanceOfSatisfying(
                        ScriptOutcome.Returned.class, r -> assertThat(r.text()).isEqualTo("well"));
    }

    private static String describe(ScriptOutcome outcome) {
        return switch (outcome) {
            case ScriptOutcome.Returned returned -> "returned: " + returned.text();
            case ScriptOutcome.Failed failed ->
                    switch (failed.fault().kind()) {
                        case ERROR ->
                                "error: "
                                        + failed.fault().message().replaceFirst("^\\S+:\\d+: ", "");
                        case LIMIT ->
                                failed.fault().message().replaceFirst("^used up (\\w+):", "$1");
                        case WAITED, STOPPED, INTERNAL -> failed.fault().toString();
                    };
        };
    }
}
