package io.moondial.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.edr.Edr;
import io.moondial.edr.InstanceIds;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which change of a push writes which record. */
class PushRecordsTest {
    private static final String DIALOG = "Logic-1632976990-05f220e1";

    private final HandMovedTime time = new HandMovedTime();
    private final Instant begin = time.now();
    private final List<Edr> written = new ArrayList<>();
    private final List<String> streams = new ArrayList<>();
    private final PushRecords records =
            new PushRecords(
                    (stream, edr) -> {
                        streams.add(stream);
                        written.add(edr);
                    },
                    () -> "ussd",
                    new InstanceIds("Logic", begin, new Random(1)),
                    time);

    @AfterEach
    void each_record_is_as_specified() {
        assertThat(written)
                .allSatisfy(it -> assertThat(EdrSpec.builtIn().check(it)).as("" + it).isEmpty());
        assertThat(streams).allMatch("ussd"::equals);
    }

    /** One after the other, those of a push; each changes one thing or more. */
    private final class Push {
        private final String id;
        private final String what;
        private State state = State.QUEUED;
        private int attempts;
        private @Nullable Instant next;
        private @Nullable Integer code;
        private @Nullable Reason reason;
        private @Nullable String dialog;

        Push(String id, String what) {
            this.id = id;
            this.what = what;
        }

        Push is(State now) {
            state = now;
            return this;
        }

        Push attempt(int now) {
            attempts = now;
            next = null;
            return this;
        }

        Push retry(Duration after) {
            next = time.now().plus(after);
            return this;
        }

        Push because(@Nullable Reason why, @Nullable Integer error) {
            reason = why;
            code = error;
            return this;
        }

        Push inDialog() {
            dialog = DIALOG;
            return this;
        }

        /** What was written for it, each without its time. */
        List<String> tell() {
            int before = written.size();
            records.changed(
                    new PushReport(
                            id,
                            "27761485722",
                            what,
                            Priority.NORMAL,
                            "api crm",
                            state,
                            begin,
                            begin.plusSeconds(600),
                            time.now(),
                            attempts,
                            next,
                            code,
                            reason,
                            null,
                            dialog,
                            false,
                            PushSettings.RouteKind.SRI_SM));
            return written.subList(before, written.size()).stream()
                    .map(PushRecordsTest::shown)
                    .toList();
        }
    }

    private static String shown(Edr edr) {
        return edr.event()
                + edr.fields().stream()
                        .filter(it -> !it.name().equals("MSISDN") && !it.name().equals("PUSH_ID"))
                        .map(it -> " " + it.name() + "=" + it.text())
                        .collect(Collectors.joining());
    }

    @Test
    void one_that_goes_well_has_a_record_at_its_begin_and_at_its_end() {
        Push push = new Push("1", "notify");
        assertThat(push.tell()).isEmpty();
        assertThat(push.is(State.ROUTING).attempt(1).inDialog().tell())
                .containsExactly("PUSH ATTEMPT=1 BY=api crm KIND=notify ROUTE=sri_sm");
        assertThat(push.is(State.SENT).tell()).isEmpty();
        assertThat(push.is(State.ANSWERED).tell()).isEmpty();
        assertThat(push.is(State.COMPLETED).tell())
                .containsExactly("PUSH-R ATTEMPT=1 STATE=completed");
        assertThat(written)
                .allSatisfy(
                        it -> {
                            assertThat(it.instanceId()).isEqualTo(DIALOG);
                            assertThat(it.text("MSISDN")).isEqualTo("27761485722:1:1");
                            assertThat(it.text("PUSH_ID")).isEqualTo("1");
                        });
    }

    @Test
    void an_attempt_that_is_told_once_it_is_sent_is_one_all_the_same() {
        Push push = new Push("1", "menu");
        assertThat(push.tell()).isEmpty();
        assertThat(push.is(State.ROUTING).tell()).isEmpty();
        assertThat(push.attempt(1).tell()).hasSize(1);
        assertThat(push.is(State.SENT).tell()).isEmpty();
    }

    @Test
    void each_attempt_that_is_repeated_has_a_record_at_its_begin_and_at_its_failure() {
        Push push = new Push("1", "survey");
        assertThat(push.is(State.ROUTING).attempt(1).tell())
                .containsExactly(
                        "PUSH ATTEMPT=1 BY=api crm KIND=script ROUTE=sri_sm SCRIPT=survey");
        push.is(State.SENT).tell();
        push.is(State.ROUTING).because(Reason.USSD_BUSY, 72).retry(Duration.ofSeconds(3));
        String due = begin.plusSeconds(3).toString().replace('T', ' ').replace("Z", "");
        assertThat(push.tell())
                .containsExactly(
                        "PUSH-E ATTEMPT=1 ERROR_CODE=72 REASON=ussd_busy RETRY=%s STATE=routing"
                                .formatted(due.contains(".") ? due : due + ".000"));
        assertThat(push.tell()).as("told again").isEmpty();
        time.pass(Duration.ofSeconds(3));
        assertThat(push.attempt(2).tell())
                .containsExactly(
                        "PUSH ATTEMPT=2 BY=api crm KIND=script ROUTE=sri_sm SCRIPT=survey");
        push.is(State.SENT).tell();
        assertThat(push.is(State.FAILED).because(Reason.NO_ANSWER, null).tell())
                .containsExactly("PUSH-E ATTEMPT=2 REASON=no_answer STATE=failed");
    }

    @Test
    void each_end_that_is_not_good_has_a_record_which_says_why() {
        assertThat(new Push("1", "menu").is(State.EXPIRED).tell())
                .containsExactly("PUSH-E ATTEMPT=0 STATE=expired");
        assertThat(new Push("2", "menu").is(State.CANCELLED).tell())
                .containsExactly("PUSH-E ATTEMPT=0 STATE=cancelled");
        assertThat(new Push("3", "menu").is(State.UNKNOWN).attempt(1).tell())
                .containsExactly("PUSH-E ATTEMPT=1 STATE=unknown");
        for (Reason reason : Reason.values()) {
            Push push = new Push(reason.word(), "menu");
            push.is(State.ROUTING).attempt(1).tell();
            assertThat(push.is(State.FAILED).because(reason, null).tell())
                    .containsExactly("PUSH-E ATTEMPT=1 REASON=" + reason.word() + " STATE=failed");
        }
    }

    @Test
    void a_push_without_a_dialog_has_one_id_of_its_own() {
        Push one = new Push("1", "menu");
        one.is(State.ROUTING).attempt(1).tell();
        Push other = new Push("2", "menu");
        other.is(State.EXPIRED).tell();
        one.is(State.FAILED).because(Reason.NO_ROUTE, null).tell();
        assertThat(written.get(0).instanceId()).isEqualTo(written.get(2).instanceId());
        assertThat(written.get(1).instanceId()).isNotEqualTo(written.get(0).instanceId());
    }

    @Test
    void what_a_push_was_before_a_restart_writes_nothing_again() {
        Push waiting = new Push("1", "menu").attempt(2).retry(Duration.ofSeconds(3));
        waiting.is(State.QUEUED).because(Reason.USSD_BUSY, 72);
        assertThat(waiting.tell()).isEmpty();
        assertThat(waiting.is(State.ROUTING).attempt(3).tell())
                .containsExactly("PUSH ATTEMPT=3 BY=api crm KIND=menu ROUTE=sri_sm");
        Push sent = new Push("2", "menu").attempt(1).is(State.SENT);
        assertThat(sent.tell()).isEmpty();
    }
}
