package io.moondial.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.bench.BenchSession.EdrFiles;
import io.moondial.bench.Plan.BenchException;
import io.moondial.channel.Address;
import io.moondial.dialogtest.run.StandIns;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a bench counts right; what it measures is not tested. */
class BenchTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path folder;

    private Outcome run(BenchSession.Request request) throws Exception {
        return new BenchSession(request, new PrintWriter(Writer.nullWriter())).run();
    }

    private BenchSession.Request scripted(String lua, int menus) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/own.lua"), lua);
        Path rules =
                Files.writeString(
                        folder.resolve("rules.yaml"),
                        "process: {triggers: [{ussd_string: \"*5#\", script_key: own}]}");
        Plan.Load load = new Plan.Load(20, 0, 4, PATIENCE);
        return new BenchSession.Request(
                new Plan(load, 0, 1, false, 0), menus, rules, "own", folder.resolve("edr"), false);
    }

    @Test
    void every_dialog_finishes_and_every_record_is_written() throws Exception {
        Plan.Load load = new Plan.Load(300, 0, 32, PATIENCE);
        Path edrs = folder.resolve("edr");
        Outcome outcome =
                run(
                        new BenchSession.Request(
                                new Plan(load, 50, 2, false, 0), 2, null, null, edrs, false));
        assertThat(outcome.good()).isTrue();
        assertThat(outcome.rounds())
                .hasSize(2)
                .allSatisfy(
                        round -> {
                            assertThat(round.engine().started()).isEqualTo(300);
                            assertThat(round.engine().finished()).isEqualTo(300);
                            assertThat(round.engine().turns().getTotalCount()).isEqualTo(900);
                        });
        assertThat(outcome.edrs()).isEqualTo((50 + 2 * 300) * 6).isEqualTo(outcome.expectedEdrs());
        assertThat(EdrFiles.count(edrs)).isEqualTo(outcome.edrs());
    }

    @Test
    void at_a_rate_the_dialogs_come_one_after_the_other() throws Exception {
        Plan.Load load = new Plan.Load(50, 500, 50, PATIENCE);
        Outcome outcome =
                run(
                        new BenchSession.Request(
                                new Plan(load, 0, 1, false, 0), 1, null, null, null, false));
        assertThat(outcome.good()).isTrue();
        assertThat(outcome.median().engine().time()).isGreaterThanOrEqualTo(Duration.ofMillis(98));
    }

    @Test
    void parked_dialogs_are_open_while_the_load_runs_and_answered_after_it() throws Exception {
        Plan.Load load = new Plan.Load(40, 0, 8, PATIENCE);
        Outcome outcome =
                run(
                        new BenchSession.Request(
                                new Plan(load, 0, 1, false, 100), 1, null, null, null, false));
        assertThat(outcome.good()).isTrue();
        Outcome.Parking parking = Objects.requireNonNull(outcome.parking());
        assertThat(parking.figures().finished()).isEqualTo(100);
        assertThat(parking.calm()).hasSize(1);
        assertThat(outcome.edrs()).isEqualTo((40 + 40 + 100) * 4);
    }

    @Test
    void a_flood_is_refused_while_as_many_dialogs_run_as_the_engine_takes() throws Exception {
        Plan plan = new Plan(new Plan.Load(1, 2_000, 500, PATIENCE), 200, 2, false, 150, 10);
        int menus = Plan.menusOfFlood(2);
        Outcome outcome = run(new BenchSession.Request(plan, menus, null, null, null, false));
        Outcome.Flooding flooding = Objects.requireNonNull(outcome.flooding());
        assertThat(flooding.refusals()).allSatisfy(it -> assertThat(it.failures()).isEmpty());
        assertThat(flooding.refusals().stream().map(Outcome.Figures::finished))
                .containsExactly(200L, 1_500L, 1_500L);
        assertThat(flooding.calm().getTotalCount()).isEqualTo(2 * 150);
        assertThat(flooding.flooded().getTotalCount()).isEqualTo(2 * 150);
        assertThat(flooding.figures().finished()).isEqualTo(150);
        assertThat(outcome.edrs()).isEqualTo((200 + 150) * 12).isEqualTo(outcome.expectedEdrs());
        assertThat(outcome.good()).isTrue();
    }

    @Test
    void pushes_are_held_in_turn_with_dialogs_that_handsets_begin() throws Exception {
        Plan.Load load = new Plan.Load(100, 0, 16, PATIENCE);
        Plan plan = new Plan(load, 20, 3, false, 0, 0, new Plan.Pushing(0, 100_000));
        Outcome outcome = run(new BenchSession.Request(plan, 2, null, null, null, false));
        Outcome.Pushing pushing = Objects.requireNonNull(outcome.pushing());
        assertThat(pushing.pushed())
                .hasSize(3)
                .allSatisfy(
                        it -> {
                            assertThat(it.failures()).isEmpty();
                            assertThat(it.finished()).isEqualTo(100);
                            assertThat(it.turns().getTotalCount()).isEqualTo(200);
                        });
        assertThat(outcome.rounds()).hasSize(3);
        assertThat(outcome.medianPushRatio()).isPositive();
        assertThat(outcome.edrs())
                .isEqualTo((20 + 3 * 100) * (6 + 8))
                .isEqualTo(outcome.expectedEdrs());
        assertThat(outcome.good()).isTrue();
    }

    @Test
    void pushes_that_wait_begin_while_the_load_runs() throws Exception {
        Plan.Load load = new Plan.Load(50, 500, 50, PATIENCE);
        Plan plan = new Plan(load, 20, 1, false, 0, 0, new Plan.Pushing(300, 1_000));
        Outcome outcome = run(new BenchSession.Request(plan, 1, null, null, null, false));
        Outcome.Pushing pushing = Objects.requireNonNull(outcome.pushing());
        assertThat(pushing.pushed()).hasSize(1);
        Outcome.Figures pushed = pushing.pushed().getFirst();
        assertThat(pushed.failures()).isEmpty();
        assertThat(pushed.finished()).isEqualTo(300);
        assertThat(pushed.time()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        Outcome.Queue queue = Objects.requireNonNull(pushing.queue());
        assertThat(queue.calm()).hasSize(1);
        assertThat(outcome.rounds()).hasSize(1);
        assertThat(outcome.edrs()).isEqualTo((20 + 2 * 50) * 4 + (20 + 300) * 6);
        assertThat(outcome.good()).isTrue();
    }

    @Test
    void the_baseline_holds_the_same_conversation_in_turn_with_the_engine() throws Exception {
        Plan.Load load = new Plan.Load(100, 0, 16, PATIENCE);
        Outcome outcome =
                run(
                        new BenchSession.Request(
                                new Plan(load, 20, 3, true, 0), 2, null, null, null, false));
        assertThat(outcome.good()).isTrue();
        assertThat(outcome.rounds())
                .hasSize(3)
                .allSatisfy(
                        round -> {
                            Outcome.Figures baseline = Objects.requireNonNull(round.baseline());
                            assertThat(baseline.finished()).isEqualTo(100);
                            assertThat(baseline.turns().getTotalCount()).isEqualTo(300);
                            assertThat(round.ratio())
                                    .isEqualTo(round.engine().rate() / baseline.rate());
                            assertThat(round.turnRatio(99))
                                    .isEqualTo(
                                            round.engine().turnMillis(99)
                                                    / baseline.turnMillis(99));
                        });
        assertThat(outcome.edrs()).isEqualTo((20 + 3 * 100) * 6);
    }

    @Test
    void two_processes_hold_the_same_conversations_over_a_real_link() throws Exception {
        Plan.Load load = new Plan.Load(100, 0, 16, PATIENCE);
        Outcome outcome =
                run(
                        new BenchSession.Request(
                                new Plan(load, 20, 1, true, 30), 1, null, null, null, true));
        assertThat(outcome.good()).isTrue();
        Outcome.Round round = outcome.median();
        assertThat(round.engine().finished()).isEqualTo(100);
        assertThat(Objects.requireNonNull(round.baseline()).finished()).isEqualTo(100);
        assertThat(outcome.edrs()).isEqualTo((20 + 2 * 100 + 30) * 4);
        assertThat(outcome.liveHeap()).isPositive();
    }

    @Test
    void a_script_of_ones_own_is_rehearsed_first() throws Exception {
        Outcome outcome =
                run(
                        scripted(
                                """
                                local ussd = require "ussd"
                                ussd.notify("Wait")
                                return "Got " .. ussd.menu("How much?")
                                """,
                                1));
        assertThat(outcome.good()).isTrue();
        assertThat(outcome.median().engine().finished()).isEqualTo(20);
        assertThat(outcome.edrs()).isEqualTo(21 * 6);
    }

    @Test
    void each_menu_gets_the_answer_that_is_its_own() throws Exception {
        BenchSession.Request asked =
                scripted(
                        """
                        local ussd = require "ussd"
                        local amount, pin = ussd.menu("How much?"), ussd.menu("PIN?")
                        return (...).msisdn .. " pays " .. amount .. " with " .. pin .. ussd.menu("Sure?")
                        """,
                        3);
        Outcome outcome =
                run(
                        new BenchSession.Request(
                                new Plan(new Plan.Load(20, 0, 4, PATIENCE), 0, 1, true, 0),
                                3,
                                asked.rules(),
                                "own",
                                asked.edrFolder(),
                                false,
                                BenchSession.Caller.of(
                                        new Address("27761485722", 1, 1), List.of("50", "1234"))));
        assertThat(outcome.good()).isTrue();
        assertThat(outcome.median().engine().finished()).isEqualTo(20);
        assertThat(recorded(asked)).contains("27761485722 pays 50 with 12341234");
    }

    private static String recorded(BenchSession.Request asked) throws IOException {
        StringBuilder all = new StringBuilder();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Objects.requireNonNull(asked.edrFolder()), "*.edr")) {
            for (Path file : files) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private BenchSession.Request beside(String givens) throws Exception {
        BenchSession.Request asked =
                scripted(
                        """
                        local ussd = require "ussd"
                        local answer, why = http.get("billing", "/accounts/" .. (...).msisdn)
                        return "Balance: " .. (answer and answer.body or why) .. ussd.menu("PIN?")
                        """,
                        1);
        Files.writeString(
                Objects.requireNonNull(asked.rules()),
                """
                process: {triggers: [{ussd_string: "*5#", script_key: own}]}
                http: {upstreams: {billing: {url: "http://127.0.0.1:1", auth: {bearer: {file: no/such/file}}}}}
                """);
        Path test =
                Files.writeString(
                        folder.resolve("own.dialog"),
                        """
                        test "the balance"
                        from 27761485722
                        %s
                        dial *5#
                        menu PIN?
                        answer 1234
                        respond something else
                        edr USSD-PROCESS
                        """
                                .formatted(givens));
        return new BenchSession.Request(
                asked.plan(),
                1,
                asked.rules(),
                null,
                asked.edrFolder(),
                false,
                BenchSession.Caller.of(StandIns.at(test.toString())));
    }

    @Test
    void the_handset_of_a_test_dials_and_its_givens_answer_every_dialog() throws Exception {
        BenchSession.Request asked =
                beside("given http GET billing /accounts/27761485722 answers 200 \"12.50\"");
        Outcome outcome = run(asked);
        assertThat(outcome.good()).isTrue();
        assertThat(outcome.median().engine().finished()).isEqualTo(20);
        assertThat(outcome.median().engine().turns().getTotalCount()).isEqualTo(40);
        assertThat(recorded(asked)).contains("TEXT=Balance: 12.501234");
    }

    @Test
    void a_call_that_no_given_answers_ends_the_bench() throws Exception {
        BenchSession.Request asked = beside("given http GET billing /else answers 200");
        assertThatThrownBy(() -> run(asked))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("no 'given http' answers http.get");
    }

    @Test
    void a_test_whose_handset_does_more_than_answer_is_no_load() throws Exception {
        Path test =
                Files.writeString(
                        folder.resolve("own.dialog"),
                        "test \"gives up\"\ndial *5#\nmenu PIN?\nabandon\n");
        assertThatThrownBy(() -> BenchSession.Caller.of(StandIns.at(test.toString())))
                .hasMessageContaining("own.dialog:4:1")
                .hasMessageContaining("a load cannot do this step of the test");
    }

    @Test
    void a_reply_that_differs_fails_the_bench_and_is_told() throws Exception {
        Outcome outcome = run(scripted("return 'I am ' .. INSTANCE_ID", 1));
        assertThat(outcome.good()).isFalse();
        Outcome.Figures figures = outcome.median().engine();
        assertThat(figures.failed()).isEqualTo(20);
        assertThat(figures.failures().getFirst())
                .matches("screen 1: expected respond \"I am .*\", got respond \"I am .*\"");
    }

    @Test
    void a_script_with_more_menus_than_are_answered_is_refused() throws Exception {
        BenchSession.Request request =
                scripted("local u = require 'ussd' while true do u.menu('More?') end", 3);
        assertThatThrownBy(() -> run(request))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("more than 3 menus");
    }
}
