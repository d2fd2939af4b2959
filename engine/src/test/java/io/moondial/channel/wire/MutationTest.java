package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.proceed;
import static io.moondial.channel.wire.Ber.tlv;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.embedded.MemoryLine;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.WrittenSettings;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.text.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Valid messages, damaged at random from a seed: whatever comes, the stack goes on, nothing of it
 * is left behind, and the next valid dialog is served.
 */
@Tag("long")
class MutationTest {
    /** How many damaged messages are sent; more by {@code -Dwire.mutations=N}. */
    private static final int MESSAGES = Integer.getInteger("wire.mutations", 100_000);

    private static final int M3UA_MESSAGES = Integer.getInteger("wire.mutations", 4_000);

    private static final long SEED = Long.getLong("wire.seed", 20_260_101L);
    private static final int BATCH = 250;

    /** How many damaged messages one connection is sent at the most. */
    private static final int BURST = 25;

    private static final long MAX_GROWTH = 48L << 20;

    /** Nobody waits long for the Invoke of a dialog that damage has begun without one. */
    private static final SignallingLimits LIMITS =
            SignallingLimits.of(
                    50_000,
                    WrittenSettings.with(
                            RawPeer.TALKATIVE, "firstInvokeTimeout", Duration.ofMillis(20)));

    private static final long MAX_ALLOCATED = 64L << 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Menus desk = new Menus();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Mutation mutation = new Mutation(random);

    /** A desk that gives every dialog a menu, and its answer a last word. */
    private static final class Menus implements MessageDesk {
        final Queue<MessageLink> open = new ConcurrentLinkedQueue<>();

        /** By their ids: begun, and neither ended by the far side nor by the answer to it. */
        final Set<String> running = ConcurrentHashMap.newKeySet();

        @Override
        public MessageLink.Receiver begun(Begin begin, MessageLink link) {
            open.add(link);
            running.add(link.localTid());
            say(link, new Message.Continue(List.of(new Component.Invoke(1, 60, text("1. Go")))));
            return message -> {
                running.remove(link.localTid());
                if (message instanceof Message.Continue) {
                    int invoke = begin.invokeId();
                    Component bye = new Component.Result(invoke, begin.operation(), text("Bye"));
                    say(link, new Message.End(List.of(bye)));
                }
            };
        }

        private static void say(MessageLink link, Message message) {
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
        try (MemoryLine line = new MemoryLine(desk, LIMITS)) {
            flood(line, MESSAGES / 5);
            int timers = line.pendingTimers();
            long threads = ManagementFactory.getThreadMXBean().getThreadCount();
            long heap = heap();
            long before = allocated();
            flood(line, MESSAGES - MESSAGES / 5);
            assertThat((allocated() - before) / (MESSAGES - MESSAGES / 5))
                    .as("octets allocated for a message")
                    .isLessThan(MAX_ALLOCATED);
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

    /**
     * The same over a connection: first SCCP's part is damaged, which the connection has to
     * outlive; then M3UA's own, after which nobody knows where a message begins, so that it is cut.
     */
    @Test
    void damaged_messages_over_m3ua_harm_nothing_but_themselves_and_their_connection()
            throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, UTF_8));
        try (M3uaLine line = new M3uaLine(desk, LIMITS)) {
            floodM3ua(line, M3UA_MESSAGES / 5);
            long threads = ManagementFactory.getThreadMXBean().getThreadCount();
            long heap = heap();
            floodM3ua(line, M3UA_MESSAGES - M3UA_MESSAGES / 5);
            assertThat(heap() - heap).as("growth of the heap").isLessThan(MAX_GROWTH);
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                    .as("threads, of which the JVM keeps a few more or less for itself")
                    .isLessThan((int) threads + BURST);
        } finally {
            System.setErr(err);
        }
        assertThat(printed.toString(UTF_8)).as("stack traces").doesNotContain("\tat ");
    }

    /** Else nobody would ever say that it can be reached again. */
    @Test
    void what_could_not_be_reached_can_be_over_a_new_connection() throws Exception {
        try (M3uaLine line = new M3uaLine(desk, SignallingLimits.of(100, RawPeer.TALKATIVE))) {
            line.gateway().send(unavailable());
            line.gateway().cut();

            assertThatCode(line::awaitTraffic).doesNotThrowAnyException();
        }
    }

    private void floodM3ua(M3uaLine line, int messages) throws Exception {
        for (int sent = 0; sent < messages; sent += 2 * BATCH) {
            int connections = line.gateway().connections().size();
            flood(line, BATCH);
            assertThat(line.gateway().connections()).hasSize(connections);
            for (int left = BATCH; left > 0; left -= BURST) {
                damageM3ua(line, Math.min(left, BURST));
                line.gateway().cut();
                line.awaitTraffic();
            }
            settle(line, "feed%04x".formatted(sent & 0xffff));
        }
    }

    /** Damage anywhere in M3UA, until the engine has had enough of the connection. */
    private void damageM3ua(M3uaLine line, int messages) {
        List<byte[]> seeds = m3uaSeeds();
        for (int i = 0; i < messages; i++) {
            try {
                line.gateway().send(mutation.of(seeds.get(random.nextInt(seeds.size())), seeds));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static M3uaMessage unavailable() {
        return M3uaMessage.of(
                M3uaMessage.UNAVAILABLE,
                M3uaMessage.number(M3uaMessage.ROUTING_CONTEXT, M3uaLine.ROUTING_CONTEXT),
                M3uaMessage.number(M3uaMessage.AFFECTED_POINT_CODE, 1));
    }

    private static List<byte[]> m3uaSeeds() {
        byte[] context = M3uaMessage.number(M3uaMessage.ROUTING_CONTEXT, M3uaLine.ROUTING_CONTEXT);
        byte[] point = M3uaMessage.number(M3uaMessage.AFFECTED_POINT_CODE, 1);
        byte[] active = M3uaMessage.number(M3uaMessage.STATUS, 0x0001_0003);
        return Stream.of(
                        M3uaMessage.data(
                                M3uaLine.ROUTING_CONTEXT,
                                1,
                                2,
                                Sccp.udt(Sccp.ENGINE, Sccp.PEER, begins().getFirst())),
                        M3uaMessage.of(M3uaMessage.UP_ACK),
                        M3uaMessage.of(M3uaMessage.ACTIVE_ACK, context),
                        M3uaMessage.of(M3uaMessage.NOTIFY, active, context),
                        M3uaMessage.of(M3uaMessage.BEAT, M3uaMessage.parameter(9, new byte[12])),
                        unavailable(),
                        M3uaMessage.of(M3uaMessage.AVAILABLE, context, point),
                        M3uaMessage.of(M3uaMessage.INACTIVE_ACK, context),
                        M3uaMessage.of(M3uaMessage.DOWN_ACK))
                .map(M3uaMessage::encoded)
                .toList();
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void flood(Line line, int messages) throws InterruptedException {
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
    private static String begin(Line line, String otid) throws InterruptedException {
        line.send(
                Sccp.udt(
                        Sccp.ENGINE,
                        Sccp.PEER,
                        Ber.begin(otid, Ber.DIALOGUE, invoke(3, 59, STAR_100))));
        byte[] menu = answer(line, otid);
        return hex(Ber.find(Ber.find(menu, 0x65), 0x48));
    }

    /** The next message to this transaction id; those before it are for others. */
    private static byte[] answer(Line line, String otid) throws InterruptedException {
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
    private void settle(Line line, String otid) throws InterruptedException {
        String ours = begin(line, otid);
        byte[] result =
                tlv(0xa2, hex("020101"), tlv(0x30, hex("02013c"), Ber.ussdArgument(15, "31")));
        line.send(Sccp.udt(Sccp.ENGINE, Sccp.PEER, proceed(otid, ours, result)));
        assertThat(hex(answer(line, otid))).startsWith("64");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(line.openDialogs()).isEqualTo(desk.running.size()));
        for (MessageLink link = desk.open.poll(); link != null; link = desk.open.poll()) {
            link.forget();
        }
        desk.running.clear();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(line.openDialogs()).isZero());
        line.received().clear();
    }

    /**
     * Of all threads; the messages themselves and what is made of them are of some hundred octets.
     */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getTotalThreadAllocatedBytes();
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
