package io.moondial.rules;

import static io.moondial.rules.TriggerTestBed.and;
import static io.moondial.rules.TriggerTestBed.anyFile;
import static io.moondial.rules.TriggerTestBed.anyRequest;
import static io.moondial.rules.TriggerTestBed.barely;
import static io.moondial.rules.TriggerTestBed.file;
import static io.moondial.rules.TriggerTestBed.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.rules.Trigger.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TriggerTableTest {
    private static final TriggerRequest BALANCE =
            new TriggerRequest(
                    "*100#", "27830000000", "27829000000", "27761485722", "65501", "27", 6);

    @Test
    void the_first_that_matches_wins_though_a_later_one_says_more() {
        assertThat(
                        lineFor(
                                when("ussd_string_prefix", "*2"),
                                when("ussd_string_prefix", "*1"),
                                when("ussd_string", "*100#"),
                                Conditions.NONE))
                .hasValue(2);
    }

    @Test
    void every_condition_given_must_hold() {
        assertThat(
                        lineFor(
                                and(when("ussd_string_prefix", "*100"), "dest_ssn", 8),
                                and(when("ussd_string_prefix", "*100"), "msisdn_prefix", "2783"),
                                and(when("ussd_string_prefix", "*100"), "msisdn_prefix", "2776")))
                .hasValue(3);
    }

    @Test
    void each_attribute_is_compared_with_its_own_of_the_request() {
        List.of(
                        when("ussd_string", "*100#"),
                        when("ussd_string_prefix", "*10"),
                        when("destination", "27830000000"),
                        when("destination_prefix", "2783"),
                        when("origination", "27829000000"),
                        when("origination_prefix", "2782"),
                        when("msisdn", "27761485722"),
                        when("msisdn_prefix", "2776"),
                        when("imsi_prefix", "655"),
                        when("source_gt_prefix", "27"),
                        when("dest_ssn", 6))
                .forEach(alone -> assertThat(lineFor(alone)).as("%s", alone).hasValue(1));
    }

    @Test
    void a_request_that_lacks_an_attribute_meets_no_condition_on_it() {
        TriggerRequest bare = new TriggerRequest("*100#", null, null, null, null, null, null);
        TriggerTable table = new TriggerTable(file(when("msisdn_prefix", ""), when("dest_ssn", 6)));
        assertThat(table.match(bare)).isEmpty();
    }

    @Test
    void a_table_without_triggers_matches_nothing() {
        assertThat(new TriggerTable(List.of()).match(BALANCE)).isEmpty();
    }

    @Test
    void tables_are_equal_by_their_triggers() {
        TriggerTable table = new TriggerTable(file(when("dest_ssn", 6)));
        assertThat(table)
                .isEqualTo(new TriggerTable(file(when("dest_ssn", 6))))
                .hasSameHashCodeAs(new TriggerTable(file(when("dest_ssn", 6))))
                .isNotEqualTo(new TriggerTable(file(when("dest_ssn", 8))));
    }

    @Test
    void a_table_keeps_the_triggers_that_it_was_made_of() {
        List<Trigger> triggers = new ArrayList<>(file(Conditions.NONE, when("dest_ssn", 6)));
        TriggerTable table = new TriggerTable(triggers);
        triggers.clear();
        assertThat(table.triggers()).isEqualTo(file(Conditions.NONE, when("dest_ssn", 6)));
    }

    @Test
    void whatever_the_triggers_and_the_request_it_is_the_first_found_by_reading_them_in_order() {
        int matches = 0;
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<Trigger> triggers = anyFile(random, seed % 10 == 0 ? 400 : 40);
            TriggerTable table = new TriggerTable(triggers);
            for (TriggerRequest request : requests(random, triggers)) {
                Optional<Trigger> first = firstByReading(triggers, request);
                assertThat(table.match(request))
                        .as("seed %d: %s of %s", seed, request, triggers)
                        .isEqualTo(first);
                matches += first.isPresent() ? 1 : 0;
            }
        }
        assertThat(matches).as("the requests are near the triggers").isGreaterThan(20_000);
    }

    private static List<TriggerRequest> requests(Random random, List<Trigger> triggers) {
        List<TriggerRequest> requests = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            requests.add(anyRequest(random));
        }
        triggers.forEach(trigger -> requests.add(barely(trigger.conditions())));
        return requests;
    }

    private static Optional<Trigger> firstByReading(
            List<Trigger> triggers, TriggerRequest request) {
        return triggers.stream().filter(trigger -> trigger.conditions().match(request)).findFirst();
    }

    private static Optional<Integer> lineFor(Conditions... lines) {
        return new TriggerTable(file(lines)).match(BALANCE).map(Trigger::line);
    }
}
