package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Outgoing;
import io.moondial.edr.Edr;
import io.moondial.edr.InstanceIds;
import io.moondial.metrics.Counters;
import io.moondial.modules.BuiltInModules;
import io.moondial.rules.Trigger;
import io.moondial.rules.TriggerTable;
import io.moondial.script.ScriptHost;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.SystemTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dialog whose link fails in ways that a live network seldom shows. */
class DialogRunTest {
    @TempDir Path folder;

    private final List<Edr> records = Collections.synchronizedList(new ArrayList<>());
    private final List<Outgoing> sent = Collections.synchronizedList(new ArrayList<>());
    private final Counters counters = new Counters();
    private final SystemTime time = new SystemTime();

    @AfterEach
    void stop() {
        time.close();
    }

    /** A link that does this with what is not an abort. */
    private final class FailingLink implements DialogLink {
        private final RuntimeException refusal;
        private boolean forgotten;

        FailingLink(RuntimeException refusal) {
            this.refusal = refusal;
        }

        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public Optional<String> send(Outgoing message) throws DialogGoneException {
            if (forgotten) {
                throw new DialogGoneException("forgotten");
            }
            if (!(message instanceof Outgoing.Abort)) {
                throw refusal;
            }
            sent.add(message);
            return Optional.empty();
        }

        @Override
        public void forget() {
            forgotten = true;
        }
    }

    private List<String> told(String lua, DialogLink link) throws Exception {
        Files.writeString(folder.resolve("main.lua"), lua);
        ServiceDesk desk =
                new ServiceDesk(
                        (stream, edr) -> records.add(edr),
                        () -> true,
                        new InstanceIds("Logic", time.now(), new Random(1)),
                        counters,
                        time,
                        10);
        desk.serve(
                List.of(
                        LuaService.dialled(
                                LiveDesk.dialled(folder)
                                        .with(
                                                new TriggerTable(
                                                        List.of(
                                                                new Trigger(
                                                                        1,
                                                                        "main",
                                                                        Trigger.Conditions.NONE,
                                                                        Trigger.Overrides.NONE)))),
                                new ScriptHost(BuiltInModules.create(), 2).compile(folder),
                                LiveDesk.SCRIPT_RULES,
                                null)));
        Party party = new Party(1, 6, null, Party.ROUTE_ON_SSN);
        desk.begun(
                new Opening(
                        DialogKind.DIALLED,
                        UssdString.encode("*1#", Dcs.UNSPECIFIED),
                        "*1#",
                        null,
                        null,
                        null,
                        party,
                        party,
                        "00000001",
                        "02",
                        null),
                link);
        Awaitility.await().atMost(LiveDesk.PATIENCE).until(() -> desk.openDialogs() == 0);
        return records.stream().skip(1).map(LiveDesk::brief).toList();
    }

    @Test
    void a_menu_that_the_stack_refuses_to_send_is_a_fault_at_its_line_and_aborts()
            throws Exception {
        List<String> told =
                told(
                        "\nussd.menu('?')\nreturn 'never'",
                        new FailingLink(new IllegalStateException("no route")));
        assertThat(told).hasSize(2).last().isEqualTo("USSD-ABORT DIRECTION=out");
        assertThat(told.getFirst())
                .startsWith("USSD-SHUTDOWN EXCEPTION=main.lua:2: ")
                .contains("no route");
        assertThat(sent).hasSize(1);
        assertThat(counters.value("dialogs.finished.failed")).isEqualTo(1);
    }

    @Test
    void a_final_text_that_the_stack_refuses_to_send_is_told_as_an_internal_fault_and_aborts()
            throws Exception {
        List<String> told =
                told("return 'x'", new FailingLink(new IllegalStateException("no route")));
        assertThat(told).hasSize(2).last().isEqualTo("USSD-ABORT DIRECTION=out");
        assertThat(told.getFirst()).contains("internal fault", "no route");
        assertThat(sent).hasSize(1);
        assertThat(counters.value("dialogs.broken")).isEqualTo(1);
        assertThat(counters.value("dialogs.finished.failed")).isEqualTo(1);
    }

    /** A link that the memory does not last for, whatever is sent. */
    private static final class StarvedLink implements DialogLink {
        private final AtomicInteger forgotten = new AtomicInteger();

        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public Optional<String> send(Outgoing message) {
            throw new OutOfMemoryError("for the test");
        }

        @Override
        public void forget() {
            forgotten.incrementAndGet();
        }
    }

    @Test
    void a_dialog_that_cannot_even_be_aborted_is_let_go_of_whatever_is_thrown() throws Exception {
        StarvedLink link = new StarvedLink();
        told("ussd.menu('?')", link);
        assertThat(link.forgotten).hasValue(1);
    }

    @Test
    void a_link_that_is_gone_without_a_word_is_told_as_an_abort_of_the_far_side() throws Exception {
        FailingLink link = new FailingLink(new IllegalStateException());
        link.forget();
        assertThat(told("local a, why = ussd.menu('?')\nedr.write('SAW', {WHY = why})", link))
                .containsExactly("USSD-ABORT DIRECTION=in", "SAW WHY=abandon");
    }

    /** A link whose messages nothing takes. */
    private final class DownLink implements DialogLink {
        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public Optional<String> send(Outgoing message) {
            sent.add(message);
            return Optional.of("all links are down");
        }

        @Override
        public void forget() {}
    }

    @Test
    void a_final_text_that_no_link_takes_is_never_told_as_sent() throws Exception {
        try (LogWatch log = new LogWatch("dialog")) {
            assertThat(told("return 'x'", new DownLink()))
                    .containsExactly("USSD-ABORT DIRECTION=in");
            assertThat(log.lines()).anyMatch(it -> it.endsWith("undelivered: all links are down"));
        }
        assertThat(sent).hasSize(1);
        assertThat(counters.value("dialogs.undelivered")).isEqualTo(1);
        assertThat(counters.value("dialogs.finished.abandoned")).isEqualTo(1);
        assertThat(counters.value("dialogs.finished.responded")).isZero();
    }

    @Test
    void a_script_learns_that_its_final_text_was_not_taken() throws Exception {
        assertThat(
                        told(
                                "local ok, why = ussd.respond('x')\nedr.write('SAW', {OK = tostring(ok), WHY = why})",
                                new DownLink()))
                .containsExactly("USSD-ABORT DIRECTION=in", "SAW OK=nil WHY=abandon");
    }

    @Test
    void a_menu_that_no_link_takes_runs_out_of_time_and_the_script_goes_on() throws Exception {
        assertThat(told("return select(2, ussd.menu('?', {timeout = '10ms'}))", new DownLink()))
                .containsExactly(
                        "USSD-REQUEST DIRECTION=out TEXT=?",
                        "USSD-REQUEST-R REASON=Timeout",
                        "USSD-ABORT DIRECTION=in");
        assertThat(counters.value("dialogs.undelivered")).isEqualTo(2);
    }

    @Test
    void an_abort_that_no_link_takes_is_not_told_as_sent() throws Exception {
        assertThat(told("error('broken')", new DownLink()))
                .satisfiesExactly(
                        abort -> assertThat(abort).isEqualTo("USSD-ABORT DIRECTION=in"),
                        shutdown ->
                                assertThat(shutdown)
                                        .startsWith("USSD-SHUTDOWN EXCEPTION=main.lua:1: broken"));
    }
}
