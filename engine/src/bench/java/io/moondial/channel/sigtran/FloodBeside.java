package io.moondial.channel.sigtran;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A flood of begins on one link beside good dialogs on another, spoken by hand over TCP: what a
 * turn of the good ones takes, without the flood and in it. The engine is a process of its own; its
 * rules are in {@code flood/rules.yaml}.
 */
final class FloodBeside {
    private static final HexFormat HEX = HexFormat.of();
    private static final int GOOD = 300;
    private static final long THINK_MILLIS = 500;
    private static final int HEADER = 8;

    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final Map<Integer, Long> sent = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> ends = new ConcurrentHashMap<>();
    private volatile ConcurrentLinkedQueue<Long> turns = new ConcurrentLinkedQueue<>();

    private FloodBeside() {}

    /** PORT of the flood, PORT of the good ones, begins a second, seconds of each phase. */
    public static void main(String[] arguments) throws Exception {
        new FloodBeside()
                .run(
                        Integer.parseInt(arguments[0]),
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]));
        System.exit(0);
    }

    private void run(int floodPort, int goodPort, int rate, int seconds) throws Exception {
        FarEnd flood = new FarEnd(floodPort, 1, 101);
        FarEnd good = new FarEnd(goodPort, 5, 102);
        flood.activate();
        good.activate();
        Map<String, LongAdder> answers = new ConcurrentHashMap<>();
        flood.read(tcap -> answers.computeIfAbsent(kind(tcap), k -> new LongAdder()).increment());
        good.read(tcap -> arrived(good, tcap));
        for (int i = 0; i < GOOD; i++) {
            int dialog = i;
            clock.schedule(() -> begin(good, dialog), i * 3L, TimeUnit.MILLISECONDS);
        }
        TimeUnit.SECONDS.sleep(seconds); // to warm up
        measure("warm-up", seconds);
        TimeUnit.SECONDS.sleep(seconds);
        measure("calm", seconds);
        flood(flood, rate, seconds);
        measure("flood", seconds);
        long late =
                sent.values().stream()
                        .filter(at -> System.nanoTime() - at > 2_000_000_000L)
                        .count();
        System.out.println("good turns that nobody answered within 2 s: " + late);
        System.out.println("answers to the flood: " + new TreeMap<>(answers));
        TimeUnit.SECONDS.sleep(seconds);
        measure("after", seconds);
    }

    private static void flood(FarEnd far, int rate, int seconds) throws Exception {
        long begun = System.nanoTime();
        long due = 0;
        int tid = 0x10000000;
        int sentInAll = 0;
        while (due < seconds * 1_000_000_000L) {
            long now = System.nanoTime() - begun;
            while (due <= now) {
                far.send(BEGIN.replace("TTTTTTTT", "%08x".formatted(tid++)));
                due += 1_000_000_000L / rate;
                sentInAll++;
            }
            far.flush();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        System.out.printf(
                "flood: %d begins in %d ms%n", sentInAll, (System.nanoTime() - begun) / 1_000_000);
    }

    private void measure(String phase, int seconds) {
        var taken = turns;
        turns = new ConcurrentLinkedQueue<>();
        long[] nanos = taken.stream().mapToLong(Long::longValue).sorted().toArray();
        if (nanos.length > 0) {
            System.out.printf(
                    "%s: %d turns, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms; ended %s%n",
                    phase,
                    nanos.length,
                    nanos[nanos.length / 2] / 1e6,
                    nanos[(int) (nanos.length * 0.99)] / 1e6,
                    nanos[(int) (nanos.length * 0.999)] / 1e6,
                    nanos[nanos.length - 1] / 1e6,
                    new TreeMap<>(ends));
        }
        ends.clear();
    }

    private static final String BEGIN =
            "623c4804TTTTTTTT6b1e281c060700118605010101a011600f80020780a109060704000001001302"
                    + "6c14a11202010102013b300a04010f0405aa180c3602";

    private void begin(FarEnd far, int dialog) {
        send(far, dialog, BEGIN.replace("TTTTTTTT", "%08x".formatted(dialog)));
    }

    /** Its own transaction id is the dialog's number. */
    private void arrived(FarEnd far, String tcap) {
        int first = tcap.startsWith("81", 2) ? 6 : 4; // behind its tag and length
        boolean menu = tcap.startsWith("65");
        int at = menu ? first + 12 : first;
        if (!tcap.startsWith("4904", at)) {
            return; // SCCP's own management
        }
        int dialog = Integer.parseUnsignedInt(tcap.substring(at + 4, at + 12), 16);
        Long since = sent.remove(dialog);
        if (since != null) {
            turns.add(System.nanoTime() - since);
        }
        if (menu) {
            String engine = tcap.substring(first + 4, first + 12);
            int invoke = tcap.indexOf("0201", tcap.indexOf("6c", at + 12));
            String message =
                    "65204804%08x4904%s".formatted(dialog, engine)
                            + component(tcap.substring(invoke + 4, invoke + 6));
            clock.schedule(() -> send(far, dialog, message), THINK_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            ends.computeIfAbsent(kind(tcap), k -> new LongAdder()).increment();
            clock.schedule(() -> begin(far, dialog), THINK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** A component portion with the result "1" of an UnstructuredSS-Request. */
    private static String component(String invokeId) {
        return "6c12a2100201" + invokeId + "300b02013c300604010f040131";
    }

    private void send(FarEnd far, int dialog, String message) {
        try {
            sent.put(dialog, System.nanoTime());
            far.send(message);
            far.flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String kind(String tcap) {
        return switch (tcap.substring(0, 2)) {
            case "64" -> tcap.contains("a306") ? "error" : "result";
            case "65" -> "menu";
            case "67" -> "abort";
            default -> tcap.substring(0, 2);
        };
    }

    /** One far end, its application server and point. */
    private static final class FarEnd {
        private final Socket socket;
        private final OutputStream out;
        private final DataInputStream in;
        private final int pointCode;
        private final int context;

        FarEnd(int port, int pointCode, int context) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            in =
                    new DataInputStream(
                            new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
            this.pointCode = pointCode;
            this.context = context;
        }

        void activate() throws IOException {
            String rc = "00060008%08x".formatted(context);
            next(0x0301);
            write("0304", "");
            flush();
            next(0x0401);
            write("0403", rc);
            write("0001", "000d000800010003" + rc);
            flush();
        }

        private void next(int kind) throws IOException {
            byte[] message = message();
            while (((message[2] & 0xff) << 8 | message[3] & 0xff) != kind) {
                message = message();
            }
        }

        private byte[] message() throws IOException {
            byte[] header = in.readNBytes(HEADER);
            if (header.length < HEADER) {
                throw new EOFException();
            }
            byte[] message = Arrays.copyOf(header, ByteBuffer.wrap(header).getInt(4));
            in.readFully(message, HEADER, message.length - HEADER);
            return message;
        }

        void read(java.util.function.Consumer<String> takes) {
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () -> {
                                try {
                                    while (true) {
                                        byte[] message = message();
                                        int kind = (message[2] & 0xff) << 8 | message[3] & 0xff;
                                        if (kind == 0x0303) {
                                            message[3] = 6;
                                            synchronized (this) {
                                                out.write(message);
                                                out.flush();
                                            }
                                        } else if (kind == 0x0101) {
                                            String hex = HEX.formatHex(message);
                                            int udt = 64; // behind the routing context and the
                                            // routing label
                                            int data =
                                                    udt
                                                            + 8
                                                            + 2
                                                                    * Integer.parseInt(
                                                                            hex.substring(
                                                                                    udt + 8,
                                                                                    udt + 10),
                                                                            16);
                                            takes.accept(hex.substring(data + 2));
                                        }
                                    }
                                } catch (IOException e) {
                                    System.out.println("link of point " + pointCode + ": " + e);
                                }
                            });
        }

        void send(String tcap) throws IOException {
            String udt =
                    "090003070b"
                            + "0443020006"
                            + "0443%02x0008".formatted(pointCode)
                            + "%02x".formatted(tcap.length() / 2)
                            + tcap;
            String data = "%08x%08x%s".formatted(pointCode, 2, "03020000") + udt;
            int length = 4 + data.length() / 2;
            write(
                    "0101",
                    "00060008%08x".formatted(context)
                            + "0210%04x".formatted(length)
                            + data
                            + "00".repeat(-length & 3));
        }

        private synchronized void write(String kind, String parameters) throws IOException {
            out.write(
                    HEX.parseHex(
                            "0100"
                                    + kind
                                    + "%08x".formatted(HEADER + parameters.length() / 2)
                                    + parameters));
        }

        synchronized void flush() throws IOException {
            out.flush();
        }
    }
}
