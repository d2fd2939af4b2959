package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogKind;
import io.moondial.metrics.Counters;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.HandMovedTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How often an error of a script is in the log. */
class ScriptErrorsTest {
    private static final String LOGGER = "script-errors";
    private static final String PLACE = "money.lua:12";
    private static final String TEXT = "money.lua:12: no credit";

    private final HandMovedTime time = new HandMovedTime();
    private final Counters counters = new Counters();
    private final ScriptErrors errors =
            new ScriptErrors("money", LoggerFactory.getLogger(LOGGER), time, counters);
    private int dialogs;

    ScriptErrorsTest() {
        errors.limit(3);
    }

    private DialogIdentity dialog() {
        Party party = new Party(1, 6, "27829000000", Party.ROUTE_ON_SSN);
        Address number = Address.international("27761485722");
        try {
            Opening opening =
                    new Opening(
                            DialogKind.DIALLED,
                            UssdString.encode("*1#", Dcs.UNSPECIFIED),
                            "*1#",
                            number,
                            null,
                            null,
                            party,
                            party,
                            "0000000a",
                            "0b",
                            null);
            return new DialogIdentity("Logic-" + ++dialogs, opening, "money", "1", "ussd");
        } catch (UssdString.UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    private boolean failed(String place, String text) {
        return errors.isNew(dialog(), "failed", place, text);
    }

    @Test
    void an_error_is_new_once_and_then_a_line_a_minute_gives_its_number() {
        try (LogWatch log = new LogWatch(LOGGER)) {
            assertThat(failed(PLACE, TEXT)).isTrue();
            time.pass(Duration.ofSeconds(90));
            for (int i = 0; i < 340; i++) {
                assertThat(failed(PLACE, TEXT)).isFalse();
            }
            time.pass(Duration.ofMinutes(1));
            assertThat(failed(PLACE, TEXT)).isFalse();
            time.pass(Duration.ofMinutes(10));
            assertThat(log.lines())
                    .containsExactly(
                            "money.lua:12 failed 340 times in the last 60 s, 341 times since 2026-01-05T08:00:00Z;"
                                    + " the newest: Logic-341 0000000a money money.lua:12: no credit",
                            "money.lua:12 failed once in the last 60 s, 342 times since 2026-01-05T08:00:00Z;"
                                    + " the newest: Logic-342 0000000a money money.lua:12: no credit");
            assertThat(counters.value("scripts.errors_summed_up")).isEqualTo(341);
            assertThat(time.pending()).isZero();
        }
    }

    @Test
    void a_few_different_errors_at_one_place_are_all_new_and_not_more_than_that() {
        for (int i = 0; i < ScriptErrors.TEXTS; i++) {
            assertThat(failed(PLACE, TEXT + i)).isTrue();
            assertThat(failed(PLACE, TEXT + i)).isFalse();
        }
        assertThat(failed(PLACE, TEXT + "of 27761485722")).isFalse();
    }

    @Test
    void an_error_elsewhere_and_a_warning_at_the_same_place_are_others() {
        assertThat(failed(PLACE, TEXT)).isTrue();
        assertThat(failed("money.lua:13", TEXT)).isTrue();
        assertThat(errors.isNew(dialog(), "gave a warning", PLACE, TEXT)).isTrue();
    }

    @Test
    void errors_at_too_many_places_are_counted_together_until_old_ones_are_quiet() {
        try (LogWatch log = new LogWatch(LOGGER)) {
            for (int i = 1; i <= 1_000; i++) {
                assertThat(failed("c" + i + ":1", "odd")).isEqualTo(i <= 4);
            }
            time.pass(Duration.ofMinutes(1));
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "money, elsewhere failed 996 times in the last 60 s, 997 times since");
            time.pass(ScriptErrors.QUIET.plusSeconds(1));
            assertThat(failed("c2000:1", "odd")).isTrue();
        }
    }

    @Test
    void an_error_is_new_again_after_a_quiet_hour() {
        assertThat(failed(PLACE, TEXT)).isTrue();
        time.pass(ScriptErrors.QUIET);
        assertThat(failed(PLACE, TEXT)).isFalse();
        time.pass(ScriptErrors.QUIET.plusSeconds(1));
        assertThat(failed(PLACE, TEXT)).isTrue();
    }

    @Test
    void a_reload_tells_what_was_counted_and_each_error_is_new_again() {
        try (LogWatch log = new LogWatch(LOGGER)) {
            assertThat(failed(PLACE, TEXT)).isTrue();
            assertThat(failed(PLACE, TEXT)).isFalse();
            time.pass(Duration.ofSeconds(23));
            errors.forget();
            assertThat(time.pending()).isZero();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("money.lua:12 failed once in the last 23 s, 2 times since");
            assertThat(failed(PLACE, TEXT)).isTrue();
            time.pass(Duration.ofHours(1));
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void an_error_before_the_first_line_has_the_name_of_the_script() {
        try (LogWatch log = new LogWatch(LOGGER)) {
            assertThat(failed("", "stopped")).isTrue();
            assertThat(failed("", "stopped")).isFalse();
            errors.forget();
            assertThat(log.lines()).singleElement().asString().startsWith("money failed once");
        }
    }
}
