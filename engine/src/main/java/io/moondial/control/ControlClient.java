package io.moondial.control;

import io.moondial.control.Connection.Chunks;
import io.moondial.file.FileTrouble;
import io.moondial.time.SystemTime;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One question to a running engine, over its socket. */
public final class ControlClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_ANSWER = 16 << 20;

    private final JsonMapper json = new JsonMapper();
    private final Path socket;
    private final SocketChannel channel;
    private final DataInputStream in;
    private final OutputStream out;

    /**
     * Connects.
     *
     * @throws NotRunningException if no engine listens there
     */
    public ControlClient(Path socket) throws NotRunningException, IOException {
        this.socket = socket;
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw new NotRunningException(
                    "no engine answers at %s (control: socket in the rules): %s; start one with: ussd serve"
                            .formatted(socket, FileTrouble.words(e)),
                    e);
        }
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
        out = Channels.newOutputStream(channel);
    }

    /** The engine's status, as JSON. */
    public JsonNode status() throws NotRunningException, RefusedException {
        return ask(json.createObjectNode().put("verb", "status"));
    }

    /** Ends the traces of this number, or all if it is null; returns how many there were. */
    public int stopTraces(@Nullable String msisdn) throws NotRunningException, RefusedException {
        ObjectNode request = json.createObjectNode().put("verb", "stop_traces");
        if (msisdn != null) {
            request.put("msisdn", msisdn);
        }
        return ask(request).path("stopped").asInt();
    }

    /**
     * Begins a trace: its octets are to be {@link #copyTrace copied} from now on.
     *
     * @param msisdn null: everything
     * @param length null: until it is ended
     */
    public void trace(@Nullable String msisdn, @Nullable Duration length)
            throws NotRunningException, RefusedException {
        ObjectNode request = json.createObjectNode().put("verb", "trace");
        if (msisdn != null) {
            request.put("msisdn", msisdn);
        }
        if (length != null) {
            request.put("for_ms", length.toMillis());
        }
        ask(request);
    }

    /**
     * Copies the trace until it ends.
     *
     * @return the engine's summary: {@code messages} and {@code left_out}
     */
    public JsonNode copyTrace(OutputStream file) throws IOException {
        Chunks.copy(in, file);
        return json.readTree(line());
    }

    /** Asks the engine to end the trace that is being copied; from any thread. */
    public void endTrace() throws IOException {
        channel.shutdownOutput();
    }

    private JsonNode ask(ObjectNode request) throws NotRunningException, RefusedException {
        var alarm = SystemTime.ofProcess().after(PATIENCE, this::giveUp);
        try {
            JsonNode answer = json.readTree(exchanged(json.writeValueAsString(request)));
            if (answer.has("error")) {
                throw new RefusedException(answer.path("error").asString());
            }
            return answer;
        } catch (ClosedChannelException e) {
            throw new NotRunningException(
                    "the engine at %s has not answered within %d s"
                            .formatted(socket, PATIENCE.toSeconds()),
                    e);
        } catch (IOException e) {
            throw new NotRunningException(
                    "the engine at %s has ended instead of answering: %s"
                            .formatted(socket, FileTrouble.words(e)),
                    e);
        } finally {
            alarm.cancel();
        }
    }

    /** An engine that refuses a connection says why without being asked, and closes it. */
    private String exchanged(String request) throws IOException {
        try {
            out.write((request + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (ClosedChannelException e) {
            throw e; // here: the patience is over
        } catch (IOException unsent) {
            try {
                return line();
            } catch (IOException nothing) {
                unsent.addSuppressed(nothing);
                throw unsent;
            }
        }
        return line();
    }

    private void giveUp() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() throws IOException {
        var octets = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new IOException("the connection ended");
            }
            if (octets.size() == MAX_ANSWER) {
                throw new IOException("the answer has more than " + MAX_ANSWER + " octets");
            }
            octets.write(octet);
        }
        return octets.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** No engine answers at the control socket. */
    public static final class NotRunningException extends Exception {
        private static final long serialVersionUID = 1L;

        NotRunningException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The engine has answered that it will not do what was asked, and why. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }
}
