package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.config.WrittenSettings;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.DialledMask;
import io.moondial.rules.Trigger;
import io.moondial.rules.TriggerTable;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the records, logs and traces show of a code in which a trigger masks a part. */
class DialledMaskInUseTest {
    private static final String LUA =
            """
            local request = ...
            log.info("dialled %s", request.text)
            edr.write("DIALLED", {CODE = request.text, PIN = request.text:sub(4, 7)})
            return "It was " .. request.text
            """;
    private static final Trigger PAY =
            new Trigger(
                    1,
                    WrittenSettings.settings(Trigger.Conditions.class, "ussd_string_prefix: '*1*'"),
                    "main",
                    new DialledMask.After(2),
                    Trigger.Overrides.NONE);

    @TempDir Path folder;

    private final List<SignallingMessage> seen = new CopyOnWriteArrayList<>();

    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static String packed(String text) throws Exception {
        return latin(UssdString.encode(text, Dcs.UNSPECIFIED).octets());
    }

    private String traced() {
        StringBuilder all = new StringBuilder();
        seen.forEach(message -> message.parts().forEach(part -> all.append(latin(part))));
        return all.toString();
    }

    @Test
    void the_part_is_asterisks_wherever_the_code_is_written_and_the_script_reads_it_in_clear()
            throws Exception {
        var log = new LogWatch("script", "dialog");
        try (log;
                LiveDesk live = LiveDesk.running(folder, LUA)) {
            live.serve(LUA, new TriggerTable(List.of(PAY)));
            live.network.attach(seen::add);
            Handset handset = live.dial("*1*4711#");
            assertThat(LiveDesk.next(handset)).isEqualTo(new Screen.Respond("It was *1*4711#"));
            live.settle();
            assertThat(live.records.getFirst().text("TEXT")).isEqualTo("*1*****#");
            assertThat(LiveDesk.brief(live.records.get(1)))
                    .as("what the script cuts out is the script's own")
                    .isEqualTo("DIALLED CODE=*1*****# PIN=4711");
        }
        assertThat(log.lines()).anyMatch(line -> line.endsWith(" dialled *1*****#"));
        assertThat(traced())
                .contains(packed("*1*****#"), packed("It was *1*4711#"))
                .doesNotContain(packed("*1*4711#"));
    }

    @Test
    void a_pushed_text_is_masked_too() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, LUA)) {
            live.serve("log.info('noted')", new TriggerTable(List.of(PAY)));
            live.network.attach(seen::add);
            assertThat(LiveDesk.next(live.push("*1*4711#"))).isEqualTo(new Screen.Acknowledge());
            live.settle();
            assertThat(live.records.getFirst().text("TEXT")).isEqualTo("*1*****#");
        }
        assertThat(traced()).contains(packed("*1*****#")).doesNotContain(packed("*1*4711#"));
    }

    @Test
    void a_code_that_no_trigger_takes_is_refused_and_hidden_behind_its_second_star()
            throws Exception {
        var log = new LogWatch("script", "dialog");
        try (log;
                LiveDesk live = LiveDesk.running(folder, LUA)) {
            live.serve(LUA, new TriggerTable(List.of(PAY)));
            live.network.attach(seen::add);
            assertThat(LiveDesk.next(live.dial("*2*4711#"))).isEqualTo(new Screen.Decline(36));
            live.settle();
        }
        assertThat(traced()).contains(packed("*2*****#")).doesNotContain(packed("*2*4711#"));
        assertThat(log.lines()).noneMatch(line -> line.contains("4711"));
    }

    @Test
    void a_code_that_another_trigger_takes_is_as_it_was_dialled() throws Exception {
        var other = new Trigger(2, "main", Trigger.Conditions.NONE, Trigger.Overrides.NONE);
        try (LiveDesk live = LiveDesk.running(folder, LUA)) {
            live.serve(LUA, new TriggerTable(List.of(PAY, other)));
            live.network.attach(seen::add);
            assertThat(LiveDesk.next(live.dial("*2*4711#")))
                    .isEqualTo(new Screen.Respond("It was *2*4711#"));
            live.settle();
            assertThat(live.records.getFirst().text("TEXT")).isEqualTo("*2*4711#");
        }
        assertThat(traced()).contains(packed("*2*4711#"));
    }
}
