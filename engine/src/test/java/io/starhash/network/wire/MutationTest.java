package io.starhash.network.wire;

import static io.starhash.network.wire.Ber.hex;
import static io.starhash.network.wire.Ber.invoke;
import static io.starhash.network.wire.Ber.proceed;
import static io.starhash.network.wire.Ber.tlv;
import static io.starhash.network.wire.RawPeer.OTID;
import static io.starhash.network.wire.RawPeer.STAR_100;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starhash.dialog.Component;
import io.starhash.dialog.Message;
import io.starhash.dialog.Opening;
import io.starhash.network.DialogDesk;
import io.starhash.network.DialogGoneException;
import io.starhash.network.DialogLink;
import io.starhash.network.embedded.MemoryLine;
import io.starhash.text.Dcs;
import io.starhash.text.UnsendableText;
import io.starhash.text.UssdString;
import io.starhash.text.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Valid messages, damaged at random from a seed: whatever comes, the stack goes on, nothing of it
 * is left behind, and the next valid dialog is served.
 */
class MutationTest {
    /** How many damaged messages are sent; more by {@code -Dwire.mutations=N}. */
    private static final int MESSAGES = Integer.getInteger("wire.mutations", 100_000);

    private static final long SEED = Long.getLong("wire.seed", 20_260_101L);
    private static final int BATCH = 250;
    private static final long MAX_GROWTH = 48L << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Menus desk = new Menus();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Mutation mutation = new Mutation(random);

    /** A desk that gives every dialog a menu, and its answer a last word. */
    private static final class Menus implements DialogDesk {
        final Queue<DialogLink> open = new ConcurrentLinkedQueue<>();

        @Override
        public DialogLink.Receiver begun(Opening opening, DialogLink link) {
            open.add(link);
            say(link, new Message.Continue(List.of(new Component.Invoke(1, 60, text("1. Go")))));
            return message -> {
                if (message instanceof Message.Continue) {
                    int invoke = opening.invokeId();
                    Component bye = new Component.Result(invoke, opening.operation(), text("Bye"));
                    say(link, new Message.End(List.of(bye)));
                }
            };
        }

        private static void say(DialogLink link, Message message) {
            try {
                link.send(message);
            } catch (DialogGoneException e) {
                // Ended by what has been received meanwhile.
            }
        }

        private static UssdString text(String text) {
            try {
                return UssdString.encode(text, Dcs.UNSPECIFIED);
            } catch (UnsendableText e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void refused(Refusal refusal) {}
    }

    @Test
    void damaged_messages_harm_nothing_but_themselves() throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, UTF_8));
        try (MemoryLine line = new MemoryLine(desk, 50_000)) {
            flood(line, MESSAGES / 5);
            int timers = line.pendingTimers();
            long threads = ManagementFactory.getThreadMXBean().getThreadCount();
            long heap = heap();
            flood(line, MESSAGES - MESSAGES / 5);
            assertThat(heap() - heap).as("growth of the heap").isLessThan(MAX_GROWTH);
            assertThat(line.pendingTimers()).as("timers").isLessThanOrEqualTo(timers);
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                    .as("threads")
                    .isLessThanOrEqualTo((int) threads + 2);
        } finally {
            System.setErr(err);
        }
        assertThat(printed.toString(UTF_8)).as("stack traces").doesNotContain("\tat ");
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void flood(MemoryLine line, int messages) throws InterruptedException {
        List<byte[]> begins = begins();
        for (int sent = 0; sent < messages; sent += BATCH) {
            List<byte[]> seeds = new ArrayList<>(begins);
            seeds.addAll(continuing(begin(line, "5eed%04x".formatted(sent & 0xffff))));
            for (int i = 0; i < BATCH; i++) {
                line.send(damaged(seeds));
            }
            settle(line, "fade%04x".formatted(sent & 0xffff));
        }
    }

    /** Damage within SCCP's user data four times in five, else anywhere. */
    private byte[] damaged(List<byte[]> seeds) {
        byte[] tcap = seeds.get(random.nextInt(seeds.size()));
        if (random.nextInt(5) > 0) {
            byte[] data = mutation.of(tcap, seeds);
            return Sccp.udt(
                    Sccp.ENGINE, Sccp.PEER, Arrays.copyOf(data, Math.min(250, data.length)));
        }
        byte[] whole =
                random.nextBoolean()
                        ? Sccp.udt(Sccp.ENGINE, Sccp.PEER, tcap)
                        : Sccp.segment(random.nextBoolean(), 1, random.nextInt(4), tcap);
        return mutation.of(whole, List.of(whole, tcap));
    }

    /** A dialog begun as it should be, by this transaction id: the engine's id in its menu. */
    private static String begin(MemoryLine line, String otid) throws InterruptedException {
        line.send(
                Sccp.udt(
                        Sccp.ENGINE,
                        Sccp.PEER,
                        Ber.begin(otid, Ber.DIALOGUE, invoke(3, 59, STAR_100))));
        byte[] menu = answer(line, otid);
        return hex(Ber.find(Ber.find(menu, 0x65), 0x48));
    }

    /** The next message to this transaction id; those before it are for others. */
    private static byte[] answer(MemoryLine line, String otid) throws InterruptedException {
        String to = hex(tlv(0x49, hex(otid)));
        while (true) {
            byte[] sccp = line.received().poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(sccp).as("the answer to %s", otid).isNotNull();
            byte[] data = Sccp.data(sccp);
            if (hex(data).contains(to)) {
                return data;
            }
        }
    }

    /** A valid dialog to its end, behind all that is damaged; then nothing may be left. */
    private void settle(MemoryLine line, String otid) throws InterruptedException {
        String ours = begin(line, otid);
        byte[] result =
                tlv(0xa2, hex("020101"), tlv(0x30, hex("02013c"), Ber.ussdArgument(15, "31")));
        line.send(Sccp.udt(Sccp.ENGINE, Sccp.PEER, proceed(otid, ours, result)));
        assertThat(hex(answer(line, otid))).startsWith("64");
        for (DialogLink link = desk.open.poll(); link != null; link = desk.open.poll()) {
            link.forget();
        }
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(line.openDialogs()).isZero());
        line.received().clear();
    }

    private static List<byte[]> begins() {
        List<byte[]> begins = new ArrayList<>();
        begins.add(Ber.begin(OTID, Ber.DIALOGUE, invoke(3, 59, STAR_100)));
        begins.add(Ber.begin(OTID, Ber.DIALOGUE, invoke(3, 61, STAR_100)));
        for (String source : List.of("wireshark_gsm_map_with_ussd_string", "jss7_tcap")) {
            Vectors.of(source).stream()
                    .filter(it -> it.hex().startsWith("62"))
                    .forEach(it -> begins.add(it.octets()));
        }
        return begins;
    }

    /** All that may follow in a dialog of ours. */
    private static List<byte[]> continuing(String ours) {
        byte[] id = tlv(0x49, hex(ours));
        byte[] result =
                tlv(0xa2, hex("020101"), tlv(0x30, hex("02013c"), Ber.ussdArgument(15, "31")));
        byte[] error = hex("a30b02010102011b3003800101");
        byte[] reject = hex("a406020101810102");
        byte[] abort =
                hex(
                        "6b242822060700118605010101a0176415800100be10280e060704000001010101"
                                + "a003a40180");
        return List.of(
                proceed(OTID, ours, result),
                proceed(OTID, ours, error),
                proceed(OTID, ours, reject, result),
                proceed(OTID, ours, invoke(4, 60, STAR_100)),
                tlv(0x65, tlv(0x48, hex(OTID)), id, Ber.ACCEPTED, tlv(0x6c, result)),
                tlv(0x64, id, tlv(0x6c, result)),
                tlv(0x67, id, hex("4a0101")),
                tlv(0x67, id, abort));
    }
}
