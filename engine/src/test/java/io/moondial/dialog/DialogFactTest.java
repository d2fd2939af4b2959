package io.moondial.dialog;

import static io.moondial.dialog.DialogBench.answer;
import static io.moondial.dialog.DialogBench.dialled;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogEvent.Menu;
import io.moondial.dialog.DialogEvent.Returned;
import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogEvent.TimerFired;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.FarDialog.Why;
import io.moondial.edr.Edr;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogRecords;
import io.moondial.text.Dcs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The facts of a dialog, and the records that are made of them. */
class DialogFactTest {
    private static final Text TEXT = Text.of("1. Balance", null);

    /** At least one of each kind, and each that has a record of its own. */
    private static final List<DialogFact> ONE_OF_EACH =
            List.of(
                    new DialogFact.Begun(),
                    new DialogFact.Shown(Screen.MENU, TEXT),
                    new DialogFact.Shown(Screen.NOTIFY, TEXT),
                    new DialogFact.Shown(Screen.MENU, TEXT, "Logic-1"),
                    new DialogFact.Shown(Screen.NOTIFY, TEXT, "Logic-1"),
                    new DialogFact.BegunTowards(1, "0000000b"),
                    new DialogFact.Answered(TEXT, false, false),
                    new DialogFact.Answered(TEXT, true, true),
                    new DialogFact.Acknowledged(false, true),
                    new DialogFact.Errored(Screen.MENU, 72, false, false),
                    new DialogFact.Errored(Screen.NOTIFY, 72, true, false),
                    new DialogFact.TimedOut(Screen.MENU),
                    new DialogFact.TimedOut(Screen.NOTIFY),
                    new DialogFact.Abandoned(Screen.NOTIFY),
                    new DialogFact.FarSideEnded(false),
                    new DialogFact.Abandoned(Screen.MENU),
                    new DialogFact.FarSideEnded(true),
                    new DialogFact.FarSideAborted("TC-U-ABORT"),
                    new DialogFact.Responded(TEXT),
                    new DialogFact.Responded(TEXT, "Logic-1"),
                    new DialogFact.NotifyAcknowledged(),
                    new DialogFact.Declined(36),
                    new DialogFact.Closed(),
                    new DialogFact.Aborted(),
                    new DialogFact.Failed("main.lua:1: broken"),
                    new DialogFact.Finished(new Outcome.Closed(), false),
                    new DialogFact.Sending("main.lua:1", false, false),
                    new DialogFact.Undelivered("all links are down"),
                    new DialogFact.Noted("nothing"),
                    new DialogFact.ScriptLogged(DialogFact.Level.INFO, "main.lua:1", "asked"),
                    new DialogFact.ScriptRecorded(
                            "of_the_script", "TOP_UP", Map.of("AMOUNT", List.of("50"))),
                    new DialogFact.ScriptWarned("main.lua:1", "odd"),
                    new DialogFact.ScriptFailed(
                            "main.lua:1", "main.lua:1: broken", List.of(), null),
                    new DialogFact.ScriptCalled("http.get", "ok", Duration.ofMillis(3), () -> null),
                    opened(null, "655010000000001:1:6"),
                    opened("27829000003", null),
                    new DialogFact.FarShown("0000000c", Screen.MENU, TEXT),
                    new DialogFact.FarAnswered("0000000c", Screen.NOTIFY, null, null),
                    ended(new FarDialog.Outcome.Finished(null, "Bye")),
                    ended(new FarDialog.Outcome.Errored(36)),
                    ended(new FarDialog.Outcome.Broken(Why.CLOSED, "")),
                    ended(new FarDialog.Outcome.Broken(Why.ABORT, "")),
                    ended(new FarDialog.Outcome.Broken(Why.REFUSED, "")),
                    ended(new FarDialog.Outcome.Broken(Why.UNREACHABLE, "")),
                    ended(new FarDialog.Outcome.Broken(Why.TIMEOUT, "")),
                    ended(new FarDialog.Outcome.Broken(Why.PROTOCOL, "")),
                    ended(new FarDialog.Outcome.Broken(Why.UNDECODABLE, "")),
                    DialogFact.FarEnded.byScript("0000000c"),
                    new DialogFact.ScriptKilled(),
                    new DialogFact.ScriptSwitchedOff(
                            "main.lua", "1", 3, Duration.ofMinutes(1), Duration.ofMinutes(5)),
                    new DialogFact.ScriptSwitchedOn("main.lua", "1"),
                    new DialogFact.ScriptSkipped(),
                    new DialogFact.Broken(new IllegalStateException()),
                    new DialogFact.LetGo(new IllegalStateException()));

    /** Those that such a dialog can have: a push answers nothing. */
    private static List<DialogFact> facts(DialogKind kind) {
        return ONE_OF_EACH.stream()
                .filter(
                        fact ->
                                kind != DialogKind.PUSHED
                                        || !(fact instanceof DialogFact.Responded
                                                || fact instanceof DialogFact.NotifyAcknowledged
                                                || fact instanceof DialogFact.Declined))
                .toList();
    }

    private static DialogFact opened(@Nullable String title, @Nullable String destination) {
        return new DialogFact.FarOpened(
                "0000000c",
                new DialogFact.End(2, 6, "27829000000", 1),
                new DialogFact.End(title == null ? 1 : null, 6, title, title == null ? 1 : 0),
                destination,
                null,
                "27761485722:1:1",
                TEXT);
    }

    private static DialogFact ended(FarDialog.Outcome how) {
        return DialogFact.FarEnded.of("0000000c", how);
    }

    private static DialogIdentity dialog(DialogKind kind) {
        return new DialogIdentity("Logic-1632976990-05f220e1", opening(kind), "main", "1", "ussd");
    }

    private static Opening opening(DialogKind kind) {
        Party party = new Party(1, 6, "27829000000", Party.ROUTE_ON_SSN);
        Address number = Address.international("27761485722");
        return kind == DialogKind.PUSHED
                ? Opening.pushed("P-1", number, "", Dcs.UNSPECIFIED, 6)
                : new Opening(
                        kind,
                        DialogBench.ussd("*100#"),
                        "*100#",
                        number,
                        number,
                        number,
                        party,
                        party,
                        "0000000a",
                        "0b",
                        null);
    }

    @Test
    void each_event_of_the_specification_is_a_facts_and_each_record_is_as_specified() {
        List<Edr> records = new ArrayList<>();
        Set<String> streams = new TreeSet<>();
        DialogRecords writer =
                new DialogRecords(
                        (stream, edr) -> {
                            records.add(edr);
                            streams.add(stream);
                        });
        for (DialogKind kind : DialogKind.values()) {
            facts(kind).forEach(fact -> writer.told(dialog(kind), Instant.EPOCH, fact));
        }
        EdrSpec spec = EdrSpec.builtIn();
        assertThat(records).allSatisfy(edr -> assertThat(spec.check(edr)).isEmpty());
        assertThat(
                        records.stream()
                                .map(Edr::event)
                                .filter(event -> event.startsWith(Edr.ENGINE_PREFIX))
                                .distinct())
                .containsExactlyInAnyOrderElementsOf(
                        EdrSpec.ENGINE_EVENTS.stream().filter(it -> !Edr.isOfPush(it)).toList());
        assertThat(records.stream().filter(edr -> edr.event().equals("TOP_UP")))
                .hasSize(DialogKind.values().length)
                .allSatisfy(edr -> assertThat(edr.text("AMOUNT")).isEqualTo("50"));
        assertThat(streams).containsExactly("of_the_script", "ussd");
    }

    @Test
    void whether_a_fact_has_a_record_is_known_without_making_it() {
        for (DialogKind kind : DialogKind.values()) {
            assertThat(facts(kind))
                    .allSatisfy(
                            fact ->
                                    assertThat(DialogRecords.isRecorded(kind, fact))
                                            .isEqualTo(
                                                    DialogRecords.record(
                                                                    dialog(kind),
                                                                    Instant.EPOCH,
                                                                    fact)
                                                            != null));
        }
    }

    @Test
    void one_of_each_fact_stands_in_this_test() {
        assertThat(ONE_OF_EACH.stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.asList(DialogFact.class.getPermittedSubclasses()));
    }

    @Test
    void no_fact_holds_what_is_secret() {
        var bench =
                dialled("*100#")
                        .on(new Menu("0123", new ScreenOptions(null, null, true, "****")))
                        .on(new TimerFired(1))
                        .on(new Menu("PIN?", new ScreenOptions(null, null, true)))
                        .arrives(answer(1, "4567"), answer(2, "8901"))
                        .on(new Returned("0123", "****", "a text"));
        assertThat(bench.facts)
                .contains(
                        new DialogFact.Shown(Screen.MENU, new Text("****", true)),
                        new DialogFact.Answered(new Text("****", true), true, false),
                        new DialogFact.Answered(new Text("****", true), false, false),
                        new DialogFact.Responded(new Text("****", true)));
        assertThat(bench.facts.toString()).doesNotContain("0123", "4567", "8901");
    }

    @Test
    void what_comes_after_the_end_is_noted_without_its_text() {
        var bench =
                dialled("*100#")
                        .on(new Menu("PIN?", new ScreenOptions(null, null, true)))
                        .on(new TimerFired(1))
                        .on(new Returned("bye"))
                        .arrives(answer(1, "4567"));
        assertThat(bench.notes)
                .containsExactly("came after the dialog's end and is ignored: a message");
    }

    @Test
    void a_text_that_is_sent_is_masked_in_traces_where_its_fact_is_secret() {
        var shown = new Outgoing.Show(1, DialogBench.ussd("0123"), true);
        assertThat(DialogFact.Sending.of("main.lua:1", shown))
                .isEqualTo(new DialogFact.Sending("main.lua:1", true, false));
        assertThat(shown.text().dcs()).isEqualTo(Dcs.UNSPECIFIED);
    }
}
