package io.moondial.control;

import io.moondial.control.ControlSocket.ControlSettings;
import io.moondial.control.ControlSocket.ControlledEngine;
import io.moondial.time.Time;
import io.moondial.trace.PcapFormat.PcapStream;
import io.moondial.trace.Trace;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection: one request, a line of JSON, and its answer, another one. After the answer to a
 * {@code trace} come the octets of a pcap file in {@link Chunks} until the trace ends, then a line
 * that sums it up.
 */
final class Connection {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    private static final int MAX_REQUEST = 4096;
    private static final Duration LONGEST_TRACE = Duration.ofDays(366);
    private static final Pattern DIGITS = Pattern.compile("[0-9*#a-c]{1,40}");

    private final JsonMapper json = new JsonMapper();
    private final SocketChannel channel;
    private final ControlSettings settings;
    private final ControlledEngine engine;
    private final ControlSocket.RunningTraces traces;
    private final InputStream in;
    private final OutputStream out;

    /** What is asked cannot be done; the message is the answer. */
    private static final class BadRequest extends Exception {
        private static final long serialVersionUID = 1L;

        BadRequest(String message) {
            super(message, null, false, false);
        }
    }

    Connection(
            SocketChannel channel,
            ControlSettings settings,
            ControlledEngine engine,
            ControlSocket.RunningTraces traces) {
        this.channel = channel;
        this.settings = settings;
        this.engine = engine;
        this.traces = traces;
        this.in = Channels.newInputStream(channel);
        this.out = Channels.newOutputStream(channel);
    }

    void refuse(String why) throws IOException {
        write(json.createObjectNode().put("error", why));
    }

    void serve() throws IOException, InterruptedException {
        Time.Alarm tooSlow = closeAfter(settings.timeout());
        try {
            JsonNode request = request();
            switch (request.path("verb").asString("")) {
                case "status" -> write(engine.status().toJson(json));
                case "stop_traces" -> write(stopTraces(request));
                case "trace" -> {
                    String msisdn = msisdn(request);
                    Duration length = length(request);
                    tooSlow.cancel();
                    trace(msisdn, length);
                }
                default -> refuse("unknown verb; there are status, trace and stop_traces");
            }
        } catch (BadRequest e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (EOFException e) {
            log.debug("a connection of the control socket ended without a request");
        } finally {
            tooSlow.cancel();
        }
    }

    private Time.Alarm closeAfter(Duration time) {
        return engine.time()
                .after(
                        time,
                        () -> {
                            try {
                                channel.close();
                            } catch (IOException e) {
                                log.debug("a slow connection could not be closed", e);
                            }
                        });
    }

    private JsonNode request() throws IOException, BadRequest {
        byte[] line = new byte[MAX_REQUEST];
        int length = 0;
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException();
            }
            if (length == MAX_REQUEST) {
                throw new BadRequest("a request has at most " + MAX_REQUEST + " octets");
            }
            line[length++] = (byte) octet;
        }
        try {
            return json.readTree(new String(line, 0, length, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new BadRequest("the request is no JSON: " + e.getOriginalMessage());
        }
    }

    private static @Nullable String msisdn(JsonNode request) throws BadRequest {
        if (!request.has("msisdn")) {
            return null;
        }
        String digits = request.path("msisdn").asString("");
        if (!DIGITS.matcher(digits).matches()) {
            throw new BadRequest("msisdn takes the digits of a number, without + and blanks");
        }
        return digits;
    }

    private static Duration length(JsonNode request) throws BadRequest {
        if (!request.has("for_ms")) {
            return LONGEST_TRACE;
        }
        long millis = request.path("for_ms").asLong(0);
        if (millis < 1 || millis > LONGEST_TRACE.toMillis()) {
            throw new BadRequest("for_ms is 1 to " + LONGEST_TRACE.toMillis());
        }
        return Duration.ofMillis(millis);
    }

    private ObjectNode stopTraces(JsonNode request) throws BadRequest {
        return json.createObjectNode().put("stopped", traces.stop(msisdn(request)));
    }

    private void trace(@Nullable String msisdn, Duration length)
            throws IOException, InterruptedException {
        ControlSocket.RunningTraces.Entry entry = traces.add(msisdn);
        try {
            write(json.createObjectNode().put("ok", true));
            Trace trace = engine.beginTrace(new PcapStream(new Chunks(out)), msisdn);
            Time.Alarm over = engine.time().after(length, entry::stop);
            log.info("a trace has begun: {}", msisdn == null ? "everything" : msisdn);
            stopWithTheClient(entry);
            stopWithTheTrace(entry, trace);
            entry.awaitStop();
            over.cancel();
            end(trace);
        } finally {
            traces.remove(entry);
        }
    }

    /** Whatever comes next, nearly always the end of its side, is the client's wish to end. */
    private void stopWithTheClient(ControlSocket.RunningTraces.Entry entry) {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                int octet = in.read();
                                log.debug("the client of a trace has ended it: {}", octet);
                            } catch (IOException e) {
                                log.debug("the client of a trace is gone", e);
                            } finally {
                                entry.stop();
                            }
                        });
    }

    private static void stopWithTheTrace(ControlSocket.RunningTraces.Entry entry, Trace trace) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                trace.awaitEnd();
                                entry.stop();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private void end(Trace trace) throws IOException {
        Time.Alarm stuck = closeAfter(settings.timeout()); // a client that reads no more
        try {
            engine.endTrace(trace);
        } finally {
            stuck.cancel();
        }
        log.info("a trace has ended: {} messages, {} left out", trace.taken(), trace.leftOut());
        if (trace.failure() == null) {
            write(
                    json.createObjectNode()
                            .put("messages", trace.taken())
                            .put("left_out", trace.leftOut()));
        }
    }

    private void write(ObjectNode answer) throws IOException {
        out.write((json.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /**
     * A stream of octets within a connection, so that something can follow it: each piece has its
     * length in four octets before it; a length of 0 ends it.
     */
    static final class Chunks extends OutputStream {
        private static final int MAX_CHUNK = 1 << 20;

        private final DataOutputStream out;

        Chunks(OutputStream out) {
            this.out = new DataOutputStream(out);
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            if (length > 0) {
                out.writeInt(length);
                out.write(octets, from, length);
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        /** Ends the stream; the connection stays open. */
        @Override
        public void close() throws IOException {
            out.writeInt(0);
            out.flush();
        }

        /** Copies a stream that was written so, to its end. */
        static void copy(DataInputStream in, OutputStream to) throws IOException {
            for (int length = in.readInt(); length != 0; length = in.readInt()) {
                if (length < 0 || length > MAX_CHUNK) {
                    throw new IOException("a piece of " + length + " octets in a trace");
                }
                to.write(in.readNBytes(length));
                to.flush();
            }
        }
    }
}
