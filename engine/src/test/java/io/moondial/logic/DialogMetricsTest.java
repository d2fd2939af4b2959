package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.DialogKind;
import io.moondial.metrics.Counters;
import io.moondial.metrics.Durations;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is counted and measured of dialogs, fact by fact, with a clock that the test moves. */
class DialogMetricsTest {
    private static final Text TEXT = new Text("x", false);

    private final HandMovedTime time = new HandMovedTime();
    private final Counters counters = new Counters();
    private final DialogMetrics metrics = new DialogMetrics(counters, time);

    private DialogMetrics.OfScript topup() {
        return metrics.script(DialogKind.DIALLED, "topup");
    }

    private static DialogIdentity identity(String script) throws Exception {
        Party party = new Party(1, 6, null, Party.ROUTE_ON_SSN);
        return new DialogIdentity(
                "Logic-1-1",
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
                script,
                "f828062c",
                "ussd");
    }

    /** One dialog under way. */
    private final class Told {
        private final DialogIdentity identity;
        private final DialogListener listener;

        Told(String script) throws Exception {
            identity = identity(script);
            listener = metrics.begun(identity);
            tell(new DialogFact.Begun());
        }

        Told tell(DialogFact fact) {
            listener.told(identity, time.now(), fact);
            return this;
        }

        Told after(long millis) {
            time.pass(Duration.ofMillis(millis));
            return this;
        }

        Told arrives() {
            listener.arrived();
            return this;
        }

        Told shows() {
            return tell(new DialogFact.Shown(Screen.MENU, TEXT));
        }

        Told answers(boolean late, boolean last) {
            return tell(new DialogFact.Answered(TEXT, late, last));
        }

        Told responds() {
            tell(new DialogFact.Responded(TEXT));
            return tell(new DialogFact.Finished(new Outcome.Responded(), false));
        }
    }

    private static List<Long> millis(Durations durations) {
        return List.of(durations.count(), durations.sum().nanos() / 1_000_000);
    }

    @Test
    void a_turn_lasts_from_what_arrives_to_the_next_message_and_thinking_from_a_menu_to_its_answer()
            throws Exception {
        new Told("topup")
                .after(3)
                .shows()
                .after(4_000)
                .arrives()
                .after(2) // until its thread has its turn
                .answers(false, false)
                .after(5)
                .responds();
        assertThat(millis(topup().turns())).containsExactly(2L, 3 + 2 + 5L);
        assertThat(millis(topup().thinking())).containsExactly(1L, 4_000L);
    }

    @Test
    void an_answer_that_comes_too_late_is_no_turn_and_no_thinking() throws Exception {
        new Told("topup")
                .shows()
                .after(30_000)
                .tell(new DialogFact.TimedOut(Screen.MENU))
                .after(7)
                .shows()
                .after(100)
                .arrives()
                .answers(true, false)
                .after(50)
                .arrives()
                .answers(false, false)
                .after(1)
                .responds();
        assertThat(millis(topup().turns())).containsExactly(2L, 1L);
        assertThat(millis(topup().thinking())).containsExactly(1L, 150L);
    }

    @Test
    void a_message_back_that_nobody_gets_ends_no_turn() throws Exception {
        new Told("topup")
                .shows()
                .after(9)
                .arrives()
                .answers(false, true)
                .after(500)
                .tell(new DialogFact.Aborted());
        assertThat(millis(topup().turns())).containsExactly(1L, 0L);
    }

    @Test
    void a_notify_has_turns_and_nobody_thinks() throws Exception {
        new Told("topup")
                .tell(new DialogFact.Shown(Screen.NOTIFY, TEXT))
                .after(900)
                .arrives()
                .tell(new DialogFact.Acknowledged(false, false))
                .after(4)
                .responds();
        assertThat(millis(topup().turns())).containsExactly(2L, 4L);
        assertThat(topup().thinking().count()).isZero();
    }

    @Test
    void dialogs_are_counted_by_script_and_the_engine_s_counters_are_their_sum() throws Exception {
        new Told("topup").responds();
        new Told("topup").tell(new DialogFact.Finished(new Outcome.Failed("x"), true));
        new Told("topup");
        new Told("care").responds();
        assertThat(topup().begun()).isEqualTo(3);
        assertThat(topup().finished("responded")).isOne();
        assertThat(topup().finished("failed")).isOne();
        assertThat(topup().open()).isOne();
        assertThat(counters.value(ServiceDesk.BEGUN)).isEqualTo(4);
        assertThat(counters.sum(ServiceDesk.FINISHED)).isEqualTo(3);
        assertThat(counters.snapshot())
                .containsEntry("dialogs.finished.responded", 2L)
                .doesNotContainKey("dialogs.finished.declined");
    }

    @Test
    void calls_are_measured_by_what_the_rules_name_and_by_outcome() throws Exception {
        Told dialog = new Told("topup");
        for (String outcome : List.of("2xx", "2xx", "timeout")) {
            dialog.tell(
                    new DialogFact.ScriptCalled(
                            "http.billing", outcome, Duration.ofMillis(40), () -> null));
        }
        assertThat(metrics.calls().get("http.billing")).containsOnlyKeys("2xx", "timeout");
        assertThat(counters.value("calls.http.billing.2xx")).isEqualTo(2);
        assertThat(counters.value("calls.http.billing.microseconds")).isEqualTo(120_000);
    }

    @Test
    void scripts_beyond_the_limit_count_together() throws Exception {
        for (int i = 0; i < DialogMetrics.MAX_SCRIPTS + 5; i++) {
            metrics.script(DialogKind.DIALLED, "s" + i);
        }
        new Told("one more").responds();
        assertThat(metrics.scripts()).hasSize(DialogMetrics.MAX_SCRIPTS + 1);
        assertThat(metrics.script(DialogKind.DIALLED, DialogMetrics.OTHER).begun()).isOne();
        assertThat(metrics.script(DialogKind.DIALLED, "s7").script()).isEqualTo("s7");
    }

    @Test
    void every_outcome_has_a_counter() {
        Set<String> outcomes =
                Arrays.stream(Outcome.class.getPermittedSubclasses())
                        .map(it -> it.getSimpleName().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(DialogMetrics.OUTCOMES).containsExactlyInAnyOrderElementsOf(outcomes);
    }
}
