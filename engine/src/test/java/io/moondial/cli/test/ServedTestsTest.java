package io.moondial.cli.test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Rules;
import io.moondial.admin.Refusal;
import io.moondial.admin.ScriptsResource.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps the tests of the interface from being in the engine's way. */
class ServedTestsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir Path folder;
    private @Nullable Rules rules;

    @BeforeEach
    void write() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'hello'\n");
        Files.writeString(
                folder.resolve("scripts/main.dialog"),
                """
                test "one"
                dial *1#
                respond hello

                test "goes on"
                same dialog
                edr USSD-PROCESS

                test "three"
                dial *3#
                respond hello
                """);
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {triggers: [{script_key: main}]}\n");
        rules = Rules.read(folder.resolve("rules.yaml"));
    }

    private Rules rules() {
        return requireNonNull(rules);
    }

    @Test
    void one_run_at_a_time() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ServedTests tests =
                new ServedTests(
                        () -> {
                            begun.countDown();
                            try {
                                goOn.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return rules();
                        },
                        LONG);
        CompletableFuture<Report> first =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return tests.run("process", "main");
                            } catch (Refusal | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        begun.await();
        assertThatThrownBy(() -> tests.run("process", "main"))
                .isInstanceOf(Refusal.class)
                .hasMessage("other tests run now: one run at a time");
        goOn.countDown();
        assertThat(first.get(LONG.toSeconds(), TimeUnit.SECONDS).passed()).isEqualTo(3);
        assertThat(tests.run("process", "main").passed()).as("and then another").isEqualTo(3);
    }

    @Test
    void a_run_that_takes_too_long_ends_and_says_what_it_left_out() throws Exception {
        Report report = new ServedTests(this::rules, Duration.ZERO).run("process", "main");
        assertThat(report.passed()).as("those of the first dialog").isEqualTo(2);
        assertThat(report.failed()).isZero();
        assertThat(report.text()).endsWith("1 of 3 tests were not run: a run may take 0 s\n");
    }

    @Test
    void a_test_that_goes_on_in_a_dialog_belongs_to_its_script() {
        assertThat(new ServedTests(this::rules).of("process", "main"))
                .extracting(it -> it.name() + " " + it.line())
                .containsExactly("one 1", "goes on 5", "three 9");
        assertThat(new ServedTests(this::rules).of("notify", "main")).isEmpty();
    }
}
