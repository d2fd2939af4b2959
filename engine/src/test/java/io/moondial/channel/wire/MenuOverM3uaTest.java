package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.ACCEPTED;
import static io.moondial.channel.wire.Ber.find;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.Ber.ussdArgument;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole engine behind a signalling gateway that is spoken by hand, socket and all. */
class MenuOverM3uaTest {
    private static final String OTID = "2f3b4602";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final M3uaPeer gateway = new M3uaPeer(M3uaLine.ROUTING_CONTEXT);
    private Engine engine;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local ussd = require "ussd"
                local choice = ussd.menu("1. Balance")
                return "You chose " .. tostring(choice)
                """);
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                network:
                  sigtran:
                    point_code: 2
                    ssns: [147]
                    global_title: "278291600"
                    application_servers:
                      - name: stp
                        mode: asp
                        routing_context: 101
                        point_codes: [1]
                        associations:
                          - {name: a1, transport: tcp, connect: "127.0.0.1:%d"}
                    remote_subsystems: [{point_code: 1, ssn: 6}]
                """
                        .formatted(gateway.port()));
        engine = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.close();
        gateway.close();
    }

    private void send(byte[] sccp) throws Exception {
        gateway.send(M3uaMessage.data(M3uaLine.ROUTING_CONTEXT, 1, 2, sccp));
    }

    private byte[] answer() throws Exception {
        return RecordingDesk.take(gateway.sccp(), "an answer");
    }

    @Test
    void a_stranger_who_knows_the_id_can_neither_answer_the_menu_nor_end_it() throws Exception {
        byte[] ours = Sccp.title(147, "278291600");
        byte[] theirs = Sccp.title(6, "27829000001");
        byte[] strangers = Sccp.title(6, "4915112345678");
        await().atMost(PATIENCE).until(() -> engine.links().getFirst().aspState().equals("active"));
        byte[] star100 = invoke(1, 59, ussdArgument(15, "aa180c3602"));
        send(Sccp.udt(ours, theirs, Ber.begin(OTID, Ber.DIALOGUE, star100)));
        byte[] menu = find(Sccp.data(answer()), 0x65);
        String id = hex(find(menu, 0x48));
        int invokeId = find(find(find(menu, 0x6c), 0xa1), 0x02)[0];

        byte[] said = result(invokeId, "32");
        for (byte[] message :
                List.of(
                        proceed(OTID, id, said),
                        tlv(0x64, tlv(0x49, hex(id)), tlv(0x6c, said)),
                        tlv(0x67, tlv(0x49, hex(id))),
                        Ber.pAbort(id, 1))) {
            send(Sccp.udt(ours, strangers, message));
            gateway.send(
                    M3uaMessage.data(
                            M3uaLine.ROUTING_CONTEXT, 9, 2, Sccp.udt(ours, theirs, message)));
        }
        send(Sccp.udts(1, ours, strangers, proceed(id, OTID)));

        send(Sccp.udt(ours, theirs, proceed(OTID, id, result(invokeId, "31"))));
        byte[] last = UssdString.encode("You chose 1", Dcs.UNSPECIFIED).octets();
        assertThat(hex(Sccp.data(answer())))
                .isEqualTo(
                        hex(
                                tlv(
                                        0x64,
                                        tlv(0x49, hex(OTID)),
                                        tlv(
                                                0x6c,
                                                tlv(
                                                        0xa2,
                                                        hex("020101"),
                                                        tlv(
                                                                0x30,
                                                                hex("02013b"),
                                                                ussdArgument(15, hex(last))))))));
        await().atMost(PATIENCE).until(() -> engine.stackDialogs() == 0);
        assertThat(engine.status().counters())
                .containsEntry("tcap.origin_mismatch", 5L)
                .containsEntry("sccp.dropped.unknown_origin", 4L);
    }

    private static byte[] result(int invokeId, String text) {
        return tlv(
                0xa2,
                tlv(0x02, Ber.octet(invokeId)),
                tlv(0x30, hex("02013c"), ussdArgument(15, text)));
    }

    @Test
    void the_wireshark_samples_begin_sent_raw_gets_the_menu_and_its_answer_the_last_word()
            throws Exception {
        byte[] begin =
                Vectors.of("wireshark_gsm_map_with_ussd_string").stream()
                        .filter(it -> it.name().equals("sccp.udt"))
                        .findFirst()
                        .orElseThrow()
                        .octets();
        await().atMost(PATIENCE).until(() -> engine.links().getFirst().aspState().equals("active"));
        send(begin);
        byte[] udt = answer();
        assertThat(Sccp.called(udt))
                .as("to whom the BEGIN came from")
                .isEqualTo(Sccp.calling(begin));
        assertThat(hex(Sccp.calling(udt))).as("our title").startsWith("1293").contains("72281906");
        byte[] menu = find(Sccp.data(udt), 0x65);
        String ours = hex(find(menu, 0x48));
        byte[] asked = UssdString.encode("1. Balance", Dcs.UNSPECIFIED).octets();
        int invokeId = find(find(find(menu, 0x6c), 0xa1), 0x02)[0];
        assertThat(hex(menu))
                .isEqualTo(
                        hex(
                                Ber.join(
                                        tlv(0x48, hex(ours)),
                                        tlv(0x49, hex(OTID)),
                                        ACCEPTED,
                                        tlv(
                                                0x6c,
                                                invoke(
                                                        invokeId,
                                                        60,
                                                        ussdArgument(15, hex(asked)))))));

        byte[] result = result(invokeId, "31");
        send(Sccp.udt(Sccp.called(begin), Sccp.calling(begin), proceed(OTID, ours, result)));
        byte[] said = UssdString.encode("You chose 1", Dcs.UNSPECIFIED).octets();
        byte[] last =
                tlv(0xa2, hex("020101"), tlv(0x30, hex("02013b"), ussdArgument(15, hex(said))));
        assertThat(hex(Sccp.data(answer())))
                .isEqualTo(hex(tlv(0x64, tlv(0x49, hex(OTID)), tlv(0x6c, last))));
        await().atMost(PATIENCE).until(() -> engine.stackDialogs() == 0);
    }
}
