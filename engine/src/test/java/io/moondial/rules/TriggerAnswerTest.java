package io.moondial.rules;

import static io.moondial.rules.TriggerTestBed.and;
import static io.moondial.rules.TriggerTestBed.anyFile;
import static io.moondial.rules.TriggerTestBed.anyRequest;
import static io.moondial.rules.TriggerTestBed.barely;
import static io.moondial.rules.TriggerTestBed.file;
import static io.moondial.rules.TriggerTestBed.when;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.Trigger.Overrides;
import io.moondial.rules.TriggerAnswer.Judged;
import io.moondial.rules.TriggerAnswer.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TriggerAnswerTest {
    private static TriggerRequest dialled(String text) {
        return new TriggerRequest(text, null, null, "27761234567", null, null, 6);
    }

    @Test
    void whatever_the_table_and_the_request_it_is_the_trigger_that_the_engine_takes() {
        int answered = 0;
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<Trigger> triggers = anyFile(random, seed % 20 == 0 ? 200 : 40);
            TriggerTable table = new TriggerTable(triggers);
            List<TriggerRequest> requests = new ArrayList<>();
            triggers.forEach(it -> requests.add(barely(it.conditions())));
            for (int i = 0; i < 20; i++) {
                requests.add(anyRequest(random));
            }
            for (TriggerRequest request : requests) {
                TriggerAnswer answer =
                        TriggerAnswer.of(table, request, Math.max(1, triggers.size()));
                Trigger taken = table.match(request).orElse(null);
                assertThat(answer.answers()).as("seed %d, %s", seed, request).isEqualTo(taken);
                assertThat(answer.leftOut()).isZero();
                assertThat(answer.triggers()).extracting(Judged::trigger).isEqualTo(triggers);
                answer.triggers().forEach(it -> isTold(it, taken, request));
                answered += taken == null ? 0 : 1;
            }
        }
        assertThat(answered).isGreaterThan(500);
    }

    /** By the conditions themselves. */
    private static void isTold(Judged judged, @Nullable Trigger taken, TriggerRequest request) {
        boolean holds = judged.trigger().conditions().match(request);
        switch (judged.verdict()) {
            case ANSWERS -> assertThat(judged.trigger()).isEqualTo(taken);
            case NO_MATCH -> {
                assertThat(holds).isFalse();
                assertThat(judged.why()).contains(" is to ");
            }
            case NOT_ASKED -> {
                assertThat(judged.trigger().line()).isGreaterThan(requireNonNull(taken).line());
                assertThat(judged.why()).contains(holds ? "would match too" : "would not match: ");
            }
        }
    }

    @Test
    void each_condition_that_fails_is_told_in_words() {
        TriggerTable table =
                new TriggerTable(
                        file(
                                and(
                                        and(when("ussd_string", "*1#"), "dest_ssn", 8),
                                        "imsi_prefix",
                                        "655"),
                                and(when("msisdn", "27761"), "source_gt_prefix", "27")));
        assertThat(TriggerAnswer.of(table, dialled("*2#"), 9).triggers())
                .extracting(Judged::why)
                .containsExactly(
                        "ussd_string is to be \"*1#\"; \"*2#\" is not; imsi is to begin with 655;"
                                + " the request has none: its destination is no IMSI; dest_ssn is"
                                + " to be 8; 6 is not",
                        "msisdn is to be 27761; 27761234567 is not; source_gt is to begin with 27;"
                                + " the request has none");
    }

    @Test
    void of_a_long_table_those_that_come_near_are_listed_in_their_order() {
        List<Conditions> lines = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            lines.add(and(when("ussd_string", "*7" + i + "#"), "dest_ssn", 8));
        }
        lines.set(4_000, and(when("ussd_string", "*123#"), "dest_ssn", 8));
        lines.set(8_000, and(when("ussd_string", "*12#"), "dest_ssn", 6));
        lines.set(9_000, when("ussd_string_prefix", "*123"));
        lines.set(9_500, when("ussd_string_prefix", "*12"));
        TriggerAnswer answer = TriggerAnswer.of(new TriggerTable(file(lines)), dialled("*123#"), 4);
        assertThat(answer.triggers())
                .extracting(it -> it.trigger().line(), Judged::verdict)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(4_001, Verdict.NO_MATCH),
                        org.assertj.core.groups.Tuple.tuple(8_001, Verdict.NO_MATCH),
                        org.assertj.core.groups.Tuple.tuple(9_001, Verdict.ANSWERS),
                        org.assertj.core.groups.Tuple.tuple(9_501, Verdict.NOT_ASKED));
        assertThat(answer.leftOut()).isEqualTo(9_996);
    }

    @Test
    void what_a_mask_hides_is_not_told() {
        Conditions ssn = and(when("ussd_string_prefix", "*1*"), "dest_ssn", 6);
        Trigger masking = new Trigger(2, ssn, "pin", new DialledMask.After(2), Overrides.NONE);
        List<Trigger> triggers =
                List.of(
                        new Trigger(1, "other", when("ussd_string", "*9#"), Overrides.NONE),
                        masking);
        TriggerAnswer answered =
                TriggerAnswer.of(new TriggerTable(triggers), dialled("*1*4711#"), 9);
        assertThat(answered.answers()).isEqualTo(masking);
        assertThat(answered.triggers().getFirst().why())
                .isEqualTo("ussd_string is to be \"*9#\"; \"*1*****#\" is not");
        assertThat(TriggerAnswer.of(new TriggerTable(triggers), dialled("*2*4711#"), 9).triggers())
                .as("none answers: as logs do it")
                .allSatisfy(it -> assertThat(it.why()).doesNotContain("4711"));
    }
}
