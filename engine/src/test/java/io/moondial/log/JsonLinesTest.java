package io.moondial.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.moondial.channel.Address;
import io.moondial.channel.DialogTids;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogKind;
import io.moondial.logic.DialogIdentity;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A line of the log as a JSON object. */
class JsonLinesTest {
    private static final Instant NOW = Instant.parse("2026-11-29T14:02:07.100Z");

    private final LoggerContext loggers = new LoggerContext();
    private final JsonLines lines = new JsonLines();

    JsonLinesTest() {
        lines.setContext(loggers);
        lines.start();
    }

    private LoggingEvent event(
            String logger, String format, @Nullable Throwable thrown, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent(
                        "test", loggers.getLogger(logger), Level.WARN, format, thrown, arguments);
        event.setInstant(NOW);
        return event;
    }

    private String line(LoggingEvent event) {
        return new String(lines.encode(event), UTF_8);
    }

    private static DialogIdentity dialog() throws Exception {
        Party party = new Party(1, 6, "27829000000", Party.ROUTE_ON_SSN);
        Address number = Address.international("27761485722");
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
        return new DialogIdentity("Logic-1632976990-05f220e1", opening, "money", "1", "ussd");
    }

    @Test
    void a_line_has_its_time_its_level_its_subject_and_its_text() {
        assertThat(line(event("io.moondial.edr.Spill", "closed {}", null, "a.edr")))
                .isEqualTo(
                        """
                        {"ts":"2026-11-29T14:02:07.100Z","level":"warn","logger":"edr","text":"closed a.edr"}
                        """);
    }

    @Test
    void a_line_of_a_dialog_has_the_dialog_and_the_place_beside_its_text() throws Exception {
        LoggingEvent event = event("script", "{} {}", null, dialog(), "asked for \"50\"");
        event.addKeyValuePair(new KeyValuePair("place", "money.lua:12"));
        event.addKeyValuePair(new KeyValuePair("of a library", "x"));
        assertThat(line(event))
                .isEqualTo(
                        """
                        {"ts":"2026-11-29T14:02:07.100Z","level":"warn","logger":"script",\
                        "instance_id":"Logic-1632976990-05f220e1","tid":"0000000a","remote_tid":"0b","script":"money",\
                        "place":"money.lua:12","text":"asked for \\"50\\""}
                        """);
    }

    @Test
    void a_line_of_a_dialog_without_a_script_has_both_transaction_ids_beside_its_text() {
        DialogTids tids = new DialogTids("0000000a", "0b");
        assertThat(line(event("dialog", "{} a {} dialog is refused", null, tids, "dialled")))
                .isEqualTo(
                        """
                        {"ts":"2026-11-29T14:02:07.100Z","level":"warn","logger":"dialog",\
                        "tid":"0000000a","remote_tid":"0b","text":"a dialled dialog is refused"}
                        """);
    }

    @Test
    void a_transaction_id_that_is_not_known_is_left_out() {
        DialogTids unknown = new DialogTids("", "0b");
        assertThat(line(event("dialog", "{} {}", null, unknown, "TC-BEGIN cannot be read")))
                .endsWith(
                        """
                        "logger":"dialog","remote_tid":"0b","text":"TC-BEGIN cannot be read"}
                        """);
    }

    @Test
    void the_calls_of_a_script_and_the_trace_of_a_fault_are_its_stack() throws Exception {
        Throwable fault = new IllegalStateException("odd\nINFO forged");
        String line =
                line(
                        event(
                                "dialog",
                                "{} {}{}",
                                fault,
                                dialog(),
                                "money.lua:12: no credit",
                                "\n    money.lua:12: in pay\n    money.lua:30: in main chunk"));
        JsonNode json = JsonMapper.builder().build().readTree(line);
        assertThat(json.get("text").stringValue()).isEqualTo("money.lua:12: no credit");
        assertThat(json.get("stack").get(0).stringValue()).isEqualTo("money.lua:12: in pay");
        assertThat(json.get("stack").get(1).stringValue()).isEqualTo("money.lua:30: in main chunk");
        assertThat(json.get("stack").get(2).stringValue())
                .isEqualTo("java.lang.IllegalStateException: odd\\nINFO forged");
        assertThat(line).hasLineCount(1);
    }

    @Test
    void a_text_from_outside_stays_in_its_string_whatever_it_is() {
        String text = "\"},\n{\"level\":\"error\"}\u2028\u202e\u0000\ud800 \u0416";
        String line = line(event("dialog", "got {}", null, text));
        JsonNode json = JsonMapper.builder().build().readTree(line);
        assertThat(line).hasLineCount(1);
        assertThat(json.get("level").stringValue()).isEqualTo("warn");
        assertThat(json.get("text").stringValue())
                .isEqualTo("got \"},\\n{\"level\":\"error\"}\\u2028\\u202e\\u0000\\ud800 \u0416");
    }

    @Test
    void an_empty_text_is_one() {
        assertThat(line(event("engine", "", null))).contains("\"text\":\"\"}");
    }
}
