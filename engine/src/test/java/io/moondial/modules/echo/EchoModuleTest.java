package io.moondial.modules.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.Engine;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.editor.RulesJsonSchema;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.modules.BuiltInModules;
import io.moondial.rules.RulesManual;
import io.moondial.rules.RulesReference;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Backend;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that nothing else knows: its setting, its wait, its stand-in, and its word in tests. */
class EchoModuleTest {
    private static final List<ApiModule> MODULES = withEcho(EchoModule.create());

    @TempDir Path folder;

    private static List<ApiModule> withEcho(ApiModule echo) {
        return Stream.concat(BuiltInModules.create().stream(), Stream.of(echo)).toList();
    }

    @BeforeEach
    void writeScript() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local echo = require "echo"
                local request = ...
                if request.text == "*2#" then ussd.menu("Shout?") end
                local back, why = echo.say("hello")
                log.info("back: %s", back or why)
                return back or why
                """);
        Files.writeString(folder.resolve("scripts/pushed.lua"), "echo.say('hello')");
    }

    private Configuration configuration(String section) throws Exception {
        return configuration(section, MODULES);
    }

    private Configuration configuration(String section, List<ApiModule> modules) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                "process: {triggers: [{script_key: main}]}\n"
                        + "notify: {triggers: [{script_key: pushed}]}\n"
                        + section);
        return Configuration.read(rules, CompilationObserver.NONE, modules);
    }

    private List<String> failuresOf(String dialog) throws Exception {
        List<TestResult> results =
                new Suite(
                                configuration(""),
                                DialogFile.of(folder.resolve("x.dialog"), dialog).tests(MODULES),
                                new Suite.Options(1, false))
                        .run(it -> {});
        return results.stream()
                .flatMap(
                        it ->
                                it.failures().stream()
                                        .map(fault -> it.test().name() + ": " + fault.message()))
                .toList();
    }

    /** Dials this code on an engine with the real wall. */
    private static BlockingQueue<Screen> dial(Engine engine, String code) throws Exception {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset.begin(
                engine.handsets(),
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode(code, Dcs.UNSPECIFIED),
                        null,
                        null,
                        null,
                        6),
                screens::add);
        return screens;
    }

    @Test
    void in_an_engine_the_real_one_answers_and_its_calls_are_counted() throws Exception {
        try (Engine engine = new Engine(configuration("echo: {delay: 2ms}\n"))) {
            engine.start();
            assertThat(dial(engine, "*1#").poll(60, TimeUnit.SECONDS))
                    .isEqualTo(new Screen.Respond("hello"));
            assertThat(engine.counters().value("calls.echo.wall.ok")).isEqualTo(1);
            assertThat(engine.counters().value("calls.echo.wall.microseconds"))
                    .isGreaterThanOrEqualTo(2_000);
        }
    }

    /** The handset may not see the abort: the network closes as soon as it is sent. */
    @Test
    void the_stop_of_an_engine_ends_a_wait() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        Engine engine =
                new Engine(
                        configuration(
                                "echo: {delay: 1m}\ndialogs: {stop_timeout: 1ms}\n",
                                withEcho(EchoModule.create(heard::countDown))));
        try (engine) {
            engine.start();
            dial(engine, "*1#");
            assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(engine.counters().value("calls.echo.wall.left")).isEqualTo(1);
    }

    @Test
    void a_reload_gives_the_running_one_its_settings() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        try (Engine engine = new Engine(configuration("echo: {delay: 1m}\n"))) {
            engine.start();
            engine.followChanges(now -> reloaded.countDown());
            assertThat(engine.status().outside())
                    .contains(new Backend.Gauge("echo.wall", "delay", 60_000, null));
            Path rules = folder.resolve("rules.yaml");
            Files.writeString(rules, Files.readString(rules).replace("1m", "3ms"));
            var _ = engine.reload("olga");
            assertThat(reloaded.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(engine.status().outside())
                    .contains(new Backend.Gauge("echo.wall", "delay", 3, null));
            assertThat(dial(engine, "*1#").poll(60, TimeUnit.SECONDS))
                    .isEqualTo(new Screen.Respond("hello"));
        }
    }

    @Test
    void one_that_cannot_work_with_its_settings_keeps_the_old_ones() throws Exception {
        try (Engine engine = new Engine(configuration("echo: {delay: 2ms}\n"))) {
            engine.start();
            engine.followChanges(now -> {});
            Path rules = folder.resolve("rules.yaml");
            Files.writeString(rules, Files.readString(rules).replace("2ms", "13s"));
            var _ = engine.reload("olga");
            await().until(() -> engine.status().reload().refusal() != null);
            assertThat(engine.status().reload().refusal().first())
                    .containsExactly(rules + ": the wall cannot be moved so far");
            assertThat(dial(engine, "*1#").poll(60, TimeUnit.SECONDS))
                    .isEqualTo(new Screen.Respond("hello"));
        }
        assertThatThrownBy(() -> new Engine(configuration("echo: {delay: 13s}\n")))
                .hasMessage("the wall cannot be moved so far");
    }

    @Test
    void a_stand_in_answers_what_the_test_gives() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "at once"
                                given echo answers hello yourself
                                dial *1#
                                respond hello yourself

                                test "in virtual time"
                                given echo answers after 2s late
                                dial *1#
                                wait 1s
                                wait 1s
                                respond late
                                """))
                .isEmpty();
    }

    @Test
    void a_wait_ends_with_the_time_of_its_script() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "max_time"
                                given echo answers never
                                dial *1#
                                wait 10m
                                abort
                                edr USSD-SHUTDOWN EXCEPTION~".*main.lua:4: .*max_time.*"

                                test "the far side gives up, and the call comes to its end"
                                given echo answers after 4s late
                                dial *2#
                                menu Shout?
                                answer 1
                                abandon
                                wait 4s
                                log ~ back: late

                                test "the far side gives up, and the call does not"
                                given echo answers after 6s late
                                dial *2#
                                menu Shout?
                                answer 1
                                abandon
                                wait 7s
                                no log ~ back.*
                                """))
                .isEmpty();
    }

    @Test
    void what_no_given_answers_fails_the_test() throws Exception {
        assertThat(failuresOf("test \"none\"\ndial *1#\nrespond silence\n"))
                .containsExactly("none: no 'given echo' answers echo.say(\"hello\")");
    }

    @Test
    void a_function_is_refused_outside_its_phases() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "pushed"
                                push news
                                abort
                                edr USSD-SHUTDOWN EXCEPTION~".*echo.say: not in the script of an inbound notify"
                                """))
                .isEmpty();
    }

    @Test
    void a_given_is_checked_where_it_stands() {
        assertThatThrownBy(() -> failuresOf("test \"x\"\ngiven echo shouts\ndial *1#\n"))
                .hasMessageContaining("x.dialog:2:12: 'given echo': answers TEXT");
        assertThatThrownBy(() -> failuresOf("test \"x\"\ngiven ecko answers x\ndial *1#\n"))
                .hasMessageContaining("x.dialog:2:7: 'given' takes one of: ")
                .hasMessageContaining(", echo ...");
    }

    @Test
    void a_step_asks_what_was_called() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                test "asked"
                                given echo answers hello
                                   world
                                dial *1#
                                respond hello
                                        world
                                echo hello
                                no echo goodbye
                                stat x 0

                                test "not so"
                                given echo answers hello
                                dial *1#
                                respond hello
                                echo goodbye
                                no echo hello
                                stat x 1
                                """))
                .containsExactly(
                        "not so: echo: what was said is [hello]",
                        "not so: echo: what was said is [hello]",
                        "not so: stat x: expected 1, counted 0");
        assertThatThrownBy(() -> failuresOf("test \"x\"\ndial *1#\nstat x\n"))
                .hasMessageContaining("x.dialog:3:6: 'stat' takes the name of a counter");
        assertThatThrownBy(() -> failuresOf("test \"x\"\necho x\ndial *1#\n"))
                .hasMessageContaining("x.dialog:2:1: 'echo' comes before anything was dialled");
    }

    @Test
    void a_call_is_checked_with_the_scripts() throws Exception {
        Files.writeString(folder.resolve("scripts/main.lua"), "return echo.say('')");
        assertThatThrownBy(() -> configuration(""))
                .hasMessageContaining(
                        "main.lua:1:13: echo.say: nothing comes back of an empty text");
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                "local e, no = require 'echo', ''\n"
                        + "return e.say(no, '') or e.say({}, '') or e.say('\\n"
                        + "')");
        configuration("");
    }

    @Test
    void its_section_is_read_checked_and_printed_and_its_name_is_taken() throws Exception {
        assertThat(configuration("echo: {delay: 2s}\n").rules().print())
                .endsWith("echo:\n  delay: 2s\n");
        assertThat(RulesReference.page(MODULES))
                .contains("## echo")
                .contains("| `delay` | a duration")
                .contains("| `50ms` | How long an echo takes. |");
        assertThat(RulesManual.file("# Rules\n\n", MODULES))
                .endsWith(
                        """
                        # The wall that echo.say speaks to.
                        echo:
                          # How long an echo takes. From 1ms to 1m.
                          #delay: 50ms
                        """);
        assertThat(RulesJsonSchema.of(MODULES))
                .contains("\"echo\" : {")
                .contains("How long an echo takes.");
        assertThatThrownBy(() -> configuration("echo: {delay: 2h}\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rules.yaml:3:");
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {triggers: [{script_key: main}], globals: {echo: 1}}\n");
        assertThatThrownBy(
                        () ->
                                Configuration.read(
                                        folder.resolve("rules.yaml"),
                                        CompilationObserver.NONE,
                                        MODULES))
                .hasMessageContaining("but none that scripts already have");
    }
}
