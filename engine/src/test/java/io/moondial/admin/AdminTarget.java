package io.moondial.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.moondial.fuzz.Bounded;
import io.moondial.fuzz.Complaints;
import io.moondial.fuzz.Finding;
import io.moondial.fuzz.FuzzTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The owner's socket of a whole engine: whatever is asked, it answers or closes. */
public final class AdminTarget implements FuzzTarget {
    private static final String RESET = "Connection reset";

    private final RunningEngine running;
    private final Bounded bounded;
    private final Complaints complaints;

    /** An engine in this folder, whose path must be short enough for a socket. */
    public AdminTarget(Path folder, Bounded bounded) throws Exception {
        running = new RunningEngine(folder, "return 'x'");
        this.bounded = bounded;
        complaints = new Complaints();
    }

    @Override
    public void accept(byte[] input) throws Exception {
        bounded.run(input.length, () -> ask(input));
        complaints.requireNone();
    }

    private void ask(byte[] input) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(running.socket));
            send(channel, input);
            String answer = answer(channel);
            Finding.unless(
                    answer.isEmpty() || answer.startsWith("HTTP/1.1 "), "no HTTP answers", answer);
        }
    }

    /** The far side may have closed before all of it was sent. */
    private static void send(SocketChannel channel, byte[] input) throws IOException {
        try {
            channel.write(ByteBuffer.wrap(input));
            channel.shutdownOutput();
        } catch (IOException e) {
            Finding.unless(channel.isOpen(), "closed here", e);
        }
    }

    /**
     * Whatever comes until the engine has closed. It does so without reading what follows a line
     * that it has refused; the system then reports a reset after the answer, in the place of an
     * end.
     */
    private static String answer(SocketChannel channel) throws IOException {
        var octets = new ByteArrayOutputStream();
        try {
            Channels.newInputStream(channel).transferTo(octets);
        } catch (SocketException e) {
            Finding.unless(RESET.equals(e.getMessage()), "neither an answer nor an end", e);
        }
        return octets.toString(UTF_8);
    }

    @Override
    public void close() {
        complaints.close();
        running.close();
    }
}
