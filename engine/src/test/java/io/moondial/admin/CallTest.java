package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** How what a caller sends is read. */
class CallTest {
    private static final Caller VIEWER = new Caller("vera", Role.VIEWER);
    private static final Caller OPERATOR = new Caller("olga", Role.OPERATOR);

    private static Call call(Caller caller, String msisdn) {
        return new Call(
                new JsonMapper(), caller, Map.of(), Map.of("msisdn", List.of(msisdn)), new byte[0]);
    }

    private static Call.Fields body(String text) throws Refusal {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Call.Fields body(byte[] octets) throws Refusal {
        return new Call(new JsonMapper(), OPERATOR, Map.of(), Map.of(), octets).fields("a", "b");
    }

    private static void refused(int status, String message, ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOf(Refusal.class)
                .hasMessage(message)
                .extracting(it -> ((Refusal) it).status())
                .isEqualTo(status);
    }

    @Test
    void a_number_is_for_operators_and_has_digits_only() throws Exception {
        assertThat(call(OPERATOR, "27761234567").number("msisdn")).isEqualTo("27761234567");
        assertThat(call(VIEWER, "1").number("imsi")).as("not asked for").isNull();
        refused(
                403,
                "a viewer cannot ask for a number: msisdn needs an operator",
                () -> call(VIEWER, "27761234567").number("msisdn"));
        for (String written : List.of("+27761234567", " 27761234567")) {
            refused(
                    400,
                    "msisdn is '%s'; allowed are 1 to 38 digits, country code first, without +"
                            .formatted(written),
                    () -> call(OPERATOR, written).number("msisdn"));
        }
        for (String written : List.of("", "27x", "1".repeat(39))) {
            refused(
                    400,
                    "msisdn is '%s'; allowed are 1 to 38 digits".formatted(written),
                    () -> call(OPERATOR, written).number("msisdn"));
        }
    }

    @Test
    void a_body_has_the_keys_that_there_are_and_no_others() throws Exception {
        Call.Fields body = body("{\"a\":\"x\",\"b\":null}");
        assertThat(body.text("a")).isEqualTo("x");
        assertThat(body.has("b")).as("null is not given").isFalse();
        assertThat(body.text("b")).isNull();
        assertThat(body.number("b", 7, 0, 9)).isEqualTo(7);
        refused(400, "there is no 'c'; there are a, b", () -> body("{\"c\":1}"));
        refused(400, "the body must be a JSON object", () -> body("[]"));
        refused(400, "the body is no JSON: line 1, column 1", () -> body("x"));
    }

    @Test
    void what_two_programs_could_read_differently_is_refused_with_its_place() throws Exception {
        refused(
                400,
                "the body has 'a' twice in one object: line 2, column 2; each name stands there once",
                () -> body("{\"a\":1,\n \"a\":1}"));
        refused(
                400,
                "the body has 'c' twice in one object: line 1, column 27; each name stands there once",
                () -> body("{\"a\":[{\"c\":1},{\"d\":{\"c\":1,\"c\":2}}]}"));
        assertThat(body("{\"a\":[{\"b\":1},{\"b\":{\"b\":2}}],\"b\":3}").number("b", 0, 0, 9))
                .as("the same name in several objects")
                .isEqualTo(3);
        refused(400, "the body is no JSON: line 1, column 9", () -> body("{\"a\":1} {}"));
    }

    @Test
    void a_text_has_whole_characters_and_no_zero() throws Exception {
        assertThat(body("{\"a\":\"\\ud83d\\ude00\\u0001\"}").text("a"))
                .isEqualTo("\ud83d\ude00\u0001");
        for (String half : List.of("\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\ud83dx")) {
            refused(
                    400,
                    "a has \\u%s alone, half of a character: line 1, column 6; a character beyond U+FFFF is two of them, such as \\ud83d\\ude00"
                            .formatted(half.substring(2, 6)),
                    () -> body("{\"a\":\"" + half + "\"}"));
        }
        refused(
                400,
                "a text has the character U+0000: line 1, column 11; no text may have it",
                () -> body("{\"a\":[\"x\",\"\\u0000\"]}"));
        refused(
                400,
                "a name has the character U+0000: line 1, column 2; no text may have it",
                () -> body("{\"\\u0000\":1}"));
    }

    @Test
    void a_body_is_in_utf_8_with_a_byte_order_mark_or_without() throws Exception {
        assertThat(body("\ufeff{\"a\":\"x\"}").text("a")).isEqualTo("x");
        refused(400, "the body is no JSON: line 1, column 1", () -> body("\ufeff\ufeff{}"));
        refused(400, "the body must be a JSON object", () -> body(""));
        for (byte[] other :
                List.of(
                        "{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_16),
                        "{\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1))) {
            refused(400, "the body is not in UTF-8, as JSON is", () -> body(other));
        }
        refused(
                400,
                "the body has more levels, a longer name or a longer number than this reads",
                () -> body("[".repeat(2000)));
    }

    @Test
    void a_value_of_another_kind_is_refused_with_what_is_allowed() throws Exception {
        Call.Fields body = body("{\"a\":10,\"b\":\"x\"}");
        assertThat(body.number("a", 0, 0, 10)).isEqualTo(10);
        refused(400, "a must be a string", () -> body.text("a"));
        refused(400, "b is 'x'; allowed are 1 to 38 digits", () -> body.digits("b"));
        refused(
                400,
                "a is 10; allowed is a whole number from 0 to 9",
                () -> body.number("a", 0, 0, 9));
        refused(
                400,
                "b is \"x\"; allowed is a whole number from 0 to 9",
                () -> body.number("b", 0, 0, 9));
    }
}
