package io.moondial.rules;

import static io.moondial.rules.TriggerTestBed.and;
import static io.moondial.rules.TriggerTestBed.barely;
import static io.moondial.rules.TriggerTestBed.file;
import static io.moondial.rules.TriggerTestBed.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.UnreachableTriggers.Unreachable.Covered;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hundred thousand triggers cost a lookup little more than ten. */
class ManyTriggersTest {
    private static final int MANY = 100_000;
    private static final int MOST_EXAMINED = 64;
    private static final int MOST_PROBED = 64;

    /** How the triggers of a file differ; the request of each must find it. */
    record Shape(String name, IntFunction<Conditions> line) {
        @Override
        public String toString() {
            return name;
        }

        List<Trigger> triggers() {
            List<Conditions> lines =
                    new ArrayList<>(IntStream.range(0, MANY).mapToObj(line).toList());
            Collections.shuffle(lines, new Random(1));
            lines.add(Conditions.NONE);
            return file(lines);
        }
    }

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape("a service code each", n -> when("ussd_string", "*" + n + "#")),
                new Shape(
                        "a prefix each, the length of all the same",
                        n -> when("ussd_string_prefix", "*1" + (MANY + n))),
                new Shape(
                        "a number each under one service code",
                        n -> and(when("ussd_string_prefix", "*100"), "msisdn", number(n))),
                new Shape(
                        "a number range each under one service code",
                        n -> and(when("ussd_string_prefix", "*100"), "msisdn_prefix", number(n))),
                new Shape(
                        "each of 250 service codes for each of 400 number ranges",
                        n ->
                                and(
                                        when("ussd_string_prefix", "*" + (100 + n / 400) + "#"),
                                        "msisdn_prefix",
                                        "27" + (100 + n % 400))),
                new Shape(
                        "each of 50 by each of 50 by each of 40",
                        n ->
                                and(
                                        and(
                                                when("ussd_string_prefix", "*" + (100 + n % 50)),
                                                "imsi_prefix",
                                                "655" + (10 + n / 50 % 50)),
                                        "source_gt_prefix",
                                        "27" + (10 + n / 2_500))),
                new Shape(
                        "numbers and number ranges of many lengths, by subsystem",
                        n ->
                                and(
                                        n % 2 == 0
                                                ? when("destination", "27" + n)
                                                : when("origination_prefix", n + "#"),
                                        "dest_ssn",
                                        n % 3 + 6)),
                new Shape(
                        "a number each under prefixes of prefixes",
                        n ->
                                and(
                                        and(
                                                when("ussd_string_prefix", "1".repeat(n % 20)),
                                                "source_gt_prefix",
                                                "2".repeat(n / 20 % 20)),
                                        "msisdn_prefix",
                                        number(n))),
                new Shape(
                        "every attribute in turn",
                        n ->
                                when(
                                        List.of(
                                                        "ussd_string",
                                                        "ussd_string_prefix",
                                                        "destination",
                                                        "destination_prefix",
                                                        "origination",
                                                        "origination_prefix",
                                                        "msisdn",
                                                        "msisdn_prefix",
                                                        "imsi_prefix",
                                                        "source_gt_prefix")
                                                .get(n % 10),
                                        number(n))));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void a_lookup_finds_its_trigger_and_examines_few(Shape shape) {
        List<Trigger> triggers = shape.triggers();
        TriggerTable table = new TriggerTable(triggers);
        for (Trigger trigger : triggers) {
            TriggerIndex.Search search = table.search(barely(trigger.conditions()));
            assertThat(search.found()).isEqualTo(trigger.line() - 1);
            assertThat(search.examined()).as("%s", trigger).isLessThanOrEqualTo(MOST_EXAMINED);
            assertThat(search.probed()).as("%s", trigger).isLessThanOrEqualTo(MOST_PROBED);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void a_request_with_everything_examines_few(Shape shape) {
        TriggerTable table = new TriggerTable(shape.triggers());
        Random random = new Random(2);
        for (int n = 0; n < 1_000; n++) {
            String number = number(random.nextInt(MANY));
            TriggerRequest request =
                    new TriggerRequest(
                            "*" + (100 + random.nextInt(250)) + "#",
                            "27" + random.nextInt(MANY),
                            number(random.nextInt(MANY)),
                            number,
                            "65510" + number,
                            number,
                            6);
            TriggerIndex.Search search = table.search(request);
            assertThat(search.examined()).as("%s", request).isLessThanOrEqualTo(MOST_EXAMINED);
            assertThat(search.probed()).as("%s", request).isLessThanOrEqualTo(MOST_PROBED);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void none_of_them_is_unreachable(Shape shape) {
        assertThat(UnreachableTriggers.find(shape.triggers())).isEmpty();
    }

    @Test
    void all_behind_the_first_of_many_alike_are_covered_by_it() {
        List<Trigger> triggers =
                file(Collections.nCopies(MANY, and(when("dest_ssn", 6), "msisdn_prefix", "27")));
        assertThat(UnreachableTriggers.find(triggers))
                .hasSize(MANY - 1)
                .endsWith(new Covered(triggers.getLast(), triggers.getFirst()));
    }

    @Test
    void the_long_prefixes_behind_the_short_ones_are_covered() {
        List<Trigger> triggers =
                file(
                        IntStream.range(10, MANY)
                                .mapToObj(n -> when("ussd_string_prefix", "*" + n))
                                .toList());
        assertThat(UnreachableTriggers.find(triggers))
                .hasSize(MANY - 100)
                .endsWith(new Covered(triggers.getLast(), triggers.get(99 - 10)));
    }

    private static String number(int n) {
        return "27" + (760_000_000 + n);
    }
}
