package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.begin;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.octet;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.accepted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.embedded.DirectLine;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What is counted of an error that answers a TC-BEGIN which no desk gets to see. */
class RefusedBeginTest {
    private static final int SCCP = 3;
    private static final byte[] MALFORMED =
            Sccp.udt(
                    Sccp.ENGINE,
                    Sccp.PEER,
                    begin(OTID, Ber.DIALOGUE, invoke(1, 59, tlv(0x04, octet(1)))));

    private final RecordingDesk desk = new RecordingDesk();
    private final Counters counters = new Counters();

    private Map<String, Long> errors() {
        return counters.counted("map.errors.");
    }

    @Test
    void an_error_counts_once_it_is_sent() throws Exception {
        BlockingQueue<Map<String, Long>> countedAtSending = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
        try (DirectLine line =
                new DirectLine(
                        desk,
                        100,
                        counters,
                        message -> {
                            countedAtSending.add(errors());
                            sent.add(message);
                        })) {
            line.deliver(SCCP, 1, 2, MALFORMED);
            byte[] answer = RecordingDesk.take(sent, "an answer");
            assertThat(hex(Sccp.data(answer))).isEqualTo(hex(accepted(hex("a306020101020124"))));
            assertThat(countedAtSending).containsExactly(Map.of());
            await().atMost(Duration.ofSeconds(RecordingDesk.PATIENCE_SECONDS))
                    .until(() -> errors().equals(Map.of("map.errors.process.36", 1L)));
            assertThat(desk.refusal().cause()).isEqualTo(Cause.MALFORMED_ARGUMENT);
        }
    }

    @Test
    void an_error_that_no_link_takes_counts_as_undelivered_and_as_no_error() throws Exception {
        try (DirectLine line =
                new DirectLine(
                        desk,
                        100,
                        counters,
                        message -> {
                            throw new UncheckedIOException(new IOException("no link"));
                        })) {
            line.deliver(SCCP, 1, 2, MALFORMED);
            await().atMost(Duration.ofSeconds(RecordingDesk.PATIENCE_SECONDS))
                    .until(() -> counters.value("dialogs.undelivered") == 1);
            await().atMost(Duration.ofSeconds(RecordingDesk.PATIENCE_SECONDS))
                    .until(() -> line.openDialogs() == 0);
            assertThat(errors()).isEmpty();
            assertThat(desk.refusal().cause()).isEqualTo(Cause.MALFORMED_ARGUMENT);
        }
    }
}
