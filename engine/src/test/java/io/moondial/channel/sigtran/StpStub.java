package io.moondial.channel.sigtran;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The far end of an association, by hand: plain sockets, M3UA octet by octet, no stack. */
final class StpStub implements AutoCloseable {
    static final int ERROR = 0x0000;
    static final int NOTIFY = 0x0001;
    static final int DATA = 0x0101;
    static final int ASPUP = 0x0301;
    static final int BEAT = 0x0303;
    static final int ASPUP_ACK = 0x0304;
    static final int BEAT_ACK = 0x0306;
    static final int ASPAC = 0x0401;
    static final int ASPAC_ACK = 0x0403;

    private static final int RECEIVE_BUFFER = 16 << 10;
    static final HexFormat HEX = HexFormat.of();

    private final ServerSocket server;

    StpStub() throws IOException {
        server = new ServerSocket();
        server.setReceiveBufferSize(RECEIVE_BUFFER); // a slow reader is soon one that reads nothing
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.setSoTimeout((int) Lab.PATIENCE.toMillis());
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next connection of the engine's. */
    Connection accept() throws IOException {
        return new Connection(server.accept());
    }

    /** As {@link #accept}; but nobody reads it. */
    Socket acceptSocket() throws IOException {
        return server.accept();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** One connection; what comes is read by a thread of its own, unless it is a slow reader. */
    static final class Connection implements AutoCloseable {
        final Socket socket;
        private final OutputStream out;
        private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            out = socket.getOutputStream();
            Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (true) {
                    byte[] header = in.readNBytes(8);
                    if (header.length < 8) {
                        throw new EOFException();
                    }
                    int length = ByteBuffer.wrap(header).getInt(4);
                    byte[] message = java.util.Arrays.copyOf(header, length);
                    in.readFully(message, 8, length - 8);
                    messages.add(message);
                }
            } catch (IOException e) {
                messages.add(new byte[0]); // closed
            }
        }

        /** The next message; one of no octets where the engine has closed the connection. */
        byte[] next() throws InterruptedException {
            return Objects.requireNonNull(
                    messages.poll(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing came");
        }

        /** The next message of this kind; others are passed over. */
        byte[] next(int kind) throws InterruptedException {
            byte[] message = next();
            while (message.length > 0 && kind(message) != kind) {
                message = next();
            }
            if (message.length == 0) {
                throw new AssertionError("closed, where %04x was to come".formatted(kind));
            }
            return message;
        }

        void awaitClosed() throws InterruptedException {
            long end = System.nanoTime() + Lab.PATIENCE.toNanos();
            while (next().length > 0) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("the connection is still open");
                }
            }
        }

        void send(byte[] octets) {
            try {
                out.write(octets);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Lets traffic flow, as an STP does. */
        Connection activate() throws InterruptedException {
            return activate(101);
        }

        /** The same for the application server of this routing context. */
        Connection activate(int routingContext) throws InterruptedException {
            byte[] context = parameter(0x0006, "%08x".formatted(routingContext));
            next(ASPUP);
            send(message(ASPUP_ACK));
            next(ASPAC);
            send(message(ASPAC_ACK, context));
            send(message(NOTIFY, parameter(0x000d, "00010003"), context)); // AS-ACTIVE
            return this;
        }

        /** Dials *100# and gives the TCAP part of what comes back. */
        String dial() throws InterruptedException {
            send(data(101, begin()));
            return answer();
        }

        /** The TCAP part of the next DATA. */
        String answer() throws InterruptedException {
            String message = HEX.formatHex(next(DATA));
            return message.substring(message.indexOf("0443010008") + 22); // called, calling, length
        }

        /** Ends it as a far end that dies does. */
        void cut() throws IOException {
            socket.close();
        }

        @Override
        public void close() throws IOException {
            cut();
        }
    }

    static int kind(byte[] message) {
        return ByteBuffer.wrap(message).getShort(2) & 0xffff;
    }

    static byte[] hex(String digits) {
        return HEX.parseHex(digits);
    }

    static byte[] parameter(int tag, String value) {
        byte[] octets = hex(value);
        return ByteBuffer.allocate(4 + ((octets.length + 3) & ~3))
                .putShort((short) tag)
                .putShort((short) (4 + octets.length))
                .put(octets)
                .array();
    }

    static byte[] message(int kind, byte[]... parameters) {
        int length = 8;
        for (byte[] parameter : parameters) {
            length += parameter.length;
        }
        ByteBuffer message = ByteBuffer.allocate(length).put((byte) 1).put((byte) 0);
        message.putShort((short) kind).putInt(length);
        for (byte[] parameter : parameters) {
            message.put(parameter);
        }
        return message.array();
    }

    /** A DATA from point 1 to point 2. */
    static byte[] data(int routingContext, byte[] sccp) {
        return message(
                DATA,
                parameter(0x0006, "%08x".formatted(routingContext)),
                parameter(0x0210, "00000001000000020302" + "0000" + HEX.formatHex(sccp)));
    }

    /** A UDT with a BEGIN: processUnstructuredSS-Request of *100#. */
    static byte[] begin() {
        String dialogue = "6b1e281c060700118605010101a011600f80020780a109060704000001001302";
        String component = "6c14a11202010102013b300a04010f0405aa180c3602";
        String tcap = "623c480400000001" + dialogue + component;
        return hex("090003070b" + "0443020006" + "0443010008" + "3e" + tcap);
    }

    /** A BEGIN without a component, whose Invoke is to come later (MAP-OPEN, MAP-DELIMITER). */
    static byte[] emptyBegin() {
        String tcap = HEX.formatHex(begin()).substring(32, 32 + 80).replaceFirst("623c", "6226");
        return hex("090003070b" + "0443020006" + "0443010008" + "28" + tcap);
    }

    /** One of two segments of {@link #begin()}, from a title of these digits. */
    static byte[] segment(boolean first, String from) {
        String tcap = HEX.formatHex(begin()).substring(32);
        String half = first ? tcap.substring(0, 40) : tcap.substring(40);
        int called = 4;
        int calling = title(8, from).length() / 2;
        return hex(
                "11810f%02x%02x%02x%02x"
                                .formatted(
                                        4,
                                        4 + called,
                                        4 + called + calling,
                                        4 + called + calling + half.length() / 2)
                        + counted("43020006")
                        + counted(title(8, from))
                        + counted(half)
                        + "1004%s00000100".formatted(first ? "c1" : "40"));
    }

    /**
     * The same to our title, from a title of these digits (ITU-T Q.713 3.4: international ISDN).
     */
    static byte[] begin(String from) {
        String tcap = HEX.formatHex(begin()).substring(30);
        String called = title(6, Lab.TITLE);
        String calling = title(8, from);
        return hex(
                "090003%02x%02x"
                                .formatted(
                                        3 + called.length() / 2,
                                        3 + called.length() / 2 + calling.length() / 2)
                        + counted(called)
                        + counted(calling)
                        + tcap);
    }

    static String title(int ssn, String digits) {
        StringBuilder swapped = new StringBuilder();
        String even = digits.length() % 2 == 0 ? digits : digits + "0";
        for (int i = 0; i < even.length(); i += 2) {
            swapped.append(even.charAt(i + 1)).append(even.charAt(i));
        }
        return "12%02x001%d04%s".formatted(ssn, digits.length() % 2 == 0 ? 2 : 1, swapped);
    }

    private static String counted(String octets) {
        return "%02x%s".formatted(octets.length() / 2, octets);
    }
}
