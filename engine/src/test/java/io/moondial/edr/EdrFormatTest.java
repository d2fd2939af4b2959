package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.moondial.edr.EdrLine.Flaw;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdrFormatTest {
    private static final Instant AT = Instant.parse("2021-09-30T05:00:54.079Z");
    private static final String ID = "Logic-1632976990-05f220e1";

    @Test
    void the_guides_first_example_is_written_octet_for_octet() {
        var edr =
                Edr.builder(AT, ID, "USSD-PROCESS")
                        .text("TEXT", "*#101#")
                        .text("MSISDN", "27761485722:1:1")
                        .text("OREF", "64221420001:1:1")
                        .text("DREF", "333:1:6")
                        .text("LTID", "195c5d37")
                        .text("RTID", "195c5d36")
                        .number("RPC", 2068)
                        .number("RSSN", 10)
                        .build();

        assertThat(EdrFormat.encode(edr))
                .isEqualTo(
                        "2021-09-30 05:00:54.079<Logic-1632976990-05f220e1>USSD-PROCESS|DREF=333:1:6|LTID=195c5d37|MSISDN=27761485722:1:1|OREF=64221420001:1:1|RPC=2068|RSSN=10|RTID=195c5d36|TEXT=%2A%23101%23");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2021-09-30 05:00:54.079<Logic-1632976990-05f220e1>USSD-PROCESS|DREF=333:1:6|LTID=195c5d37|MSISDN=27761485722:1:1|OREF=64221420001:1:1|RPC=2068|RSSN=10|RTID=195c5d36|TEXT=%2A%23101%23",
                "2021-09-30 21:42:02.997<Logic-1633038118-7274949c>USSD-PROCESS-R|TEXT=NAME ONE/64221420001/333/%2A%23101%23",
                "2021-09-30 23:14:23.362<Logic-1633043654-4c61bd9a>USSD-REQUEST|TEXT=1. Add-ons%0A2. Packages%0A3. Account Services%0A4. Other Services",
                "2021-09-30 23:14:22.253<Logic-1633043654-4c61bd99>USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=2",
                "2021-09-30 23:14:23.361<Logic-1633043654-4c61bd9a>USSD-REQUEST-E|CONTROLLED=1|ERROR_CODE=5",
                "2021-10-01 00:15:19.256<Logic-1633047210-2ab08933>USSD-NOTIFY|TEXT=Top-up Completed Successfully",
                "2021-09-30 23:14:23.361<Logic-1633043654-4c61bd9a>USSD-REQUEST-E|CONTROLLED=1",
                "2021-09-30 23:14:23.361<Logic-1633043654-4c61bd9a>USSD-ABORT|DIRECTION=in",
                "2021-09-30 23:14:36.360<Logic-1633043654-4c61bda0>USSD-SHUTDOWN|EXCEPTION=Received unsupported ReturnResult operation code 61 on USSD transaction."
            })
    void every_example_of_the_guide_is_read_without_a_flaw_and_written_as_it_was(String example) {
        assertThat(EdrFormat.encode(clean(example))).isEqualTo(example);
    }

    @Test
    void the_time_of_an_example_is_read_in_utc_to_the_millisecond() {
        var edr = clean("2021-09-30 23:14:22.253<Logic-1633043654-4c61bd99>USSD-REQUEST-R");

        assertThat(edr.at()).isEqualTo(Instant.parse("2021-09-30T23:14:22.253Z"));
        assertThat(edr.instanceId()).isEqualTo("Logic-1633043654-4c61bd99");
        assertThat(edr.event()).isEqualTo("USSD-REQUEST-R");
        assertThat(edr.fields()).isEmpty();
    }

    @Test
    void only_the_safe_characters_stand_for_themselves() {
        String safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._:/@-";
        assertThat(encodedValue(safe)).isEqualTo(safe);
        for (char c = 0; c < 128; c++) {
            if (safe.indexOf(c) < 0) {
                assertThat(encodedValue(String.valueOf(c))).isEqualTo("%%%02X".formatted((int) c));
            }
        }
    }

    @Test
    void text_outside_ascii_is_escaped_as_its_utf_8_octets() {
        assertThat(encodedValue("é€😀")).isEqualTo("%C3%A9%E2%82%AC%F0%9F%98%80");
    }

    @Test
    void half_a_surrogate_pair_is_written_as_the_replacement_character() {
        assertThat(encodedValue("a\uD83Db")).isEqualTo("a%EF%BF%BDb");
        assertThat(encodedValue("\uDE00")).isEqualTo("%EF%BF%BD");
    }

    @Test
    void a_list_is_joined_by_commas_and_a_comma_in_a_value_is_escaped() {
        var edr = Edr.builder(AT, ID, "TOPUP").list("ITEMS", List.of("a,b", "", "c")).build();

        assertThat(EdrFormat.encode(edr)).endsWith("TOPUP|ITEMS=a%2Cb,,c");
        assertThat(clean(EdrFormat.encode(edr))).isEqualTo(edr);
    }

    @Test
    void any_record_comes_back_as_it_was_written() {
        var random = new SplittableRandom(20210930);
        for (int i = 0; i < 5_000; i++) {
            var edr = RandomEdrs.edr(random);
            String line = EdrFormat.encode(edr);

            assertThat(clean(line)).isEqualTo(edr);
            assertThat(line).matches("\\p{Print}+");
        }
    }

    @Test
    void any_octets_in_a_value_come_back_as_text_or_with_a_flaw() {
        var random = new Random(20210930);
        for (int i = 0; i < 5_000; i++) {
            var octets = new byte[random.nextInt(12)];
            random.nextBytes(octets);
            var escaped = new StringBuilder();
            for (byte octet : octets) {
                escaped.append((random.nextBoolean() ? "%%%02X" : "%%%02x").formatted(octet));
            }

            var event = event("2021-09-30 05:00:54.079<x>E|TEXT=" + escaped);

            assertThat(event.edr().text("TEXT"))
                    .isEqualTo(new String(octets, StandardCharsets.UTF_8));
            boolean text =
                    StandardCharsets.UTF_8
                            .encode(new String(octets, StandardCharsets.UTF_8))
                            .equals(java.nio.ByteBuffer.wrap(octets));
            assertThat(event.flaws().isEmpty())
                    .isEqualTo(
                            text
                                    && encodedValue(
                                                    Objects.requireNonNull(
                                                            event.edr().text("TEXT")))
                                            .contentEquals(escaped));
        }
    }

    @Test
    void an_escape_in_lower_case_or_of_a_safe_character_is_read_and_told() {
        var event = event("2021-09-30 05:00:54.079<x>E|A=%2a%59%2A%20");

        assertThat(event.edr().text("A")).isEqualTo("*Y* ");
        assertThat(event.flaws())
                .containsExactly(
                        new Flaw(31, "A has %2a, which is written %2A"),
                        new Flaw(34, "A has %59, which is written \"Y\""),
                        new Flaw(40, "A has %20, which is written \" \""));
    }

    @Test
    void a_percent_sign_without_its_digits_is_told_with_what_stands_in_their_place() {
        String rest = "; a % is followed by two hex digits, and one of the text is written %25";

        assertThat(event("2021-09-30 05:00:54.079<x>E|A=5% %G1%\t").flaws())
                .contains(
                        new Flaw(32, "A has \"% %\"" + rest),
                        new Flaw(34, "A has \"%G1\"" + rest),
                        new Flaw(37, "A has \"%?\"" + rest));
    }

    @Test
    void any_octets_at_all_are_read_without_an_exception() {
        var random = new Random(7);
        String model = "2021-09-30 05:00:54.079<x>E|A=%41|B=2,3";
        for (int i = 0; i < 20_000; i++) {
            var octets =
                    random.nextInt(4) == 0
                            ? new byte[random.nextInt(60)]
                            : model.getBytes(StandardCharsets.UTF_8);
            for (int hits = random.nextInt(4) * octets.length / 20; hits >= 0; hits--) {
                if (octets.length > 0) {
                    octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
                }
            }
            assertThat(EdrFormat.parse(octets)).isNotNull();
        }
    }

    @Test
    void flaws_name_the_column_and_the_field() {
        var event = event("2021-09-30 05:00:54.079<x>E|B=1|A=%4|C=*|A=2||1=2|D");

        assertThat(event.flaws())
                .containsExactly(
                        new Flaw(33, "A comes after B; fields stand in alphabetical order"),
                        new Flaw(
                                35,
                                "A has \"%4\"; a % is followed by two hex digits, and one of the text is written %25"),
                        new Flaw(40, "C has an octet that is written as %2A"),
                        new Flaw(42, "A comes twice; the first is taken"),
                        new Flaw(46, "a field's name is a letter, then letters, digits and _"),
                        new Flaw(47, "a field's name is a letter, then letters, digits and _"),
                        new Flaw(52, "D has no value; a field is NAME=VALUE"));
        assertThat(event.edr().fields())
                .containsExactly(
                        new Edr.Field("A", List.of("%4")),
                        new Edr.Field("B", List.of("1")),
                        new Edr.Field("C", List.of("*")));
    }

    @Test
    void a_header_and_a_footer_have_their_fields_in_their_order_and_no_others() {
        assertThat(EdrFormat.parse("#HEADER|FILENAME=/a|HOSTNAME=h|TIME_START=1").flaws())
                .containsExactly(
                        new Flaw(
                                32,
                                "TIME_START comes after HOSTNAME; a #HEADER has FILENAME,"
                                        + " TIME_START, HOSTNAME, in this order"));
        assertThat(EdrFormat.parse("#FOOTER|TIME_FINISH=1|NUM_BYTES=2|NUM_EDRS=3|FOO=1").flaws())
                .containsExactly(
                        new Flaw(
                                35,
                                "NUM_EDRS comes after NUM_BYTES; a #FOOTER has TIME_FINISH,"
                                        + " NUM_EDRS, NUM_BYTES, in this order"),
                        new Flaw(
                                46,
                                "FOO is no field of a #FOOTER; it has TIME_FINISH, NUM_EDRS,"
                                        + " NUM_BYTES, in this order"));
        assertThat(EdrFormat.parse("#HEADER|FILENAME=/a,b|TIME_START=1|HOSTNAME=h").flaws())
                .containsExactly(
                        new Flaw(9, "FILENAME has a bare comma; one in its text is written %2C"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2021-09-30",
                "2021-09-31 05:00:54.079<x>E",
                "2021-09-30 24:00:54.079<x>E",
                "2021-09-30 05:00:54.079",
                "2021-09-30 05:00:54.079<x",
                "2021-09-30 05:00:54.079<>E",
                "2021-09-30 05:00:54.079<a b>E",
                "2021-09-30 05:00:54.079<x>",
                "2021-09-30 05:00:54.079<x>1E",
                "#HEADER|FILENAME=/a|TIME_START=x|HOSTNAME=h",
                "#FOOTER|TIME_FINISH=1|NUM_EDRS=2",
                "#FOOTER|TIME_FINISH=1|NUM_EDRS=+2|NUM_BYTES=3",
                "#OTHER"
            })
    void a_line_that_is_nothing_known_is_told(String line) {
        assertThat(EdrFormat.parse(line)).isInstanceOf(EdrLine.Unreadable.class);
    }

    @Test
    void names_and_times_that_the_format_has_no_place_for_are_refused() {
        assertThatThrownBy(() -> Edr.builder(AT, ID, "1X").build())
                .hasMessage(
                        "\"1X\" is not an EDR event's name: a letter, then letters, digits, _ and"
                                + " -.");
        assertThatThrownBy(() -> Edr.builder(AT, ID, "X").text("A-B", "1"))
                .hasMessage(
                        "\"A-B\" is not an EDR field's name: a letter, then letters, digits and _.");
        assertThatThrownBy(() -> Edr.builder(AT, "a>b", "X").build())
                .hasMessageContaining("is not an instance id");
        assertThatThrownBy(() -> Edr.builder(AT, ID, "X").text("A", "1").text("A", "2").build())
                .hasMessageContaining("names a field twice");
        assertThatThrownBy(() -> Edr.builder(Instant.MAX, ID, "X").build())
                .hasMessageContaining("its year can be 0000 to 9999");
        assertThatThrownBy(() -> new Edr.Field("A", List.of()))
                .hasMessageContaining("has no value");
    }

    @Test
    void absent_values_leave_their_fields_out() {
        var edr = Edr.builder(AT, ID, "X").text("A", null).number("B", null).list("C", List.of());

        assertThat(edr.flag("D", true).build().fields())
                .containsExactly(new Edr.Field("D", List.of("1")));
    }

    @Test
    void a_record_of_a_scripts_own_has_its_lists_and_texts() {
        var edr =
                Edr.custom(
                        AT,
                        ID,
                        "TOPUP",
                        Map.of(
                                "ITEMS",
                                List.of("a", "b"),
                                "AMOUNT",
                                List.of("10"),
                                "NO",
                                List.of()));

        assertThat(EdrFormat.encode(edr)).endsWith(">TOPUP|AMOUNT=10|ITEMS=a,b");
    }

    @Test
    void a_record_of_a_scripts_own_is_refused_where_it_takes_our_names_or_is_too_long() {
        assertThatThrownBy(() -> Edr.custom(AT, ID, "USSD-PROCESS", Map.of()))
                .hasMessage(
                        "The EDR event USSD-PROCESS begins with USSD-, as only the engine's own do;"
                                + " choose another.");
        assertThatThrownBy(() -> Edr.custom(AT, ID, "PUSH-R", Map.of()))
                .hasMessage(
                        "The EDR event PUSH-R is one of the engine's own (PUSH, PUSH-R, PUSH-E);"
                                + " choose another.");
        assertThatThrownBy(() -> Edr.custom(AT, ID, "X", Map.of("A B", List.of("1"))))
                .hasMessageContaining("\"A B\" is not an EDR field's name");
        var fits = Map.of("A", List.of("x".repeat(Edr.MAX_CUSTOM_CHARS - 1)));
        assertThat(Edr.custom(AT, ID, "X", fits).fields()).hasSize(1);
        assertThatThrownBy(
                        () ->
                                Edr.custom(
                                        AT,
                                        ID,
                                        "X",
                                        Map.of(
                                                "AB",
                                                List.of("x".repeat(Edr.MAX_CUSTOM_CHARS - 1)))))
                .hasMessage(
                        "The EDR event X has 65537 characters in its fields, the commas of lists counted; it can have 65536.");
        var empty = Map.of("L", Collections.nCopies(1_000_000, ""));
        assertThatThrownBy(() -> Edr.custom(AT, ID, "X", empty))
                .hasMessageContaining("has 1000000 characters in its fields");
    }

    private static String encodedValue(String value) {
        String line = EdrFormat.encode(Edr.builder(AT, ID, "X").text("V", value).build());
        return line.substring(line.indexOf("|V=") + 3);
    }

    private static EdrLine.Event event(String line) {
        return assertThat(EdrFormat.parse(line)).asInstanceOf(type(EdrLine.Event.class)).actual();
    }

    private static Edr clean(String line) {
        var event = event(line);
        assertThat(event.flaws()).isEmpty();
        return event.edr();
    }
}
