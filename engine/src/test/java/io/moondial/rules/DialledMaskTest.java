package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.Trigger.Overrides;
import io.moondial.text.Mask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialledMaskTest {
    private static final DialledMask PIN = new DialledMask.After(2);

    @TempDir Path temp;

    private static String written(DialledMask mask, String text) {
        return Objects.requireNonNullElse(mask.written(text), text);
    }

    @ParameterizedTest
    @CsvSource({
        "2, *1*4711#, *1*****#",
        "2, *1*4711*500#, *1*********#",
        "3, *1*4711*500#, *1*4711****#",
        "1, *1*4711#, *******#",
        "2, *1*4711, *1*****",
        "2, *1*47#11#, *1******#",
        "2, *1*#, *1*#",
        "2, *1*, *1*",
        "2, *100#, *100#",
        "2, #1#, #1#",
        "1, #31#*4711, #31#*****",
        "2, *1*пин😀#, *1*****#",
    })
    void after_a_star_all_up_to_the_last_hash_is_masked(int stars, String dialled, String written) {
        assertThat(written(new DialledMask.After(stars), dialled)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({
        "'^\\*1\\*(\\d{4})#$', *1*4711#, *1*****#",
        "'^\\*1\\*(\\d{4})#$', *1*471#, *1*471#",
        "'\\*(\\d{4})(?=[*#])', *1*4711*50*0815#, *1******50*****#",
        "'(x)|1', *1#, *1#",
    })
    void a_pattern_masks_what_its_group_matches_each_time(
            String regex, String dialled, String written) {
        assertThat(written(new DialledMask.Group(Pattern.compile(regex)), dialled))
                .isEqualTo(written);
    }

    @Test
    void a_pattern_that_tries_too_many_ways_masks_all() {
        var mask = new DialledMask.Group(Pattern.compile("((?:\\d+)+)x"));

        assertThat(written(mask, "1".repeat(182))).isEqualTo("*".repeat(182));
    }

    private static Trigger trigger(
            String prefix, @Nullable String msisdn, @Nullable DialledMask m) {
        return trigger(prefix, msisdn, null, m);
    }

    private static Trigger trigger(
            String prefix,
            @Nullable String msisdn,
            @Nullable Integer ssn,
            @Nullable DialledMask m) {
        var conditions =
                WrittenSettings.with(
                        WrittenSettings.with(
                                WrittenSettings.with(Conditions.NONE, "ussdStringPrefix", prefix),
                                "msisdn",
                                msisdn),
                        "destSsn",
                        ssn);
        return new Trigger(1, conditions, "main", m, Overrides.NONE);
    }

    private static String seen(String dialled, Trigger... triggers) {
        var hidden = new TriggerTable(List.of(triggers)).hidden(dialled, "27761485722");
        return Mask.of(dialled, hidden);
    }

    @Test
    void before_the_trigger_is_known_what_a_trigger_that_may_match_masks_is_hidden() {
        assertThat(seen("*1*4711#", trigger("*1*", null, PIN))).isEqualTo("*1*****#");
        assertThat(seen("*1*4711#", trigger("*1*", null, 8, PIN), trigger("*1*", null, null)))
                .as("the first may match: its subsystem is not known")
                .isEqualTo("*1*****#");
    }

    @Test
    void what_a_trigger_masks_that_cannot_match_is_not_hidden() {
        assertThat(seen("*2*500#", trigger("*1*", null, PIN), trigger("*2*", null, null)))
                .isEqualTo("*2*500#");
        assertThat(seen("*1*500#", trigger("*1*", "2700", PIN), trigger("*1*", null, null)))
                .isEqualTo("*1*500#");
        assertThat(seen("*1*500#", trigger("*1*5", null, null), trigger("*1*", null, PIN)))
                .as("one before it certainly matches")
                .isEqualTo("*1*500#");
    }

    @Test
    void what_no_trigger_takes_is_hidden_behind_its_code_where_any_masks_something() {
        assertThat(seen("*2*4711#", trigger("*1*", null, PIN))).isEqualTo("*2*****#");
        assertThat(seen("*2*4711#", trigger("*1*", null, null))).isEqualTo("*2*4711#");
    }

    @Test
    void of_a_text_that_cannot_be_read_nothing_is_shown_where_any_trigger_masks_something() {
        var masking = new TriggerTable(List.of(trigger("*1*", null, PIN)));
        var open = new TriggerTable(List.of(trigger("*1*", null, null)));

        assertThat(masking.hidden(null, null).isEmpty()).isFalse();
        assertThat(open.hidden(null, null).isEmpty()).isTrue();
    }

    @Test
    void masks_of_triggers_are_read_from_the_file() throws Exception {
        RulesFolder folder = RulesFolder.withScripts(temp, "a");
        List<DialledMask> masks = new ArrayList<>();
        folder.read(
                        """
                        process:
                          triggers:
                            - {ussd_string_prefix: "*1*", script_key: a, mask: {after: 2}}
                            - {ussd_string_prefix: "*2*", script_key: a, mask: {pattern: '(\\d{4})#$'}}
                        notify: {triggers: [{script_key: a, mask: {after: 1}}]}
                        """)
                .process()
                .triggers()
                .triggers()
                .forEach(it -> masks.add(Objects.requireNonNull(it.mask())));

        assertThat(masks)
                .containsExactly(PIN, new DialledMask.Group(Pattern.compile("(\\d{4})#$")))
                .doesNotContain(new DialledMask.Group(Pattern.compile("(\\d{5})#$")));
        assertThat(masks.getLast())
                .hasSameHashCodeAs(new DialledMask.Group(Pattern.compile("(\\d{4})#$")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|44: mask: found neither after nor pattern; allowed is either {after: STARS}, such as {after: 2}, or {pattern:",
                "2|44: mask: found 2; allowed is either {after: STARS}",
                "[after]|44: mask: found a list; allowed is either {after: STARS}",
                "{after: 2, pattern: '(a)'}|44: mask: found both after and pattern; allowed is either {after: STARS}",
                "{after: 0}|52: after: found 0; allowed is a whole number from 1 to 100",
                "{pattern: 'a+'}|54: pattern: it has no group; allowed is exactly one, around what is masked, and (?: ) for others",
                "{pattern: '(a)(b)'}|54: pattern: it has 2 groups; allowed is exactly one",
                "{pattern: '(a'}|54: pattern: this regular expression does not compile: Unclosed group, at character 3",
                "{befor: 2}|45: unknown key befor",
            })
    void a_mask_that_cannot_be_is_told_with_its_place(String mask, String problem)
            throws Exception {
        RulesFolder folder = RulesFolder.withScripts(temp, "a");

        assertThat(folder.report("process: {triggers: [{script_key: a, mask: " + mask + "}]}"))
                .contains("rules.yaml:1:" + problem);
    }
}
