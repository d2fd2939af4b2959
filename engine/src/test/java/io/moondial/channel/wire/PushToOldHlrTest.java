package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.tlv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.dialog.DialogFact;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Submission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A push whose way is asked of an HLR that speaks version 1 of MAP only, which has no dialogue
 * portion (3GPP TS 29.002 7.3.1): it ends, and is not tried again.
 */
class PushToOldHlrTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONTEXT = 101;
    private static final String RULES =
            """
            process: {triggers: [{script_key: main}]}
            push:
              route: sri_sm
              retry: {on: [ussd_busy, system_failure, no_answer, absent_subscriber, undelivered]}
            network:
              sigtran:
                point_code: 2
                global_title: "27829000000"
                application_servers:
                  - name: stp
                    mode: asp
                    routing_context: 101
                    point_codes: [1]
                    associations: [{name: a1, transport: tcp, connect: "127.0.0.1:PORT"}]
                heartbeat: 0s
            """;

    @TempDir Path folder;

    /** What it says to a question in this version. */
    private static byte[] refusal(String how, byte[] question) {
        String tid = hex(Ber.find(Ber.find(question, 0x62), 0x48));
        byte[] to = tlv(0x49, hex(tid));
        return switch (how) {
            case "names version 1" ->
                    tlv(
                            0x67,
                            to,
                            hex(
                                    "6b2a2828060700118605010101a01d611b80020780a1090607040000010014"
                                            + "01a203020101a305a103020102"));
            case "knows no dialogue portion" -> Ber.pAbort(tid, 3);
            case "finds it badly formatted" -> Ber.pAbort(tid, 2);
            default -> throw new AssertionError(how);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "names version 1, 2",
        "knows no dialogue portion, 1",
        "finds it badly formatted, 1",
    })
    void it_fails_without_a_route_once_and_for_all(String how, int questions) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'Hello'");
        try (M3uaPeer hlr = new M3uaPeer(CONTEXT)) {
            Files.writeString(rules, RULES.replace("PORT", String.valueOf(hlr.port())));
            try (Engine engine = new Engine(Configuration.read(rules))) {
                engine.start();
                String id = order(engine);
                for (int i = 0; i < questions; i++) {
                    byte[] sccp = RecordingDesk.take(hlr.sccp(), "a question");
                    byte[] question = Sccp.data(sccp);
                    assertThat(hex(question)).contains("02012d"); // sendRoutingInfoForSM
                    byte[] asker = Sccp.calling(sccp);
                    byte[] itself = Sccp.called(sccp);
                    byte[] answer = Sccp.udt(asker, itself, refusal(how, question));
                    hlr.send(M3uaMessage.data(CONTEXT, 1, 2, answer));
                }
                PushReport report = engine.pushes().ended(id).join().orElseThrow();
                assertThat(report.state()).isEqualTo(State.FAILED);
                assertThat(report.reason()).isEqualTo(Reason.NO_ROUTE);
                assertThat(report.attempts()).isOne();
                assertThat(report.nextAttempt()).isNull();
                await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
                assertThat(engine.stackDialogs()).isZero();
                assertThat(engine.pushes().standing().waiting()).isZero();
                assertThat(engine.counters().value("map.sri_sm.asked")).isEqualTo(questions);
                assertThat(engine.counters().value("push.attempts")).isOne();
                assertThat(engine.counters().value("push.ended.failed")).isOne();
                engine.stop();
                assertThat(hlr.sccp()).isEmpty();
            }
        }
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            List<String> records =
                    Files.readAllLines(files.findFirst().orElseThrow()).stream()
                            .filter(it -> it.contains(">PUSH"))
                            .toList();
            assertThat(records)
                    .satisfiesExactly(
                            attempt -> assertThat(attempt).contains(">PUSH|"),
                            end ->
                                    assertThat(end)
                                            .contains(">PUSH-E|", "REASON=no_route", "STATE=failed")
                                            .doesNotContain("RETRY"));
        }
    }

    private static String order(Engine engine) {
        return ((Submission.Accepted)
                        engine.pushes()
                                .submit(
                                        PushOrder.of(
                                                "27761485722",
                                                new PushOrder.Text(
                                                        DialogFact.Screen.NOTIFY, "Hello"),
                                                "test"))
                                .join())
                .report()
                .id();
    }
}
