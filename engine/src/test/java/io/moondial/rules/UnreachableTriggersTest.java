package io.moondial.rules;

import static io.moondial.rules.TriggerTestBed.and;
import static io.moondial.rules.TriggerTestBed.anyFile;
import static io.moondial.rules.TriggerTestBed.anyRequest;
import static io.moondial.rules.TriggerTestBed.barely;
import static io.moondial.rules.TriggerTestBed.file;
import static io.moondial.rules.TriggerTestBed.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.UnreachableTriggers.Unreachable;
import io.moondial.rules.UnreachableTriggers.Unreachable.Contradictory;
import io.moondial.rules.UnreachableTriggers.Unreachable.Covered;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnreachableTriggersTest {
    private static final int FILES = 3_000;

    @Test
    void all_behind_a_trigger_that_catches_all_are_covered_by_it() {
        assertThat(flaws(when("dest_ssn", 6), Conditions.NONE, when("dest_ssn", 8)))
                .containsExactly("3 covered by 2");
    }

    @Test
    void the_same_conditions_again_are_covered() {
        assertThat(
                        flaws(
                                and(when("ussd_string", "*1#"), "dest_ssn", 6),
                                and(when("ussd_string", "*1#"), "dest_ssn", 6)))
                .containsExactly("2 covered by 1");
    }

    @Test
    void a_longer_prefix_and_an_exact_string_are_covered_by_a_shorter_prefix() {
        assertThat(
                        flaws(
                                when("ussd_string_prefix", "*1"),
                                when("ussd_string_prefix", "*12"),
                                when("ussd_string", "*100#")))
                .containsExactly("2 covered by 1", "3 covered by 1");
    }

    @Test
    void a_shorter_prefix_behind_a_longer_one_and_an_exact_string_is_reachable() {
        assertThat(
                        flaws(
                                when("ussd_string", "*100#"),
                                when("ussd_string_prefix", "*100#"),
                                when("ussd_string_prefix", "*1")))
                .isEmpty();
    }

    @Test
    void one_more_condition_is_covered_and_one_less_is_not() {
        Conditions more = and(when("msisdn_prefix", "27"), "dest_ssn", 6);
        Conditions less = when("msisdn_prefix", "27");
        assertThat(flaws(less, more)).containsExactly("2 covered by 1");
        assertThat(flaws(more, less)).isEmpty();
    }

    @Test
    void the_same_value_of_another_attribute_covers_nothing() {
        assertThat(flaws(when("origination", "27"), when("destination", "27"))).isEmpty();
    }

    @Test
    void every_request_has_a_ussd_string_that_begins_with_nothing() {
        assertThat(flaws(when("ussd_string_prefix", ""), when("dest_ssn", 6)))
                .containsExactly("2 covered by 1");
        assertThat(flaws(when("msisdn_prefix", ""), when("dest_ssn", 6))).isEmpty();
    }

    @Test
    void an_exact_string_that_does_not_begin_with_its_prefix_is_a_contradiction() {
        List<Trigger> triggers =
                file(and(when("ussd_string", "*100#"), "ussd_string_prefix", "*2"));
        assertThat(UnreachableTriggers.find(triggers))
                .containsExactly(
                        new Contradictory(triggers.getFirst(), "ussd_string", "*100#", "*2"));
    }

    @Test
    void a_contradictory_trigger_covers_nothing_and_is_not_called_covered() {
        Conditions contradictory = and(when("msisdn", "27"), "msisdn_prefix", "28");
        assertThat(flaws(contradictory, contradictory, when("msisdn", "27")))
                .containsExactly("1 contradictory", "2 contradictory");
    }

    @Test
    void the_unreachable_ones_are_those_whose_conditions_imply_all_of_an_earlier_one() {
        int covered = 0;
        for (int seed = 0; seed < FILES; seed++) {
            List<Trigger> triggers = anyFile(new Random(seed), 60);
            List<String> expected = flawsByComparingAll(triggers);
            assertThat(flaws(triggers)).as("seed %d: %s", seed, triggers).isEqualTo(expected);
            covered += expected.size();
        }
        assertThat(covered).as("there was something to find").isGreaterThan(FILES);
    }

    @Test
    void no_request_selects_an_unreachable_trigger() {
        for (int seed = 0; seed < FILES; seed++) {
            Random random = new Random(seed);
            List<Trigger> triggers = anyFile(random, 60);
            List<Trigger> unreachable = unreachable(triggers);
            TriggerTable table = new TriggerTable(triggers);
            for (int n = 0; n < 50; n++) {
                TriggerRequest request = anyRequest(random);
                assertThat(table.match(request).filter(unreachable::contains))
                        .as("seed %d: %s", seed, request)
                        .isEmpty();
            }
        }
    }

    @Test
    void every_other_trigger_is_selected_by_the_request_that_it_barely_matches() {
        for (int seed = 0; seed < FILES; seed++) {
            List<Trigger> triggers = anyFile(new Random(seed), 60);
            List<Trigger> reachable = new ArrayList<>(triggers);
            reachable.removeAll(unreachable(triggers));
            TriggerTable table = new TriggerTable(triggers);
            for (Trigger trigger : reachable) {
                assertThat(table.match(barely(trigger.conditions())))
                        .as("seed %d", seed)
                        .hasValue(trigger);
            }
        }
    }

    private static List<Trigger> unreachable(List<Trigger> triggers) {
        return UnreachableTriggers.find(triggers).stream().map(Unreachable::trigger).toList();
    }

    private static List<String> flaws(Conditions... lines) {
        return flaws(file(lines));
    }

    private static List<String> flaws(List<Trigger> triggers) {
        return UnreachableTriggers.find(triggers).stream()
                .map(
                        flaw ->
                                switch (flaw) {
                                    case Covered(Trigger trigger, Trigger by) ->
                                            covered(trigger, by);
                                    case Contradictory contradictory ->
                                            contradictory(contradictory.trigger());
                                })
                .toList();
    }

    private static String covered(Trigger trigger, Trigger by) {
        return trigger.line() + " covered by " + by.line();
    }

    private static String contradictory(Trigger trigger) {
        return trigger.line() + " contradictory";
    }

    /** The definition, word for word: each with each. */
    private static List<String> flawsByComparingAll(List<Trigger> triggers) {
        List<String> flaws = new ArrayList<>();
        for (int later = 0; later < triggers.size(); later++) {
            Trigger trigger = triggers.get(later);
            if (!trigger.conditions().match(barely(trigger.conditions()))) {
                flaws.add(contradictory(trigger));
                continue;
            }
            Optional<Trigger> by =
                    triggers.subList(0, later).stream()
                            .filter(t -> implies(trigger.conditions(), t.conditions()))
                            .findFirst();
            by.ifPresent(earlier -> flaws.add(covered(trigger, earlier)));
        }
        return flaws;
    }

    private static boolean implies(Conditions later, Conditions earlier) {
        // Of all attributes only the USSD string is in every request.
        boolean anyUssdString = "".equals(earlier.ussdStringPrefix());
        return same(later.ussdString(), earlier.ussdString())
                && (anyUssdString
                        || begins(
                                later.ussdString(),
                                later.ussdStringPrefix(),
                                earlier.ussdStringPrefix()))
                && same(later.destination(), earlier.destination())
                && begins(
                        later.destination(), later.destinationPrefix(), earlier.destinationPrefix())
                && same(later.origination(), earlier.origination())
                && begins(
                        later.origination(), later.originationPrefix(), earlier.originationPrefix())
                && same(later.msisdn(), earlier.msisdn())
                && begins(later.msisdn(), later.msisdnPrefix(), earlier.msisdnPrefix())
                && begins(null, later.imsiPrefix(), earlier.imsiPrefix())
                && begins(null, later.sourceGtPrefix(), earlier.sourceGtPrefix())
                && same(later.destSsn(), earlier.destSsn());
    }

    private static boolean same(@Nullable Object later, @Nullable Object earlier) {
        return earlier == null || Objects.equals(later, earlier);
    }

    private static boolean begins(
            @Nullable String laterExact, @Nullable String laterPrefix, @Nullable String earlier) {
        return earlier == null
                || (laterExact != null && laterExact.startsWith(earlier))
                || (laterPrefix != null && laterPrefix.startsWith(earlier));
    }
}
